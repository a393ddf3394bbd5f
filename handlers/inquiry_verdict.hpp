#pragma once

#include "handlers/effect_answer.hpp"
#include "handlers/inquiry.hpp"
#include "handlers/settle.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>

// What follows from an inquiry: internal to the files that apply decisions.
namespace countersign::handlers {

enum class List { pending, approved, restricted };
struct Finding {
    List list;
    const nlohmann::json& entry;
};

// nullopt: the lists were read to their ends and the app is in none of them.
[[nodiscard]] Outcome inquiry_concluded(Inquiry kind, const std::optional<Finding>& finding, Case item,
                                        const Asker& asker, const EffectAnswer& answer,
                                        const Context& context);
// Slack's lists cannot be read.
[[nodiscard]] Outcome inquiry_failed(Inquiry kind, Case item, const Asker& asker, const EffectAnswer& answer,
                                     const Context& context);

// The call itself, once nothing speaks against it any more. Before an approval the vendor issue is read once
// more, as the last thing (A18): then it is fresh.
enum class IssueIs { as_last_read, fresh };
[[nodiscard]] Outcome send_decision(Case item, const Asker& asker, const Context& context,
                                    IssueIs issue = IssueIs::as_last_read);

// The approval that was being applied does not leave, because of `why`: what Slack has approved before, and
// approves still, is looked at again; anything else goes back to review.
void take_back_approval(storage::AppRequest& request, const std::string& why, const Context& context);

// "Needs a human": with what a person has to do, told to the alarm channel and to who pressed.
[[nodiscard]] Outcome needs_human(Case item, const std::string& note, const Asker& asker,
                                  std::string_view cause, const Context& context);
[[nodiscard]] Outcome tell(const Asker& asker, std::string_view cause, const std::string& mrkdwn);

[[nodiscard]] Asker read_asker(const nlohmann::json& context);
[[nodiscard]] std::string to_context(const Asker& asker);

}  // namespace countersign::handlers
