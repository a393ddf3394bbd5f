#include "handlers/limits.hpp"

#include "config/base/text.hpp"
#include "handlers/after_decision.hpp"
#include "handlers/judging.hpp"
#include "handlers/party_work.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/members.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/review/scopes.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/limit_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/recorded_texts.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace countersign::handlers {
namespace {

namespace ids = views::ids;
namespace texts = views::texts;

constexpr std::size_t most_people = 200;  // of admin.apps.permissions.set
constexpr std::size_t most_domains = 50;  // of admin.apps.config.set, each kind

constexpr std::string_view url_domain = "url", email_domain = "email";
constexpr std::array kinds{marks::left_out, marks::only_for, marks::domain, marks::approved_until,
                           marks::limit_set};

std::vector<std::string> entries(const Press& press, std::string_view field) {
    const auto found = press.fields.find(std::string(field));
    auto typed = found == press.fields.end() ? std::string() : found->second;
    std::ranges::replace(typed, ',', ' ');
    return text::words(typed);
}

void add_once(std::vector<std::string>& list, std::string entry) {
    if (std::ranges::find(list, entry) == list.end()) list.push_back(std::move(entry));
}

// "U0123", "<@U0123|jane>", "<!subteam^S0123|@sales>"; "" for anything else.
std::string member_id(std::string_view word) {
    for (const std::string_view mark : {"<@", "<!subteam^"}) {
        if (!word.starts_with(mark) || !word.ends_with('>')) continue;
        word.remove_prefix(mark.size());
        word = word.substr(0, word.find_first_of("|>"));
    }
    const bool kind = word.starts_with('U') || word.starts_with('W') || word.starts_with('S');
    const auto is_part = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
    return kind && word.size() > 2 && word.size() <= 21 && std::ranges::all_of(word, is_part)
               ? std::string(word)
               : std::string();
}

bool is_host_name(std::string_view name) {
    const auto is_part = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    };
    return name.size() <= 253 && name.contains('.') && !name.contains("..") && !name.starts_with('.') &&
           !name.ends_with('.') && !name.starts_with('-') && std::ranges::all_of(name, is_part);
}

std::optional<std::string> read_left_out(const Press& press, const Case& item, Limits& limits) {
    const auto& scopes = item.request.scopes;
    for (auto& name : entries(press, ids::field_left_out)) {
        const auto is_named = [&](storage::Scope scope) {
            scope.optional = true;
            return review::is_left_out(scope, {name});
        };
        if (std::ranges::none_of(scopes, is_named))
            return say_in(press.language, texts::not_a_permission, views::inert(name, 80));
        const auto is_optional = [&](const storage::Scope& scope) {
            return review::is_left_out(scope, {name});
        };
        if (std::ranges::none_of(scopes, is_optional))
            return say_in(press.language, texts::not_optional, views::inert(name, 80));
        add_once(limits.left_out, std::move(name));
    }
    if (!limits.left_out.empty() && review::without(scopes, limits.left_out).empty())
        return say_in(press.language, texts::nothing_left);
    return std::nullopt;
}

std::optional<std::string> read_only_for(const Press& press, Limits& limits) {
    for (const auto& word : entries(press, ids::field_only_for)) {
        auto id = member_id(word);
        if (id.empty()) return say_in(press.language, texts::not_a_member_id, views::inert(word, 80));
        add_once(limits.only_for, std::move(id));
    }
    if (limits.only_for.size() > most_people) return say_in(press.language, texts::too_many_people);
    return std::nullopt;
}

std::optional<std::string> read_domains(const Press& press, Limits& limits) {
    for (const auto& word : entries(press, ids::field_domains)) {
        auto name = text::lower(word);
        const bool mail = name.starts_with('@');
        if (mail) name.erase(0, 1);
        if (name.contains('*')) return say_in(press.language, texts::wildcard_domain, views::inert(word, 80));
        if (!is_host_name(name)) return say_in(press.language, texts::wrong_domain, views::inert(word, 80));
        add_once(mail ? limits.emails : limits.urls, std::move(name));
    }
    if (std::max(limits.urls.size(), limits.emails.size()) > most_domains)
        return say_in(press.language, texts::too_many_domains);
    return std::nullopt;
}

std::string members_text(const std::vector<std::string>& members) {
    std::vector<std::string> shown;
    for (const auto& member : members)
        shown.push_back(views::mention_member(member));
    return text::joined(shown, ", ");
}

std::string domains_text(const Limits& limits) {
    auto names = limits.urls;
    for (const auto& name : limits.emails)
        names.push_back("@" + name);
    return views::inert(text::joined(names, ", "), 1'000);
}

}  // namespace

bool Limits::empty() const {
    return left_out.empty() && until.empty() && !of_access();
}

bool Limits::of_access() const {
    return !only_for.empty() || !urls.empty() || !emails.empty();
}

bool same_limits(const Limits& some, const Limits& others) {
    return some.until == others.until && std::ranges::is_permutation(some.left_out, others.left_out) &&
           std::ranges::is_permutation(some.only_for, others.only_for) &&
           std::ranges::is_permutation(some.urls, others.urls) &&
           std::ranges::is_permutation(some.emails, others.emails);
}

