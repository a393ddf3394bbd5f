#include "config/base/text.hpp"
#include "handlers/views/blocks.hpp"
#include "handlers/views/home_installed_ids.hpp"
#include "handlers/views/home_texts.hpp"
#include "handlers/views/installed_messages.hpp"
#include "handlers/views/installed_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/recorded.hpp"

#include <fmt/format.h>

#include <utility>

namespace countersign::handlers::views {
namespace {

using storage::Authorization;
using storage::AuthorizationState;
using storage::Integration;
using storage::IntegrationState;
using storage::InventoryEntry;

constexpr std::size_t name_room = 80;

std::string name(std::string_view text) {
    return "*" + inert_line(text, name_room) + "*";
}

const Text<>& state_text(IntegrationState state) {
    switch (state) {
        case IntegrationState::active:
            return texts::connected;
        case IntegrationState::degraded:
            return texts::has_trouble;
        case IntegrationState::needs_reauth:
            return texts::needs_reauth;
        case IntegrationState::paused:
            return texts::paused;
    }
    return texts::has_trouble;
}

const Text<>& state_text(AuthorizationState state) {
    switch (state) {
        case AuthorizationState::pending:
            return texts::not_checked;
        case AuthorizationState::active:
            return texts::connected;
        case AuthorizationState::expiring:
            return texts::expires_soon;
        case AuthorizationState::refresh_failed:
            return texts::not_renewed;
        case AuthorizationState::needs_reauth:
            return texts::needs_reauth;
    }
    return texts::not_checked;
}

std::string who(std::string_view person) {
    return person.starts_with('U') || person.starts_with('W') ? mention(UserId(std::string(person)))
                                                              : inert_line(person, 40);
}

// I10: "U1 U2", as people read it.
std::string mentions(std::string_view users) {
    std::string out;
    for (const auto& user : text::words(users))
        out += (out.empty() ? "" : ", ") + who(user);
    return out;
}

class Words {
  public:
    Words(Language language, std::size_t uses) : language_(language), uses_(uses) {}

    std::string operator()(const Authorization& a) const {
        auto line = fmt::format("{} · {} · {}", name(a.name), to_text(a.kind), inert_line(a.url, 80));
        if (!a.account.empty()) line += said(texts::acts_as, inert_line(a.account, 60));
        line += " · " + said(state_text(a.state));
        if (a.expires_at) line += said(texts::expires, date(*a.expires_at));
        line += uses_ == 1 ? said(texts::one_use) : said(texts::many_uses, std::to_string(uses_));
        if (a.usage.total == 1) line += said(texts::called_once);
        if (a.usage.total > 1) line += said(texts::called_often, std::to_string(a.usage.total));
        return line + said(texts::set_up_by, who(a.added_by)) + said(texts::set_up_on, date(a.added_at));
    }

    std::string operator()(const Integration& i) const {
        const auto target = i.kind == storage::IntegrationKind::tracker
                                ? said(texts::tracker_target, inert_line(i.target, 60))
                                : "<#" + i.target + ">";
        return fmt::format("{} · {} · {}", name(i.name), target, said(state_text(i.state))) +
               said(texts::built_on, inert_line(i.authorization_name, name_room)) +
               (i.owner.empty() ? said(texts::owned_by_none) : said(texts::owned_by, mention(i.owner)));
    }

    std::string operator()(const InventoryEntry& e) const {
        auto line =
            fmt::format("{} ({}) · {}", name(e.app_name.empty() ? e.app_id.value : e.app_name),
                        inert_line(e.app_id.value, 40),
                        e.team_id.empty() ? said(texts::the_organisation) : inert_line(e.team_id.value, 40));
        if (e.state == storage::InstalledState::removed) line += said(texts::taken_out);
        if (!e.set_up_by.empty()) line += said(texts::set_up_by, who(e.set_up_by));
        if (e.set_up_at) line += said(texts::set_up_on, date(*e.set_up_at));
        line += e.owner.empty() ? said(texts::no_owner) : said(texts::owned_by, mention(e.owner));
        return line + (e.request ? " · " + to_text(*e.request) : said(texts::no_approval));
    }

