#pragma once

#include "bot/commands/commands.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace countersign::bot::commands {

// What `check` finds out: one entry for each thing it looked at.
enum class Verdict { ok, warn, fail };
struct Finding {
    Verdict verdict = Verdict::ok;
    std::string name;  // "bot_token", "channel C0APPREVIEW" …
    std::string text;
};

class Findings {
  public:
    void ok(std::string_view name, std::string_view text) { add(Verdict::ok, name, text); }
    void warn(std::string_view name, std::string_view text) { add(Verdict::warn, name, text); }
    void fail(std::string_view name, std::string_view text) { add(Verdict::fail, name, text); }

    [[nodiscard]] bool failed() const;
    [[nodiscard]] const std::vector<Finding>& all() const { return all_; }
    // `ok|FAIL|warn  name: text`, a line each, or one JSON object.
    void print(const Call& call) const;

  private:
    void add(Verdict verdict, std::string_view name, std::string_view text);

    std::vector<Finding> all_;
};

}  // namespace countersign::bot::commands