Limits limits_of(const storage::AppRequest& request, const std::vector<storage::Mark>& known) {
    Limits limits;
    for (const auto& mark : known) {
        if (mark.scope_hash != request.scope_hash) continue;
        if (mark.kind == marks::left_out) limits.left_out.push_back(mark.subject);
        if (mark.kind == marks::only_for) limits.only_for.push_back(mark.subject);
        if (mark.kind == marks::domain && mark.value == email_domain)
            limits.emails.push_back(mark.subject.substr(1));  // without the @
        if (mark.kind == marks::domain && mark.value == url_domain) limits.urls.push_back(mark.subject);
        if (mark.kind == marks::approved_until) limits.until = mark.value;
    }
    return limits;
}

Limits limits_of(const Case& item) {
    return limits_of(item.request, item.marks);
}

std::expected<Limits, LimitProblem> read_limits(const Press& press, const Case& item,
                                                const Context& context) {
    Limits limits;
    if (auto problem = read_left_out(press, item, limits))
        return std::unexpected(LimitProblem{ids::field_left_out, *problem});
    if (auto problem = read_only_for(press, limits))
        return std::unexpected(LimitProblem{ids::field_only_for, *problem});
    if (auto problem = read_domains(press, limits))
        return std::unexpected(LimitProblem{ids::field_domains, *problem});
    if (const auto until = entries(press, ids::field_last_day); !until.empty()) {
        if (until.size() > 1 || !is_day_to_come(until.front(), context))
            return std::unexpected(
                LimitProblem{ids::field_last_day, say_in(press.language, texts::wrong_last_day)});
        limits.until = until.front();
    }
    if (limits.empty())
        return std::unexpected(
            LimitProblem{ids::field_only_for, say_in(press.language, texts::name_a_limit)});
    return limits;
}

Outcome keep_limits(Case& item, const Limits& limits, const UserId& by, const Context& context) {
    auto outcome = drop_limits(item);
    const auto keep = [&](std::string_view kind, std::string_view subject, std::string_view value) {
        item.marks.push_back({.request = item.request.id,
                              .kind = std::string(kind),
                              .subject = std::string(subject),
                              .person = by,
                              .value = std::string(value),
                              .scope_hash = item.request.scope_hash,
                              .at = context.now});
        outcome.changes.emplace_back(storage::SetMark{item.marks.back()});
    };
    for (const auto& name : limits.left_out)
        keep(marks::left_out, name, "");
    for (const auto& member : limits.only_for)
        keep(marks::only_for, member, "");
    for (const auto& name : limits.urls)
        keep(marks::domain, name, url_domain);
    for (const auto& name : limits.emails)
        keep(marks::domain, "@" + name, email_domain);
    if (!limits.until.empty()) keep(marks::approved_until, "", limits.until);
    return outcome;
}

Outcome drop_limits(Case& item) {
    Outcome outcome;
    std::erase_if(item.marks, [&](const storage::Mark& mark) {
        if (std::ranges::find(kinds, mark.kind) == kinds.end()) return false;
        outcome.changes.emplace_back(storage::ClearMarks{mark.request, mark.kind, mark.subject});
        return true;
    });
    return outcome;
}

std::string limits_text(const Limits& limits, views::Language language) {
    if (limits.empty()) return {};
    auto words = say_in(language, texts::has_limits);
    const auto line = [&](const std::string& text) { words += "\n• " + text; };
    if (!limits.left_out.empty())
        line(say_in(language, texts::without_scopes,
                    views::inert(text::joined(limits.left_out, ", "), 1'000)));
    if (!limits.only_for.empty()) line(say_in(language, texts::only_for_them, members_text(limits.only_for)));
    if (!limits.urls.empty() || !limits.emails.empty())
        line(say_in(language, texts::only_domains, domains_text(limits)));
    if (!limits.until.empty()) line(say_in(language, texts::until_day, limits.until));
    return words;
}

Outcome watch_approval(const Case& item, const Context& context) {
    Outcome outcome;
    const auto until = limits_of(item).until;
    if (until.empty()) return outcome;
    const nlohmann::json event{{"kind", "approval"}, {"request", item.request.id.value}};
    outcome.changes.emplace_back(storage::SetTimer{
        {"approval:" + to_text(item.request.id), end_of_day(until, context), event.dump()}});
    return outcome;
}

Outcome approval_over(const Event& event, const Context& context) {
    const auto request = context.view.request(RequestId{review::number_field(event.payload, "request")});
    if (!request || !review::is_approved(request->state)) return {};
    auto item = load_case(*request, context);
    const auto until = limits_of(item).until;
    // Another approval since, without a last day.
    if (until.empty()) return {};
    // The clock or its zone was set since.
    if (context.now < end_of_day(until, context)) return watch_approval(item, context);
    return reconsider(std::move(item), say_in(views::Language::english, texts::approval_is_over, until),
                      "countersign", context);
}

}  // namespace countersign::handlers
