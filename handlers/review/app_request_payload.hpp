#pragma once

#include "config/base/clock.hpp"
#include "storage/records.hpp"

#include <nlohmann/json_fwd.hpp>

#include <expected>
#include <string>

namespace countersign::handlers::review {

struct ReadAppRequest {
    storage::AppRequest request;  // without our id and state
    std::string whole_message;    // cleaned but not shortened: where links are searched
    bool scopes_told =
        false;  // Slack's own samples leave `scopes` out; then nothing may be concluded from it
};

// `app_requested` (its inner event) or one entry of admin.apps.requests.list, in every shape of domain.md
// §2.1. Fails, with a sentence, only when there is no request id or no app id.
[[nodiscard]] std::expected<ReadAppRequest, std::string> read_app_request(const nlohmann::json& event,
                                                                          const EnterpriseId& our_enterprise,
                                                                          Timestamp now);

}  // namespace countersign::handlers::review