  private:
    template <std::size_t Places, class... Values>
    [[nodiscard]] std::string said(const Text<Places>& text, const Values&... values) const {
        return say_in(language_, text, values...);
    }
    Language language_;
    std::size_t uses_;
};

std::vector<std::string> lines_of(const InstalledDetails& details, Language language) {
    std::vector<std::string> lines{installed_words(details.thing, details.uses.size(), language)};
    const auto add = [&](const Text<1>& label, std::string_view value, std::size_t room) {
        if (!value.empty()) lines.push_back(say_in(language, label, inert_line(value, room)));
    };
    if (const auto* e = std::get_if<InventoryEntry>(&details.thing)) {
        add(texts::connected_to, e->connected_to, 500);
        add(texts::purpose_is, e->purpose, 500);
        add(texts::data_class_is, e->data_class, 500);
        add(texts::permissions_are, e->scopes, 500);
        add(texts::notes_are, e->notes, 500);
        add(texts::known_from, e->source, 500);
        if (!details.issue_url.empty())
            lines.push_back(
                say_in(language, texts::vendor_issue_is, own_link(details.issue_url, details.issue_url)));
        if (e->removed_at)
            lines.push_back(
                say_in(language, texts::removed_on, date(*e->removed_at)) +
                (e->removed_by.empty() ? "" : say_in(language, texts::removed_by, who(e->removed_by))));
    } else if (const auto* a = std::get_if<Authorization>(&details.thing)) {
        add(texts::permissions_are, a->scopes, 500);
        add(texts::note_is, recorded_in(language, a->state_note), 300);
        add(texts::notes_are, a->notes, 500);
        if (!a->allowed_users.empty())
            lines.push_back(say_in(language, texts::may_build, mentions(a->allowed_users)));
        if (!a->allowed_channels.empty()) add(texts::may_post_in, a->allowed_channels, 500);
        lines.push_back(a->usage.first_at ? say_in(language, texts::first_called, date(*a->usage.first_at),
                                                   std::to_string(a->usage.total),
                                                   date(Timestamp(std::chrono::days(a->usage.day))))
                                          : say_in(language, texts::never_called));
        lines.push_back(say_in(language, texts::fingerprint_is, a->fingerprint));
        if (!details.uses.empty()) {
            lines.push_back(say_in(language, texts::what_stops));
            lines = some_of(std::move(lines), details.uses, shown_in_message, language);
        }
    } else {
        add(texts::note_is, recorded_in(language, std::get<Integration>(details.thing).state_note), 200);
    }
    return lines;
}

}  // namespace

std::string installed_words(const storage::InstalledThing& thing, std::size_t uses, Language language) {
    return std::visit(Words(language, uses), thing);
}

std::string authorization_line(const Authorization& authorization, std::size_t uses, Language language) {
    return "• " + installed_words(authorization, uses, language);
}

std::string integration_line(const Integration& integration, Language language) {
    return "• " + installed_words(integration, 0, language);
}

std::string inventory_line(const InventoryEntry& entry, Language language) {
    return "• " + installed_words(entry, 0, language);
}

Message installed_details(const InstalledDetails& details, Language language) {
    const auto lines = lines_of(details, language);
    std::string text;
    for (const auto& line : lines)
        text += (text.empty() ? "" : "\n") + line;
    return {fitted(text, limits::fallback), Blocks().lines(lines).json()};
}

std::string installed_details_form(const InstalledDetails& details, Language language) {
    Blocks blocks(Blocks::Surface::view);
    blocks.lines(lines_of(details, language));
    return modal({.callback_id = ids::form_installed_details,
                  .title = say_in(language, texts::details_title),
                  .close = say_in(language, texts::close)},
                 blocks);
}

}  // namespace countersign::handlers::views
