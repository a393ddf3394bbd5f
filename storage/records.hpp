#pragma once

#include "config/base/clock.hpp"
#include "config/base/ids.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// The nouns: plain rows, as tables hold them. What they mean is computed in handlers/review.
namespace countersign::storage {

// The life cycle of domain.md §8.2, as far as it is built. Names in the database are the enumerators'.
enum class RequestState {
    awaiting_issue,  // no vendor issue yet; votes count already
    in_review,
    need_info,  // clock stopped, waits for the requester
    ready,      // every party agrees on the present scopes
    held,
    applying,  // a call to Slack is in the outbox
    unclear,   // sent, answer lost: being read back
    approved,
    restricted,
    denied,
    withdrawn,
    expired,
    superseded,
    manual,      // a human must act; `state_note` says what to do
    installed,   // approved, and somebody installed it
    reconsider,  // decided, and what the decision rests on broke: an admin keeps, clears or restricts
    suspended,   // restricted in an emergency; a review says what becomes of it
};
[[nodiscard]] std::string_view to_text(RequestState state);
[[nodiscard]] std::optional<RequestState> parse_request_state(std::string_view text);
[[nodiscard]] bool is_final(
    RequestState state);  // approved, installed, restricted, denied, withdrawn, expired, superseded

enum class TokenType { bot, user, app, unknown };

struct Scope {
    std::string name;
    TokenType token_type = TokenType::unknown;
    std::string description;
    bool sensitive = false;
    bool optional = false;
    auto operator<=>(const Scope&) const = default;
};

enum class RequestSource { event, list, form, slackbot };
enum class Publisher { marketplace, internal, distributed, slack, unknown };
// How the request ended, where it was not us who ended it.
enum class Outside { no, decided, cancelled };
// What is being applied, or was.
enum class DecisionKind { none, approve, restrict, deny, cancel, clear };

struct AppRequest {
    RequestId id;
    SlackRequestId slack_id;  // empty: made by our form
    RequestSource source = RequestSource::event;

    AppId app_id;          // may be empty for a request made by our form
    std::string app_name;  // untrusted, cleaned
    std::string app_description;
    std::string app_directory_url;
    std::string app_homepage_url;
    std::string app_privacy_url;
    Publisher publisher = Publisher::unknown;

    TeamId team_id;  // empty: the whole organisation
    std::string team_name;
    EnterpriseId enterprise_id;

    UserId requester;
    std::string requester_name;
    std::optional<bool> requester_is_collaborator;  // nullopt: Slack did not say
    std::string message;                            // the requester's text, cleaned
    std::string purpose;                            // from our form

    std::vector<Scope> scopes;           // sorted; the set that is asked for now
    std::string scope_hash;              // of `scopes`; votes belong to it
    std::string previous_status;         // "approved", "restricted" or ""
    std::vector<Scope> previous_scopes;  // of the previous resolution

    RequestState state = RequestState::awaiting_issue;
    std::string state_note;  // for `manual` and `held`: what a person has to do
    Timestamp state_since;
    Outside outside = Outside::no;

    // need_info
    std::string info_party;
    UserId info_asker;
    std::string info_question;
    std::string info_answer;

    // decision under way or made
    DecisionKind decision = DecisionKind::none;
    UserId decided_by;  // empty: policy or outside
    std::string decision_reason;
    std::optional<Timestamp> decided_at;

