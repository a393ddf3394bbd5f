#include "bot/commands/findings.hpp"

#include "bot/commands/report.hpp"
#include "config/base/secret.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::bot::commands {

void Findings::add(Verdict verdict, std::string_view name, std::string_view text) {
    // Slack's answers are quoted here: harmless, and without what must stay secret.
    all_.push_back({verdict, one_line(name), one_line(redacted(text))});
}

bool Findings::failed() const {
    return std::ranges::any_of(all_, [](const Finding& one) { return one.verdict == Verdict::fail; });
}

void Findings::print(const Call& call) const {
    if (!call.json) {
        for (const auto& [verdict, name, text] : all_) {
            const auto* word = verdict == Verdict::ok ? "ok  " : verdict == Verdict::warn ? "warn" : "FAIL";
            call.out << fmt::format("{}  {}: {}\n", word, name, text);
        }
        return;
    }
    auto checks = nlohmann::ordered_json::array();
    for (const auto& [verdict, name, text] : all_) {
        const auto* word = verdict == Verdict::ok ? "ok" : verdict == Verdict::warn ? "warn" : "fail";
        checks.push_back({{"name", name}, {"result", word}, {"text", text}});
    }
    print_json(call, {{"schema", json_schema}, {"ok", !failed()}, {"checks", checks}});
}

}  // namespace countersign::bot::commands
