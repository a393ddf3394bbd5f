#include "storage/records.hpp"

#include "storage/enum_texts.hpp"
#include "storage/inbox.hpp"
#include "storage/storage_error.hpp"

#include <fmt/format.h>

#include <array>

namespace countersign::storage {
namespace {

// In the order of the enumerators.
template <class Enum>
constexpr int texts = 0;
template <>
constexpr std::array<std::string_view, 17> texts<RequestState> = {
    "awaiting_issue", "in_review", "need_info",  "ready",      "held",      "applying",
    "unclear",        "approved",  "restricted", "denied",     "withdrawn", "expired",
    "superseded",     "manual",    "installed",  "reconsider", "suspended"};
template <>
constexpr std::array<std::string_view, 4> texts<TokenType> = {"bot", "user", "app", "unknown"};
template <>
constexpr std::array<std::string_view, 4> texts<RequestSource> = {"event", "list", "form", "slackbot"};
template <>
constexpr std::array<std::string_view, 5> texts<Publisher> = {"marketplace", "internal", "distributed",
                                                              "slack", "unknown"};
template <>
constexpr std::array<std::string_view, 3> texts<Outside> = {"no", "decided", "cancelled"};
template <>
constexpr std::array<std::string_view, 6> texts<DecisionKind> = {"none", "approve", "restrict",
                                                                 "deny", "cancel",  "clear"};
template <>
constexpr std::array<std::string_view, 6> texts<VoteAnswer> = {"approve", "conditional", "reject",
                                                               "abstain", "need_info",   "retracted"};
template <>
constexpr std::array<std::string_view, 2> texts<VoteSource> = {"slack", "tracker"};
template <>
constexpr std::array<std::string_view, 5> texts<TokenKind> = {"bot", "admin", "app", "reviewer", "tracker"};
template <>
constexpr std::array<std::string_view, 4> texts<EffectState> = {"pending", "claimed", "done", "failed"};
template <>
constexpr std::array<std::string_view, 4> texts<InboxOutcome> = {"handled", "failed", "unknown",
                                                                 "unreadable"};

template <class Enum>
std::string_view text_of(Enum value) {
    return texts<Enum>.at(static_cast<std::size_t>(value));
}

template <class Enum>
std::optional<Enum> found(std::string_view text) {
    for (std::size_t i = 0; i < texts<Enum>.size(); ++i) {
        if (texts<Enum>[i] == text) return static_cast<Enum>(i);
    }
    return std::nullopt;
}

template <class Enum>
void parse(std::string_view text, Enum& value, std::string_view what) {
    const auto known = found<Enum>(text);
    if (!known) {
        throw UnreadableRow(
            fmt::format("the database holds the {} '{}', which this program does not know: it was "
                        "written by a newer version or changed by hand",
                        what, text));
    }
    value = *known;
}

}  // namespace

std::string_view to_text(RequestState state) {
    return text_of(state);
}
std::string_view to_text(VoteAnswer answer) {
    return text_of(answer);
}
std::string_view to_text(TokenType value) {
    return text_of(value);
}
std::string_view to_text(RequestSource value) {
    return text_of(value);
}
std::string_view to_text(Publisher value) {
    return text_of(value);
}
std::string_view to_text(Outside value) {
    return text_of(value);
}
std::string_view to_text(DecisionKind value) {
    return text_of(value);
}
std::string_view to_text(VoteSource value) {
    return text_of(value);
}
std::string_view to_text(TokenKind value) {
    return text_of(value);
}
std::string_view to_text(EffectState value) {
    return text_of(value);
}
std::string_view to_text(InboxOutcome value) {
    return text_of(value);
}

std::optional<RequestState> parse_request_state(std::string_view text) {
    return found<RequestState>(text);
}

bool is_final(RequestState state) {
    switch (state) {
        case RequestState::approved:
        case RequestState::installed:
        case RequestState::restricted:
        case RequestState::denied:
        case RequestState::withdrawn:
        case RequestState::expired:
        case RequestState::superseded:
            return true;
        default:
            return false;
    }
}

void parse_text(std::string_view text, RequestState& value) {
    parse(text, value, "request state");
}
void parse_text(std::string_view text, TokenType& value) {
    parse(text, value, "token type");
}
void parse_text(std::string_view text, RequestSource& value) {
    parse(text, value, "request source");
}
void parse_text(std::string_view text, Publisher& value) {
    parse(text, value, "publisher");
}
void parse_text(std::string_view text, Outside& value) {
    parse(text, value, "outside decision");
}
void parse_text(std::string_view text, DecisionKind& value) {
    parse(text, value, "decision");
}
void parse_text(std::string_view text, VoteAnswer& value) {
    parse(text, value, "vote");
}
void parse_text(std::string_view text, VoteSource& value) {
    parse(text, value, "vote source");
}
void parse_text(std::string_view text, TokenKind& value) {
    parse(text, value, "token kind");
}
void parse_text(std::string_view text, EffectState& value) {
    parse(text, value, "effect state");
}

}  // namespace countersign::storage
