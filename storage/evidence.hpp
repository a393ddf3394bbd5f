#pragma once

#include "config/base/clock.hpp"
#include "config/base/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What is kept of the issues that requests rest on. What it means is worked out in handlers/review.
namespace countersign::storage {

// An issue in one of the configured projects.
struct IssueKey {
    std::string tracker = {};  // name in the configuration
    std::string project = {};  // full path, as it was linked
    std::int64_t iid = 0;
    auto operator<=>(const IssueKey&) const = default;
};

// An issue as last read: the vendor issue of one or more requests, or an issue that Countersign made for
// somebody and follows until it is closed.
struct TrackerIssue {
    IssueKey key = {};
    std::string url = {};    // canonical
    std::string title = {};  // untrusted
    bool open = true;
    std::string state_reason = {};
    bool confidential = false;
    std::string text_hash = {};                     // of title and description; "": never read
    std::optional<Timestamp> text_changed_at = {};  // first seen changed then; by the tracker's clock
    Timestamp remote_updated_at = {};
    std::optional<Timestamp> read_at = {};     // by the tracker's clock
    std::optional<Timestamp> full_at = {};     // when it was last read whole, by ours
    std::optional<Timestamp> next_check = {};  // nullopt: not looked at any more
    std::string etag = {};
    std::string problem = {};  // "" or an error code of the tracker client: what was wrong when last read
    std::optional<Timestamp> problem_since = {};
    std::string facts_hash = {};  // of the facts when last read, apart from when that was
    std::string read_key = {};    // effect that reads it, or did
    // What Countersign made for somebody, and tells them about until it is closed.
    UserId follower = {};
    std::string purpose = {};  // "it-request", "change" or ""
};

// Append-only: what the tracker said and what followed from it, together, so that it can be judged again.
struct Evidence {
    std::int64_t id = 0;  // given by the store
    RequestId request = {};
    IssueKey issue = {};
    std::string facts = {};    // JSON of IssueFacts, without comments that cannot sign
    std::string verdict = {};  // JSON
    std::string hash = {};     // SHA-256 of facts and verdict
    Timestamp read_at = {};    // by the tracker's clock
    Timestamp at = {};
};

// A party's label, by its id, as first seen in a project (trackers.md A6).
struct PinnedLabel {
    std::string tracker;
    std::string project;
    std::string party;
    std::string name;  // as configured when it was pinned
    std::int64_t id = 0;
    Timestamp at;
    auto operator<=>(const PinnedLabel&) const = default;
};

}  // namespace countersign::storage
