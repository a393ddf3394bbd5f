#include "config/policy_file.hpp"

namespace countersign::embedded {
extern const std::string_view policy_toml;
}

namespace countersign::config {

void check_policy(std::string_view toml, const std::filesystem::path& file, Problems& problems) {
    const auto document = parse_document(toml, file);
    if (!document) {
        problems.found.push_back(document.error());
        return;
    }
    Problems own{file.string(), {}};
    Section root(&*document, "", own);
    (void)root.integer("schema", 1, 1, 1);
    if (root.text("parties", "all") != "all")
        root.problem("parties", "is a choice that this version does not know; expected \"all\"");
    root.finish();
    problems.found.insert(problems.found.end(), own.found.begin(), own.found.end());
}

std::string_view default_policy() {
    return embedded::policy_toml;
}

}  // namespace countersign::config
