#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/people.hpp"
#include "handlers/reminding.hpp"
#include "handlers/requests_of_person.hpp"
#include "handlers/review/info_answer.hpp"
#include "handlers/trackers.hpp"
#include "handlers/views/markdown.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/press_texts.hpp"

#include <fmt/format.h>

#include <algorithm>

// R14: the requester's answer, on its way to whoever asked, to the thread under the card and to the vendor
// issue. What is confidential goes to whoever asked, and the others hear no more than that it came.
namespace countersign::handlers {
namespace {

namespace texts = views::texts;

bool can_hear(const UserId& person, const Context& context) {
    const auto known = context.view.person(person);
    return (!known || known->active) && !is_away(person, context);
}

// Only the party that asked: whoever did, and in their absence whoever answers for it.
std::vector<UserId> who_asked(const Case& item, const Context& context) {
    const auto& request = item.request;
    const auto row = std::ranges::find(item.matrix, request.info_party, &review::PartyStatus::party);
    if (can_hear(request.info_asker, context) || row == item.matrix.end()) return {request.info_asker};
    auto others = awaited(item, *row, context);
    return others.empty() ? std::vector{request.info_asker} : others;
}

std::string asker_words(const storage::AppRequest& request) {
    return request.info_party.empty() ? std::string("an admin") : request.info_party;
}

// Nobody is called by it: a mention would wake those who wait for nothing.
Outcome into_thread(const storage::AppRequest& request, const review::InfoAnswer& answer,
                    const Context& context) {
    const auto words = answer.confidential ? std::string("_confidential; it went to whoever asked_")
                                           : views::quoted(answer.words, 1'500);
    return into_card_thread(request, fmt::format("answer:v{}", request.version),
                            views::line(fmt::format("*Answer* to the question of *{}*:\n{}",
                                                    views::inert_line(asker_words(request), 40), words)),
                            context);
}

Outcome onto_issue(const Case& item, const review::InfoAnswer& answer, const Context& context) {
    Outcome outcome;
    const auto& request = item.request;
    const bool may_write = item.issue && has_token(item.issue->tracker, context) && item.known &&
                           item.known->read_at && item.known->problem.empty();
    if (!may_write) return outcome;
    const auto id = to_text(request.id);
    const auto name = views::markdown_line(name_of(request.requester, context), 60);
    const auto marker = fmt::format("<!-- countersign:answer:{}:v{} -->", id, request.version);
    const auto words = answer.confidential
                           ? std::string("_The answer is confidential and went to whoever asked._")
                           : fmt::format("{}\n\n{}", views::markdown_quote(request.info_question, 1'000),
                                         views::markdown_quote(answer.words));
    auto note = put_note(request, key_of(*item.issue), marker,
                         fmt::format("{}\n**{}** answers the question of {} about {} in Slack:\n\n{}", marker,
                                     name, views::markdown_line(asker_words(request), 60), id, words),
                         false);
    note.key = fmt::format("issue_answer:{}:v{}", id, request.version);
    outcome.effects.push_back(std::move(note));
    return outcome;
}

}  // namespace

Outcome answer_question(const Press& press, Case item, const std::string& typed, const Context& context) {
    auto& request = item.request;
    const auto before = request.state;
    const auto id = to_text(request.id);
    const auto answer = review::read_answer(typed);
    Outcome outcome;
    for (const auto& person : who_asked(item, context)) {
        const auto text = say_in(language_of(person, context), texts::answer_came, views::mention(press.user),
                                 id, views::inert(request.app_name), views::inert(request.info_question, 500),
                                 views::inert(typed, 2'500));
        outcome.effects.push_back(
            direct_message(request, person, fmt::format("answered:v{}", request.version), views::line(text)));
    }
    outcome.merge(into_thread(request, answer, context));
    outcome.merge(onto_issue(item, answer, context));
    request.info_answer = typed;
    request.state = storage::RequestState::in_review;
    outcome.audit.push_back(
        {press.user.value, "question.answered", id,
         details({{"party", request.info_party},
                  {"answer", answer.confidential ? "(confidential)" : proof_of(answer.words)},
                  {"cause", press.cause}})});
    outcome.merge(
        say(press, say_in(press.language, texts::answer_sent, id, views::mention(request.info_asker))));
    outcome.merge(settle(std::move(item), before, press.user.value, context));
    return outcome;
}

}  // namespace countersign::handlers
