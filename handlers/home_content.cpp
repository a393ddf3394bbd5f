#include "handlers/home_content.hpp"

#include "config/base/text.hpp"
#include "handlers/deadlines.hpp"
#include "handlers/figures.hpp"
#include "handlers/home_installed.hpp"
#include "handlers/judging.hpp"
#include "handlers/people.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/members.hpp"
#include "handlers/review/votes.hpp"
#include "handlers/rights.hpp"
#include "handlers/settle.hpp"
#include "handlers/views/home_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/waiting_time.hpp"

#include <algorithm>

namespace countersign::handlers {
namespace {

using review::PartyState;
using storage::AppRequest;
using views::HomeList;
namespace texts = views::texts;

constexpr std::size_t read_at_once = 64;
constexpr std::size_t followed_shown = 5;

// What the person is. The groups as last read will do: it is shown here, and checked at the press.
struct Role {
    struct Say {
        std::string party;
        UserId person;  // themselves, or who is away and whose place they take
    };
    std::vector<Say> says;
    std::vector<std::string> parties;  // of all the says
    bool admin = false;
};

Role role_of(const UserId& user, const Context& context) {
    const auto groups = review::as_last_read(context.view, context.now);
    const auto& review = context.settings.review;
    Role role;
    const auto add_parties_of = [&](const UserId& person) {
        for (const auto party : review::party_membership(person, review.parties, groups).parties) {
            const auto& name = review.parties[party].name;
            role.says.push_back({name, person});
            if (std::ranges::find(role.parties, name) == role.parties.end()) role.parties.push_back(name);
        }
    };
    add_parties_of(user);
    for (const auto& absence : absent_today(user, context))
        add_parties_of(absence.person);
    role.admin = review::membership(user, review.admins, groups).member;
    return role;
}

// Whoever asked for the app lends nobody a vote on it either (P17).
bool waits_for(const UserId& user, const Case& item, const Role& role) {
    const auto people = asked_for(item);
    const auto barred = [&](const UserId& person) {
        return review::conflict_of_interest(item.request, person, people);
    };
    if (!review::in_votes(item.request.state) || barred(user)) return false;
    return std::ranges::any_of(item.matrix, [&](const review::PartyStatus& row) {
        const bool open = row.state == PartyState::waiting || row.state == PartyState::partly;
        return open && std::ranges::find(row.by, user) == row.by.end() &&
               std::ranges::any_of(role.says, [&](const Role::Say& say) {
                   return say.party == row.party && !barred(say.person);
               });
    });
}

// The person's parties have done their part; another has not.
bool waits_for_others(const Case& item, const std::vector<std::string>& parties) {
    if (!review::in_votes(item.request.state) || item.request.state == storage::RequestState::ready)
        return false;
    const auto is_mine = [&](const review::PartyStatus& row) {
        return std::ranges::find(parties, row.party) != parties.end();
    };
    const bool all_mine_done = std::ranges::all_of(
        item.matrix, [&](const review::PartyStatus& row) { return !is_mine(row) || row.satisfied(); });
    return all_mine_done &&
           std::ranges::any_of(item.matrix, [](const review::PartyStatus& row) { return !row.satisfied(); });
}

// Fills a page and looks one entry further, to know whether there is more.
bool add(HomeList& list, const Case& item) {
    if (list.entries.size() == views::home_page) {
        list.more = true;
        return false;
    }
    list.last = item.request.id;
    list.entries.push_back({item.request, item.matrix});
    return true;
}

HomeList open_after(std::int64_t after, const Context& context, const auto& wanted) {
    HomeList list;
    list.from_start = after == 0;
    RequestId from{after};
    while (true) {
        const auto requests = context.view.open_requests_after(from, read_at_once);
        for (const auto& request : requests) {
            const auto item = load_case(request, context);
            if (wanted(item) && !add(list, item)) return list;
        }
        if (requests.size() < read_at_once) return list;
        from = requests.back().id;
    }
}

// What waits for the person, page by page; and on the first page some of what waits for others, as far as it
// is met on the way: with thousands open nobody is shown them all.
void add_votes(views::HomeInput& input, const storage::HomeTab& tab, const Role& role,
               const Context& context) {
    constexpr std::size_t looked_at = 4 * read_at_once, others_shown = 5;
    auto& queue = input.queue;
    auto& others = input.others;
    queue.from_start = tab.queue_after == 0;
    RequestId from{tab.queue_after};
    std::size_t seen = 0;
    const auto done = [&] { return queue.more && (!queue.from_start || others.more); };
    while (!done()) {
        const auto requests = context.view.open_requests_after(from, read_at_once);
        for (const auto& request : requests) {
            if (done()) break;
            const auto item = load_case(request, context);
            if (!queue.more && waits_for(tab.user, item, role)) {
                (void)add(queue, item);
            } else if (queue.from_start && !others.more && waits_for_others(item, role.parties)) {
                if (others.entries.size() == others_shown)
                    others.more = true;
                else
                    others.entries.push_back({item.request, item.matrix});
            }
        }
        if (requests.size() < read_at_once) break;
        from = requests.back().id;
        seen += requests.size();
        if (seen < looked_at || !queue.more) continue;
        others.more = true;  // perhaps
        break;
    }
    for (auto& entry : queue.entries)
        entry.overdue = is_overdue(entry.request, context);
}

HomeList mine_before(const storage::HomeTab& tab, const Context& context) {
    HomeList list;
    list.from_start = tab.mine_before == 0;
    const storage::View::Filter filter{.state = {},
                                       .app = {},
                                       .requester = tab.user.value,
                                       .limit = views::home_page + 1,
                                       .before = tab.mine_before};
    for (const auto& request : context.view.requests(filter)) {
        if (!add(list, load_case(request, context))) break;
    }
    return list;
}

// Which decisions need no admin's press.
std::string applied_by_itself(views::Language language, const Context& context) {
    const auto& risks = context.settings.policy->apply_automatically;
    const bool any = risks ? !risks->empty() : context.settings.review.auto_apply;
    if (!any || !context.capabilities.admin) return say_in(language, texts::admin_applies);
    if (context.view.meta(automatic_applying) == "off") return say_in(language, texts::applying_is_off);
    if (!risks) return say_in(language, texts::applies_at_once);
    std::vector<std::string> named;
    for (const auto risk : *risks)
        named.push_back("`" + std::string(config::to_text(risk)) + "`");
    return say_in(language, texts::applies_some, text::joined(named, ", "));
}

std::vector<std::string> abilities(const Role& role, views::Language language, const Context& context) {
    const auto said = [&](const views::Text<>& text) { return say_in(language, text); };
    std::vector<std::string> lines;
    const auto line = [&](const std::string& text) { lines.push_back("• " + text); };
    line(said(context.capabilities.admin ? texts::can_apply : texts::cannot_apply));
    const auto& review = context.settings.review;
    line(applied_by_itself(language, context));
    if (review.require_vendor_issue) line(said(texts::needs_issue));
    line(waiting_time(language, context));
    if (role.admin || !role.parties.empty()) {
        std::int64_t open = 0, ready = 0, stuck = 0;
        for (const auto& [state, count] : context.view.request_counts()) {
            const auto known = storage::parse_request_state(state);
            if (known && !storage::is_final(*known)) open += count;
            if (known == storage::RequestState::ready) ready += count;
            if (known == storage::RequestState::manual) stuck += count;
        }
        line(say_in(language, texts::open_count, std::to_string(open), std::to_string(ready)));
        if (stuck > 0) line(say_in(language, texts::need_humans, std::to_string(stuck)));
    }
    if (context.capabilities.bot_user.empty()) line(said(texts::unknown_self));
    line(say_in(language, texts::drawn_at, views::date(context.now)));
    return lines;
}

}  // namespace

views::HomeInput home_content(const storage::HomeTab& tab, const Context& context) {
    const auto role = role_of(tab.user, context);
    views::HomeInput input;
    input.language = language_of(tab.user, context);
    input.parties = role.parties;
    input.absent = absent_today(tab.user, context);
    input.admin = role.admin;
    input.mine = mine_before(tab, context);
    if (tab.mine_before == 0) input.followed = context.view.followed_by(tab.user, followed_shown);
    if (!role.parties.empty()) {
        add_votes(input, tab, role, context);
    }
    if (role.admin || !role.parties.empty())
        input.open = open_after(tab.open_after, context, [](const Case&) { return true; });
    if (role.admin) input.picture = newest_picture(context);
    input.installed = home_installed(tab.user, role.admin, context);
    input.abilities = abilities(role, input.language, context);
    return input;
}

bool concerns(const UserId& user, const Outcome& done, const Context& context) {
    const auto role = role_of(user, context);
    if (role.admin || !role.parties.empty()) return true;
    return std::ranges::any_of(done.changes, [&](const storage::Change& change) {
        if (changes_installed_of(user, change)) return true;
        if (const auto* saved = std::get_if<storage::SaveRequest>(&change)) {
            if (saved->request.requester == user) return true;
            const auto followers = context.view.followers(saved->request.id);
            return std::ranges::find(followers, user) != followers.end();
        }
        const auto* added = std::get_if<storage::AddFollower>(&change);
        return added != nullptr && added->follower.user == user;
    });
}

}  // namespace countersign::handlers
