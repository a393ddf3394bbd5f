#include "handlers/own_login.hpp"

#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/people.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/trackers.hpp"
#include "handlers/views/grant_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using config::PersonMapping;
using nlohmann::json;
using review::number_field;
using review::text_field;
using storage::IssueComment;

constexpr std::chrono::minutes good_for{15};
constexpr std::string_view code_start = "countersign-";

// One code that was shown, and who wrote it since.
struct Code {
    std::string digest;
    UserId user;
    Timestamp until;
    std::int64_t account = 0;  // 0: nobody yet
    std::string login;
};

std::string codes_name(std::string_view tracker) {
    return fmt::format("login_codes:{}", tracker);
}
std::string logins_name(std::string_view tracker) {
    return fmt::format("own_logins:{}", tracker);
}

std::vector<Code> live_codes(std::string_view tracker, const Context& context) {
    std::vector<Code> codes;
    const auto kept = json::parse(context.view.meta(codes_name(tracker)), nullptr, false);
    if (!kept.is_array()) return codes;
    for (const auto& each : kept) {
        Code code{.digest = text_field(each, "digest"),
                  .user = UserId(text_field(each, "user")),
                  .until = from_millis(number_field(each, "until")),
                  .account = number_field(each, "account"),
                  .login = text_field(each, "login")};
        if (code.until > context.now) codes.push_back(std::move(code));
    }
    return codes;
}

storage::Change save_codes(std::string_view tracker, const std::vector<Code>& codes) {
    json kept = json::array();
    for (const auto& code : codes)
        kept.push_back({{"digest", code.digest},
                        {"user", code.user.value},
                        {"until", to_millis(code.until)},
                        {"account", code.account},
                        {"login", code.login}});
    return storage::SetMeta{codes_name(tracker), kept.dump(-1, ' ', false, json::error_handler_t::replace)};
}

std::vector<PersonMapping> connected(std::string_view tracker, const Context& context) {
    std::vector<PersonMapping> people;
    const auto kept = json::parse(context.view.meta(logins_name(tracker)), nullptr, false);
    if (!kept.is_array()) return people;
    for (const auto& each : kept)
        people.push_back(
            {UserId(text_field(each, "user")), std::string(tracker), number_field(each, "account")});
    return people;
}

storage::Change save_connected(std::string_view tracker, const std::vector<PersonMapping>& people) {
    json kept = json::array();
    for (const auto& person : people)
        kept.push_back({{"user", person.slack.value}, {"account", person.account}});
    return storage::SetMeta{logins_name(tracker), kept.dump()};
}

bool is_configured(std::string_view tracker, const UserId& user, std::int64_t account,
                   const Context& context) {
    return std::ranges::any_of(context.settings.people, [&](const PersonMapping& person) {
        return person.tracker == tracker && (person.slack == user || person.account == account);
    });
}

std::string account_words(std::string_view tracker, const Code& code, views::Language language,
                          const Context& context) {
    const auto* known = find_tracker(tracker, context.settings);
    return say_in(language, texts::account_in_tracker, views::inert_line("@" + code.login, 80),
                  kind_word(known == nullptr ? config::TrackerKind::gitlab : known->kind),
                  std::to_string(code.account));
}

// Nobody but Slack and us has seen what it is made of.
std::string new_code(const Press& press, const Context& context) {
    const auto seed = fmt::format("{}\n{}\n{}\n{}", press.trigger_id, press.cause, press.user.value,
                                  to_millis(context.now));
    return fmt::format("{}{}", code_start, text::sha256_hex(seed).substr(0, 20));
}

Outcome show_code(const Press& press, const config::Tracker& tracker, const Context& context) {
    const auto code = new_code(press, context);
    auto codes = live_codes(tracker.name, context);
    std::erase_if(codes, [&](const Code& each) { return each.user == press.user; });
    codes.push_back({.digest = text::sha256_hex(code),
                     .user = press.user,
                     .until = context.now + good_for,
                     .account = 0,
                     .login = {}});
    auto outcome = say(press, say_in(press.language, texts::write_this_code, kind_word(tracker.kind), code));
    outcome.changes.push_back(save_codes(tracker.name, codes));
    outcome.audit.push_back({press.user.value, "person.code_shown", press.user.value,
                             details({{"tracker", tracker.name}, {"cause", press.cause}})});
    return outcome;
}

