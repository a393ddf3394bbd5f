#pragma once

#include "storage/evidence.hpp"
#include "storage/installed.hpp"
#include "storage/records.hpp"

#include <string>
#include <variant>
#include <vector>

namespace countersign::storage {

// What a handler may do to the state. Applied in order, inside the envelope's savepoint.
struct SaveRequest {
    AppRequest request;
};  // insert or replace; `version` and `updated_at` are set by the store
struct AddVote {
    Vote vote;
};
struct SaveVendorIssue {
    VendorIssue issue;
};  // one per request; replaces
struct SaveTrackerIssue {
    TrackerIssue issue;
};  // one per issue; replaces
struct AddEvidence {
    Evidence evidence;
};
struct PinLabel {
    PinnedLabel label;
};  // once a party, project and name
struct AddDecision {
    Decision decision;
};
struct SaveMessageRef {
    MessageRef message;
};
struct SetTimer {
    Timer timer;
};
struct CancelTimer {
    std::string name;
};
struct SaveUserGroup {
    UserGroup group;
};
struct SaveResolution {
    AppResolution resolution;
};
struct SavePerson {
    Person person;
};
struct SaveHomeTab {
    HomeTab tab;
};
struct AddFollower {
    Follower follower;
};  // again: nothing
struct SavePolicy {
    PolicyText policy;
};  // once a hash
struct SetMark {
    Mark mark;
};
struct ClearMarks {
    RequestId request;
    std::string kind;
    std::string subject;
};  // of every person
struct SaveAbsence {
    Absence absence;
};  // one a person; replaces
struct EndAbsence {
    UserId person;
};
struct SaveSlackbotNotice {
    SlackbotNotice notice;
};  // one per message; replaces
struct RecordSlackbotSample {
    SlackbotSample sample;
};  // one per shape; the oldest go
struct SetMeta {
    std::string key;
    std::string value;
};  // small facts: own user id, last sweep …

// Of the inventory, authorizations and integrations (storage/installed.hpp).
struct ChangeInstalled {
    InstalledChange change;
};

using Change =
    std::variant<SaveRequest, AddVote, SaveVendorIssue, SaveTrackerIssue, AddEvidence, PinLabel, AddDecision,
                 SaveMessageRef, SetTimer, CancelTimer, SaveUserGroup, SaveResolution, SavePerson,
                 SaveHomeTab, AddFollower, SavePolicy, SetMark, ClearMarks, SaveAbsence, EndAbsence,
                 SaveSlackbotNotice, RecordSlackbotSample, SetMeta, ChangeInstalled>;

}  // namespace countersign::storage
