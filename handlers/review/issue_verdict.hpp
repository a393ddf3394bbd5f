#pragma once

#include "config/settings.hpp"
#include "storage/issue_facts.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What a vendor issue says about a request: a pure function of what was read and what was asked, so that it
// can be judged again at any time (trackers.md §3.2 and A1-A19).
namespace countersign::handlers::review {

// A party as far as its signature on an issue goes. Accounts are known by number alone.
struct SigningParty {
    std::string name;
    std::string label;                    // "": the party signs by comment only
    std::optional<std::int64_t> pinned;   // GitLab: the label's id; nullopt: not seen before
    std::vector<std::int64_t> approvers;  // named in the configuration; bots among them count (A9)
    std::vector<std::int64_t> members;    // accounts of people who belong to the party
    bool members_known = true;            // false: who belongs to it could not be read (A10)
    int quorum = 1;
    auto operator<=>(const SigningParty&) const = default;
};

struct FormerAccount {
    std::int64_t account = 0;
    Timestamp until;
    auto operator<=>(const FormerAccount&) const = default;
};

// Ours: what we do signs nothing (S2). A former one is its owner's alone again, but what it did for us stays
// ours.
struct OwnAccounts {
    std::int64_t now = 0;
    std::vector<FormerAccount> before;

    [[nodiscard]] bool did(std::int64_t account, Timestamp at) const;
    auto operator<=>(const OwnAccounts&) const = default;
};

struct IssueQuestion {
    config::TrackerKind kind = config::TrackerKind::gitlab;
    std::vector<SigningParty> parties;
    std::vector<std::string> projects;    // whose issues count
    std::vector<std::int64_t> requester;  // the requester's accounts (A5)
    OwnAccounts own;
    std::string app_name, app_id;  // the issue must name one of them
    std::string used_for;          // "REQ-3": the issue carries another app's request (A15)
    bool check_boxes = false;      // a party's ticked box is its sign too (A14)
    std::string text_hash;         // as last read; "": first sight
    std::optional<Timestamp> text_changed_at;
    auto operator<=>(const IssueQuestion&) const = default;
};

enum class Verdict { approved, pending, cannot_tell };
[[nodiscard]] std::string_view to_text(Verdict verdict);

// One account's word for a party: a label's event or a comment.
struct Signature {
    std::int64_t account = 0;
    std::string login;
    std::string signal;    // "label", "comment" or "box"
    std::int64_t ref = 0;  // the event's or comment's id; of a box that of the tracker's note about it
    Timestamp at;
    std::string refused;  // "": counts; else why it does not
    auto operator<=>(const Signature&) const = default;
};

struct PartySigned {
    std::string party;
    Verdict verdict = Verdict::pending;
    std::vector<Signature> counted;  // of one account perhaps several: a quorum is of accounts
    std::vector<Signature> refused;
    auto operator<=>(const PartySigned&) const = default;
};

// Why an issue carries no approvals at all, whatever is signed on it.
enum class IssueProblem {
    none,
    wrong_project,
    moved,
    pull_request,
    wrong_type,
    duplicate,
    not_planned,
    used_elsewhere,
    not_named,
};
[[nodiscard]] std::string_view to_text(IssueProblem problem);

struct IssueVerdict {
    Verdict verdict = Verdict::cannot_tell;
    IssueProblem problem = IssueProblem::none;
    std::vector<PartySigned> parties;
    std::vector<std::string> alerts;  // for the admins: somebody may be tampering (A6, A12)
    std::vector<std::pair<std::string, std::int64_t>> first_seen;  // labels to pin: party and id
    std::string text_hash;
    std::optional<Timestamp> text_changed_at;
    auto operator<=>(const IssueVerdict&) const = default;
};

[[nodiscard]] IssueVerdict judge_issue(const storage::IssueFacts& facts, const IssueQuestion& question);

// Of title and description; white space and the ticks of check boxes do not change it (A8).
[[nodiscard]] std::string text_hash_of(const storage::IssueFacts& facts);

// When the text last changed, if it is known to have: its hash was `hash` and the change before that
// `changed` when it was last read. At first sight ("") what the tracker's own notes tell.
[[nodiscard]] std::optional<Timestamp> text_changed_at(const storage::IssueFacts& facts,
                                                       std::string_view hash,
                                                       std::optional<Timestamp> changed);

// The facts without the words of comments that cannot sign: as they are stored. Judged alike (A17).
[[nodiscard]] storage::IssueFacts for_the_record(storage::IssueFacts facts);

// Question and verdict as one JSON object, and the question back from it.
[[nodiscard]] std::string to_json(const IssueQuestion& question, const IssueVerdict& verdict);
[[nodiscard]] std::optional<IssueQuestion> parse_issue_question(std::string_view json);
[[nodiscard]] std::optional<IssueVerdict> parse_issue_verdict(std::string_view json);

}  // namespace countersign::handlers::review
