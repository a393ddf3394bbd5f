#pragma once

#include "config/settings.hpp"
#include "handlers/judging.hpp"

// A policy asked about a stored request, as the daemon would ask it.
namespace countersign::bot::commands {

[[nodiscard]] inline handlers::review::Judgement judgement_of(const storage::AppRequest& request,
                                                              const config::Policy& policy,
                                                              const config::Settings& settings,
                                                              const storage::View& view) {
    auto under_it = settings;
    // Borrowed for the call; the aliasing constructor owns nothing.
    under_it.policy = std::shared_ptr<const config::Policy>(std::shared_ptr<void>(), &policy);
    const handlers::Capabilities capabilities;
    return handlers::judge_request(request, view.marks(request.id),
                                   {system_clock().now(), view, under_it, capabilities});
}

}  // namespace countersign::bot::commands
