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
    void ok(std::string name, std::string text) { add(Verdict::ok, std::move(name), std::move(text)); }
    void warn(std::string name, std::string text) { add(Verdict::warn, std::move(name), std::move(text)); }
    void fail(std::string name, std::string text) { add(Verdict::fail, std::move(name), std::move(text)); }

    [[nodiscard]] bool failed() const;
    [[nodiscard]] const std::vector<Finding>& all() const { return all_; }
    // `ok|FAIL|warn  name: text`, a line each, or one JSON object.
    void print(const Call& call) const;

  private:
    void add(Verdict verdict, std::string name, std::string text);

    std::vector<Finding> all_;
};

}  // namespace countersign::bot::commands
