#pragma once

#include "handlers/context.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"
#include "handlers/settle.hpp"
#include "storage/issue_facts.hpp"

#include <string>
#include <string_view>

// Issues that Countersign makes from a project's template (R5, R17, R18): the template is read, its
// placeholders are filled with inert text, and the issue is made exactly once, whatever crashes (G6).
namespace countersign::handlers {

// A tracker of this purpose with a token: then an issue can be made here. Else there is the form's page.
[[nodiscard]] const config::Tracker* makes_issues(config::TrackerPurpose purpose, const Context& context);

// For a request that has no vendor issue.
[[nodiscard]] Outcome create_vendor_issue(const Press& press, Case item, const Context& context);
// For something that is no app request: another system, a change of an approved app.
[[nodiscard]] Outcome create_other_issue(const Press& press, config::TrackerPurpose purpose,
                                         const std::string& subject, const std::string& words,
                                         const Context& context);

[[nodiscard]] Outcome template_told(const EffectAnswer& answer, const Context& context);
[[nodiscard]] Outcome issue_made(const EffectAnswer& answer, const Context& context);

// Who Countersign made an issue for hears when it is closed.
[[nodiscard]] Outcome tell_follower(const storage::TrackerIssue& before, const storage::IssueFacts& facts,
                                    const Context& context);

}  // namespace countersign::handlers