Outcome confirm(const Press& press, const Context& context) {
    for (const auto& tracker : context.settings.trackers) {
        auto codes = live_codes(tracker.name, context);
        const auto mine = std::ranges::find(codes, press.user, &Code::user);
        if (mine == codes.end() || mine->account == 0) continue;
        const auto code = std::move(*mine);
        codes.erase(mine);
        if (is_configured(tracker.name, press.user, code.account, context))
            return refuse(press, press.user.value, "configured",
                          say_in(press.language, texts::configured_account));
        auto people = connected(tracker.name, context);
        std::erase_if(people, [&](const PersonMapping& person) {
            return person.slack == press.user || person.account == code.account;
        });
        people.push_back({press.user, tracker.name, code.account});
        auto outcome = say(press, say_in(press.language, texts::now_known_as,
                                         account_words(tracker.name, code, press.language, context)));
        outcome.changes.push_back(save_codes(tracker.name, codes));
        outcome.changes.push_back(save_connected(tracker.name, people));
        outcome.audit.push_back({press.user.value, "person.connected", press.user.value,
                                 details({{"tracker", tracker.name},
                                          {"account", std::to_string(code.account)},
                                          {"cause", press.cause}})});
        return outcome;
    }
    return say(press, say_in(press.language, texts::nothing_to_confirm));
}

}  // namespace

std::vector<PersonMapping> people_in(std::string_view tracker, const Context& context) {
    std::vector<PersonMapping> people;
    for (const auto& person : context.settings.people)
        if (person.tracker == tracker) people.push_back(person);
    for (auto& person : connected(tracker, context))
        if (!is_configured(tracker, person.slack, person.account, context))
            people.push_back(std::move(person));
    return people;
}

Outcome connect_typed(const Press& press, const std::vector<std::string>& words, const Context& context) {
    const auto wanted = words.size() > 1 ? text::lower(words[1]) : std::string();
    if (wanted == "yes") return confirm(press, context);
    std::vector<const config::Tracker*> readable;
    std::vector<std::string> names;
    for (const auto& tracker : context.settings.trackers) {
        if (!has_token(tracker.name, context)) continue;
        names.push_back(tracker.name);
        if (wanted.empty() || text::lower(tracker.name) == wanted) readable.push_back(&tracker);
    }
    if (names.empty())
        return refuse(press, press.user.value, "no_tracker",
                      say_in(press.language, texts::no_readable_tracker));
    if (readable.empty())
        return say(press, say_in(press.language, texts::unknown_tracker, views::inert_line(words[1], 50),
                                 text::joined(names, ", ")));
    const auto& tracker = *readable.front();
    if (is_configured(tracker.name, press.user, 0, context))
        return say(press, say_in(press.language, texts::configured_already, tracker.name));
    return show_code(press, tracker, context);
}

Outcome disconnect_typed(const Press& press, const Context& context) {
    Outcome outcome;
    for (const auto& tracker : context.settings.trackers) {
        auto people = connected(tracker.name, context);
        if (std::erase_if(people, [&](const auto& person) { return person.slack == press.user; }) == 0)
            continue;
        outcome.changes.push_back(save_connected(tracker.name, people));
        outcome.audit.push_back({press.user.value, "person.disconnected", press.user.value,
                                 details({{"tracker", tracker.name}, {"cause", press.cause}})});
    }
    outcome.merge(say(press, say_in(press.language, outcome.changes.empty() ? texts::connected_to_none
                                                                            : texts::disconnected)));
    return outcome;
}

Outcome look_for_codes(std::string_view tracker, const storage::IssueFacts& facts, const Context& context) {
    Outcome outcome;
    auto codes = live_codes(tracker, context);
    bool changed = false;
    for (auto& code : codes) {
        if (code.account != 0) continue;
        const IssueComment* first = nullptr;
        bool several = false;
        for (const auto& comment : facts.comments) {
            const auto words = text::trimmed(comment.body);
            const bool fits = !comment.system && comment.author && comment.author->active &&
                              !comment.author->bot && comment.updated_at <= comment.created_at + good_for &&
                              words.starts_with(code_start) && text::sha256_hex(words) == code.digest;
            if (!fits) continue;
            several = several || (first != nullptr && first->author->id != comment.author->id);
            if (first == nullptr) first = &comment;
        }
        if (first == nullptr) continue;
        changed = true;
        const auto language = language_of(code.user, context);
        const auto cause = fmt::format("own_login:{}:{}", code.digest.substr(0, 16), first->id);
        if (several) {
            code.until = context.now;  // used up, for whomever
            outcome.effects.push_back(
                private_line(code.user, cause, views::line(say_in(language, texts::two_accounts))));
            continue;
        }
        code.account = first->author->id;
        code.login = first->author->login;
        outcome.effects.push_back(
            private_line(code.user, cause,
                         views::line(say_in(language, texts::code_seen,
                                            account_words(tracker, code, language, context)))));
    }
    if (changed) outcome.changes.push_back(save_codes(tracker, codes));
    return outcome;
}

}  // namespace countersign::handlers
