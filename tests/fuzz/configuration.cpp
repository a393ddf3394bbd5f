#include "config/policy_file.hpp"
#include "config/section.hpp"
#include "config/settings.hpp"
#include "config/slackbot_texts.hpp"

#include <cstdint>
#include <cstdlib>

// No configuration, policy or table of phrases crashes its reader; each problem names its file and says
// something.
namespace {

using namespace countersign::config;

void named(const std::vector<Problem>& problems) {
    for (const auto& problem : problems)
        if (problem.text.empty() || !to_text(problem).starts_with("fuzz.toml")) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(data, data + size);
    if (const auto read = parse_settings(text, "fuzz.toml"); !read) {
        if (read.error().empty()) std::abort();
        named(read.error());
    }
    Problems problems{"fuzz.toml", {}};
    (void)read_policy(text, "fuzz.toml", {{"Security", {"U0SEC1"}, 1, "", {}}}, problems);
    named(problems.found);
    Problems more{"fuzz.toml", {}};
    auto texts = default_slackbot_texts();
    add_slackbot_texts(text, "fuzz.toml", texts, more);
    named(more.found);
    (void)parse_span(text);
    return 0;
}
