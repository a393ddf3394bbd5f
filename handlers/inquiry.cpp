#include "handlers/inquiry.hpp"

#include "handlers/effect_answer.hpp"
#include "handlers/effects.hpp"
#include "handlers/inquiry_verdict.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/review/scopes.hpp"
#include "handlers/settle.hpp"
#include "handlers/watch.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <span>

namespace countersign::handlers {
namespace {

using nlohmann::json;
using review::field;
using review::number_field;
using review::text_field;
using storage::AppRequest;
using storage::DecisionKind;

constexpr int max_tries = 5;
constexpr int max_pages = 500;  // 100,000 entries: a cursor that never ends is not followed for ever

constexpr std::array inquiry_names{"precheck", "confirm", "unclear", "adopt", "vanished"};

// Where an inquiry stands; travels in the effect's context.
struct Walk {
    Inquiry kind = Inquiry::precheck;
    std::size_t list = 0;
    bool certified = false;
    int pages = 0;
    int tries = 0;
    std::int64_t version = 0;  // of the request when the inquiry began: tells its keys from those of the next
    Asker asker;
};

std::string to_context(const Walk& walk) {
    return json{{"inquiry", inquiry_names.at(static_cast<std::size_t>(walk.kind))},
                {"list", walk.list},
                {"certified", walk.certified},
                {"pages", walk.pages},
                {"tries", walk.tries},
                {"version", walk.version},
                {"user", walk.asker.user.value},
                {"channel", walk.asker.channel.value},
                {"repeats", walk.asker.repeats}}
        .dump();
}

Walk read_walk(const json& context) {
    Walk walk;
    const auto* const name = std::ranges::find(inquiry_names, text_field(context, "inquiry"));
    walk.kind = static_cast<Inquiry>(name - inquiry_names.begin());
    walk.list = static_cast<std::size_t>(number_field(context, "list"));
    walk.certified = review::bool_field(context, "certified").value_or(false);
    walk.pages = static_cast<int>(number_field(context, "pages"));
    walk.tries = static_cast<int>(number_field(context, "tries"));
    walk.version = number_field(context, "version");
    walk.asker = read_asker(context);
    return walk;
}

std::span<const List> lists_of(Inquiry kind, DecisionKind decision) {
    static constexpr std::array pending{List::pending};
    static constexpr std::array approved_first{List::approved, List::pending, List::restricted};
    static constexpr std::array restricted_first{List::restricted, List::pending, List::approved};
    static constexpr std::array resolved{List::approved, List::restricted};
    static constexpr std::array all{List::pending, List::approved, List::restricted};
    const bool restrict = decision == DecisionKind::restrict;
    switch (kind) {
        case Inquiry::precheck:
            return pending;
        case Inquiry::confirm:
            return std::span(restrict ? restricted_first : approved_first).first(1);
        case Inquiry::unclear:
            return restrict ? restricted_first : approved_first;
        case Inquiry::adopt:
            return resolved;
        case Inquiry::vanished:
            return all;
    }
    return all;
}

std::string_view entries_key(List list) {
    switch (list) {
        case List::pending:
            return "app_requests";
        case List::approved:
            return "approved_apps";
        case List::restricted:
            return "restricted_apps";
    }
    return "";
}

bool matches(List list, const json& entry, const AppRequest& request, bool by_request_id) {
    const bool same_app = text_field(field(entry, "app"), "id") == request.app_id.value;
    if (list == List::pending) {
        return by_request_id ? text_field(entry, "id") == request.slack_id.value : same_app;
    }
    // An older resolution of the app, for fewer scopes, is no evidence for this one. An entry that tells no
    // scopes at all says nothing against it.
    const auto& told = field(entry, "scopes");
    return same_app && (told.is_null() || review::covers(review::read_scopes(told), request.scopes));
}

Outcome ask_page(const AppRequest& request, const Walk& walk, std::string_view cursor,
                 const Context& context) {
    const auto list = lists_of(walk.kind, request.decision)[walk.list];
    const auto purpose = fmt::format("{}{}", inquiry_names.at(static_cast<std::size_t>(walk.kind)),
                                     walk.tries == 0 ? std::string() : fmt::format(".{}", walk.tries));
    auto as_begun = request;
    as_begun.version = walk.version;
    auto effect = list == List::pending
                      ? list_pending_requests(as_begun, purpose, cursor, walk.certified)
                      : list_resolved(as_begun, purpose, list == List::approved, walk.certified, cursor);
    effect.context = to_context(walk);
    effect.interactive = !walk.asker.user.empty();
    if (walk.tries > 0) effect.not_before = context.now + std::chrono::seconds(10) * walk.tries;
    Outcome outcome;
    outcome.changes.push_back(watch_for(request.id, effect.key, context.now));
    outcome.effects.push_back(std::move(effect));
    return outcome;
}

Outcome page_failed(const AppRequest& request, Walk walk, const EffectAnswer& answer,
                    const Context& context) {
    // An expired cursor or a lost answer: the list is read again from its first page.
    const bool worth_repeating = answer.error == "invalid_cursor" || answer.meaning == "unclear";
    if (worth_repeating && walk.tries < max_tries) {
        ++walk.tries;
        walk.pages = 0;
        walk.certified = false;
        return ask_page(request, walk, "", context);
    }
    return inquiry_failed(walk.kind, load_case(request, context), walk.asker, answer, context);
}

}  // namespace

Asker read_asker(const json& context) {
    return {UserId(text_field(context, "user")), ChannelId(text_field(context, "channel")),
            static_cast<int>(number_field(context, "repeats"))};
}

std::string to_context(const Asker& asker) {
    return json{{"user", asker.user.value}, {"channel", asker.channel.value}, {"repeats", asker.repeats}}
        .dump();
}

Outcome ask_slack(const AppRequest& request, Inquiry kind, const Asker& asker, const Context& context) {
    Walk walk;
    walk.kind = kind;
    walk.version = request.version;
    walk.asker = asker;
    return ask_page(request, walk, "", context);
}

Outcome inquiry_answered(const Event& event, const Context& context) {
    const auto answer = read_effect_answer(event);
    const auto request = context.view.request(answer.request);
    if (!request || !is_awaited(answer.request, answer.key, context)) return {};
    auto walk = read_walk(answer.context);
    if (!answer.ok()) return page_failed(*request, walk, answer, context);

    const auto lists = lists_of(walk.kind, request->decision);
    const auto list = lists[walk.list];
    const bool by_request_id = pending_in_slack(*request, context);
    for (const auto& entry : field(answer.response, entries_key(list))) {
        if (matches(list, entry, *request, by_request_id)) {
            return inquiry_concluded(walk.kind, Finding{list, entry}, load_case(*request, context),
                                     walk.asker, answer, context);
        }
    }
    const auto cursor = text_field(field(answer.response, "response_metadata"), "next_cursor");
    if (!cursor.empty() && ++walk.pages < max_pages) return ask_page(*request, walk, cursor, context);
    walk.pages = 0;
    if (!walk.certified) {
        walk.certified = true;
    } else {
        walk.certified = false;
        ++walk.list;
    }
    if (walk.list < lists.size()) return ask_page(*request, walk, "", context);
    return inquiry_concluded(walk.kind, std::nullopt, load_case(*request, context), walk.asker, answer,
                             context);
}

}  // namespace countersign::handlers