    Timestamp created_at;  // when Slack says it was made, else when we heard
    Timestamp updated_at;
    std::int64_t version = 0;  // grows with every save: compare-and-set, and part of effect keys
};

enum class VoteAnswer { approve, conditional, reject, abstain, need_info, retracted };
enum class VoteSource { slack, tracker };
[[nodiscard]] std::string_view to_text(VoteAnswer answer);

// Append-only: the newest vote of a voter for a party on a hash is the one that counts.
struct Vote {
    std::int64_t id = 0;  // given by the store
    RequestId request;
    std::string party;
    UserId voter;
    VoteAnswer answer = VoteAnswer::approve;
    std::string remark;
    std::string condition_until;  // ISO date, for `conditional`
    std::string scope_hash;
    VoteSource source = VoteSource::slack;
    std::string source_ref;  // envelope id or evidence id: where it can be seen again
    Timestamp at;
};

struct VendorIssue {
    RequestId request;
    std::string tracker;  // name in the configuration
    std::string project;  // full path
    std::int64_t iid = 0;
    std::string url;  // canonical, built from the configuration
    UserId linked_by;
    Timestamp linked_at;
};

// Every decision ever made on a request, ours and those seen outside.
struct Decision {
    std::int64_t id = 0;
    RequestId request;
    DecisionKind kind = DecisionKind::none;
    UserId actor;  // empty: policy, or outside by somebody unknown
    bool outside = false;
    std::string reason;
    std::string scope_hash;
    std::string evidence;             // JSON: votes, issue and read-back it rests on
    std::string policy = {};          // hash of the policy that held; "": before there were any
    std::string policy_rules = "[]";  // JSON list of the ids of its rules that held
    Timestamp at;
};

// The text of a policy that a decision rests on, once a hash.
struct PolicyText {
    std::string hash;
    std::string source;
    std::string text;
};

// A small fact about a request that a person set: one of a kind, subject and person.
struct Mark {
    RequestId request;
    std::string kind;     // "claim", "heard", "admin_approval" …
    std::string subject;  // a party, or ""
    UserId person;
    std::string value;
    std::string scope_hash;
    Timestamp at;
};

// P10: who is away, from which day to which (both included), and who votes meanwhile.
struct Absence {
    UserId person;
    UserId delegate;          // empty: nobody
    std::string from, until;  // ISO days
    Timestamp made_at;
};

// Where a message of ours lives, so that it can be changed: "card:12", "dm:12:linkform" …
struct MessageRef {
    std::string name;
    ChannelId channel;
    std::string ts;
};

struct Timer {
    std::string name;  // unique; setting it again moves it
    Timestamp due;
    std::string event;  // JSON object handed to the timer handler
};

// Membership of a Slack user group as last read; what rights are checked against.
struct UserGroup {
    std::string id;
    std::vector<UserId> members;
    Timestamp read_at;
};

// A person as Slack last described them.
struct Person {
    UserId id;
    std::string name;
    std::string locale;   // "de-DE"; "" = Slack did not say
    std::string zone;     // "Europe/Berlin"; "" = Slack did not say
    int zone_offset = 0;  // seconds east of UTC when it was read
    bool active = true;   // false: deactivated
    bool guest = false;
    Timestamp read_at;
};

// Somebody who opened the Home tab, and where they are in its lists (0 = at the start).
struct HomeTab {
    UserId user;
    Timestamp opened_at;
    std::int64_t queue_after = 0, mine_before = 0, open_after = 0;
};

// Somebody else who waits for the same app (R8); told what the requester is told.
struct Follower {
    RequestId request;
    UserId user;
    Timestamp since;
};

// What Slack believes about an app in a workspace (team empty: organisation).
struct AppResolution {
    AppId app_id;
    TeamId team_id;
    std::string status;  // "approved", "restricted", ""
    std::vector<Scope> scopes;
    Timestamp seen_at;
    std::string app_name{};  // "": not told
};

// One of Slackbot's review messages as last read.
struct SlackbotNotice {
    ChannelId channel;
    std::string ts;
    RequestId request;   // 0: belongs to none
    std::string kind;    // "request", "decision", "unclear" …
    std::string digest;  // of its content: an edit changes it
    int confidence = 0;
    bool doubtful = false;  // its own text reads like a decision: an edit of it proves nothing
    bool personal = false;  // in a manager's own conversation with Slackbot, seen with that person's token
    std::string approve_label;  // what Slack's buttons say
    std::string restrict_label;
    std::string permalink;
    Timestamp seen_at;
};

// A redacted message of Slackbot's, one for each shape.
struct SlackbotSample {
    std::string shape;
    std::string kind;
    int confidence = 0;
    std::string locale;
    std::string sample;  // JSON
    Timestamp seen_at;
};

struct AuditEntry {
    std::int64_t seq = 0;  // given by the store
    Timestamp at;
    std::string actor;    // user id, "countersign", "slack", "operator"
    std::string action;   // "request.received", "vote.cast", "decision.applied" …
    std::string subject;  // "REQ-12"
    std::string details;  // JSON object
    std::string previous_hash;
    std::string hash;
};

enum class TokenKind { bot, admin, app, reviewer, tracker };

enum class EffectState { pending, claimed, done, failed };

// Something to do outside: one Slack call, with its idempotency key. Rows of the outbox.
struct Effect {
    std::int64_t id = 0;  // given by the store; order within a lane
    std::string key;      // unique for ever: enqueuing a known key again does nothing
    std::string method;   // "chat.postMessage" …
    TokenKind token = TokenKind::bot;
    std::string args;     // JSON object of the method's arguments, without the token
    std::string purpose;  // which result handler gets the answer (handlers/effect_results.cpp); "" = none
    std::string context;  // JSON object, handed back to that handler; "" = {}
    std::optional<RequestId> request;
    std::string lane;     // effects of one lane are performed one after the other, in order; "" = free
    std::string message;  // MessageRef name: a post stores it, an update is addressed by it (channel, ts)
    bool interactive = false;           // a person waits: ahead of background effects
    std::optional<Timestamp> deadline;  // not sent after this; its handler hears `expired`
    std::optional<Timestamp> not_before;

    // kept by the outbox
    EffectState state = EffectState::pending;
    int attempts = 0;
    bool maybe_sent =
        false;  // an answer was lost, or the program ended while it was claimed: look before repeating
    std::optional<Timestamp> claimed_at;  // of the first claim that may have been sent, else of the last
    // From then to the present claim, by our clock; less than 0 where that was set back in between.
    std::chrono::milliseconds claimed_before{0};
    std::string error;  // last failure, redacted
};

}  // namespace countersign::storage
