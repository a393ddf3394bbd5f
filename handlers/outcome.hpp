#pragma once

#include "storage/changes.hpp"

#include <string>
#include <vector>

namespace countersign::handlers {

struct AuditNote {
    std::string actor;    // user id, "slack", "countersign", "operator"
    std::string action;   // "request.received", "vote.cast", "press.refused" …
    std::string subject;  // "REQ-12"
    std::string details;  // JSON object
};

// What a handler decided. The dispatcher applies it in one savepoint; nothing else may have a lasting effect.
struct Outcome {
    std::vector<storage::Change> changes;
    std::vector<storage::Effect> effects;
    std::vector<AuditNote> audit;
    std::string ack;         // JSON object for the ack's payload (R42); "" = empty ack
    bool recognised = true;  // false: nothing here understood it; recorded raw and counted (R52)

    void merge(Outcome other);  // appends; the other's ack wins if it has one
};

}  // namespace countersign::handlers
