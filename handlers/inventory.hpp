#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/review/install_evidence.hpp"
#include "storage/installed_view.hpp"

#include <optional>

// The inventory of installed apps: what evidence and people say of them.
namespace countersign::handlers {

// The request that an installed app stands on: the newest approved one for it there; nothing = no approval is
// known here (U4).
[[nodiscard]] std::optional<storage::AppRequest> approval_of(const AppId& app, const TeamId& team,
                                                             const storage::View& view);

// Takes evidence in; the entry is linked with the request it was approved by, and that request becomes
// `installed`. Approval alone never does that.
[[nodiscard]] Outcome installed_seen(const review::InstallEvidence& evidence, const Context& context);

// Every workspace's entry of an app that Slack no longer has.
[[nodiscard]] Outcome app_gone(const review::InstallEvidence& evidence, const Context& context);

}  // namespace countersign::handlers
