#include "handlers/views/next_step.hpp"

#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/party_rows.hpp"
#include "handlers/views/recorded.hpp"
#include "handlers/views/requester_texts.hpp"

namespace countersign::handlers::views {
namespace {

using storage::AppRequest;
using storage::Outside;
using enum storage::RequestState;

const Text<>& state_word(storage::RequestState state) {
    switch (state) {
        case awaiting_issue:
            return texts::awaiting_issue;
        case in_review:
            return texts::in_review;
        case need_info:
            return texts::need_info;
        case ready:
            return texts::ready;
        case held:
            return texts::held;
        case applying:
        case unclear:
            return texts::applying;
        case approved:
        case installed:
            return texts::approved;
        case restricted:
        case suspended:
            return texts::restricted;
        case denied:
            return texts::denied;
        case withdrawn:
            return texts::withdrawn;
        case expired:
            return texts::expired;
        case superseded:
            return texts::superseded;
        case manual:
        case reconsider:
            return texts::needs_a_human;
    }
    return texts::needs_a_human;
}

std::string missing_sentence(const CardInput& input) {
    const auto missing = parties_missing(input.parties);
    if (missing.empty()) return "every party has agreed.";
    return missing + (missing.contains(',') || missing.contains(" and ") ? " sign." : " signs.");
}

std::string waits_for_issue(const CardInput& input) {
    auto out = mention(input.request.requester) + " links the vendor issue";
    const auto missing = parties_missing(input.parties);
    return missing.empty() ? out + "; every party has agreed."
                           : out + "; the parties may sign already: " + missing + ".";
}

std::string ready_step(const CardInput& input) {
    const auto admins = mentions(input.settings.review.admins, 200);
    const auto who = admins.empty() ? std::string("an admin") : admins;
    if (input.org_driver) return who + ": press `Approve app` or `Restrict app`.";
    return who + ": press `Approve app`, follow the steps in Slack, then press `Done`.";
}

std::string note_or(const AppRequest& request, std::string_view otherwise) {
    auto note = inert(request.state_note, 400);
    return note.empty() ? std::string(otherwise) : note;
}

}  // namespace

std::string state_line(const AppRequest& request, Language language) {
    auto out = say_in(language, state_word(request.state));
    if (request.outside == Outside::decided) out += " · " + say_in(language, texts::decided_outside);
    if (request.outside == Outside::cancelled) out += " · " + say_in(language, texts::cancelled_outside);
    return out;
}

std::string next_step(const CardInput& input) {
    const auto& request = input.request;
    switch (request.state) {
        case awaiting_issue:
            return waits_for_issue(input);
        case in_review:
            return missing_sentence(input);
        case need_info:
            return mention(request.requester) + " answers " + mention(request.info_asker) +
                   (request.info_party.empty() ? "" : " (" + inert_line(request.info_party, 40) + ")") +
                   ": " + inert_line(request.info_question, 200);
        case ready:
            return ready_step(input);
        case held:
            return note_or(request, "an admin lifts the hold.");
        case applying:
            return "Slack is being told; its lists are read back before this card says so.";
        case unclear:
            return "Slack's answer was lost; its lists are read before anything is sent again.";
        case approved:
            return mention(request.requester) + " may install the app now.";
        case restricted:
            return "nobody may install or request the app until its permissions change or an admin lifts "
                   "this in Slack.";
        case denied:
            return "a better request may be made at once; an admin may press `Reopen`.";
        case withdrawn:
        case expired:
            return "nothing; a new request may be made at any time.";
        case superseded:
            return "nothing here; a newer request for the same app goes on.";
        case installed:
            return "nothing; the app is installed.";
        case suspended:
            return note_or(request,
                           "the emergency is reviewed: an admin clears the restriction or keeps it.");
        case reconsider:
            return note_or(request, "an admin keeps the decision, clears it, or restricts the app.");
        case manual:
            return note_or(request, "an admin looks at the request in Slack and decides there.");
    }
    return {};
}

std::string decision_line(const AppRequest& request, Language language) {
    const bool outside = request.outside != Outside::no;
    if (!request.decided_at && request.decided_by.empty() && request.decision_reason.empty() && !outside)
        return {};
    auto out = request.decided_by.empty() ? say_in(language, outside ? texts::by_somebody : texts::by_policy)
                                          : say_in(language, texts::decided_by, mention(request.decided_by));
    if (request.decided_at) out += say_in(language, texts::on_date, date(*request.decided_at));
    // What a person wrote is shown as it is; only our own sentences exist in two languages.
    const auto reason = inert_line(
        request.decided_by.empty() ? recorded_in(language, request.decision_reason) : request.decision_reason,
        300);
    return reason.empty() ? out : out + ": " + reason;
}

}  // namespace countersign::handlers::views
