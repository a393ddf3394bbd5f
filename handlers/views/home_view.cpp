#include "handlers/views/home_view.hpp"

#include "config/base/text.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/blocks.hpp"
#include "handlers/views/figure_texts.hpp"
#include "handlers/views/home_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/party_rows.hpp"
#include "handlers/views/request_card.hpp"
#include "handlers/views/request_facts.hpp"
#include "handlers/views/requester_texts.hpp"

namespace countersign::handlers::views {
namespace {

using storage::AppRequest;
using storage::RequestState;

class Drawing {
  public:
    explicit Drawing(const HomeInput& input) : input_(input) {}

    std::string view() {
        head();
        if (!input_.parties.empty()) {
            title(texts::queue);
            queue();
            others();
        }
        title(texts::mine);
        list(input_.mine, texts::mine_empty, "mine", [this](const auto& entry) { own(entry); });
        followed();
        if (input_.admin || !input_.parties.empty()) {
            title(texts::open);
            list(input_.open, texts::open_empty, "open", [this](const auto& entry) { opened(entry); });
        }
        if (input_.installed) draw_installed(blocks_, *input_.installed, input_.language);
        figures();
        title(texts::abilities);
        blocks_.lines(input_.abilities);
        return R"({"type":"home","callback_id":"home","blocks":)" + blocks_.json() + "}";
    }

  private:
    [[nodiscard]] std::string said(const Text<>& text) const { return say_in(input_.language, text); }

    void title(const Text<>& text) { blocks_.header(said(text)); }

    void head() {
        blocks_.section(said(texts::home_intro));
        blocks_.actions("home",
                        {{.action_id = ids::home_request,
                          .text = said(texts::request_an_app),
                          .value = "home",
                          .style = Style::primary},
                         {.action_id = ids::home_find, .text = said(texts::find_an_app), .value = "home"}});
        std::vector<std::string> roles;
        std::vector<std::string> names;
        for (const auto& party : input_.parties)
            names.push_back(inert_line(party, 40));
        if (!names.empty())
            roles.push_back(say_in(input_.language, texts::you_vote_for, text::joined(names, ", ")));
        for (const auto& absence : input_.absent)
            roles.push_back(say_in(input_.language, texts::in_the_place_of, mention(absence.person),
                                   inert_line(absence.until, 20)));
        if (input_.admin) roles.push_back(said(texts::you_are_admin));
        blocks_.context(roles);
    }

    void figures() {
        if (!input_.admin) return;
        title(texts::figures_title);
        if (!input_.picture.empty())
            blocks_.picture(input_.picture, said(texts::picture_alt), said(texts::figures_title));
        blocks_.actions(
            "figures",
            {{.action_id = ids::home_figures, .text = said(texts::post_figures), .value = "home"}});
    }

    template <class Draw>
    void list(const HomeList& list, const Text<>& empty, const std::string& name, Draw draw) {
        for (const auto& entry : list.entries)
            draw(entry);
        if (list.entries.empty())
            blocks_.section("_" + said(list.from_start ? empty : texts::page_empty) + "_");
        std::vector<Button> pages;
        if (list.more) {
            const auto last = std::to_string(list.last.value);
            pages.push_back(
                {.action_id = ids::home_next, .text = said(texts::more), .value = name + ":" + last});
        }
        if (!list.from_start)
            pages.push_back(
                {.action_id = ids::home_first, .text = said(texts::from_start), .value = name + ":0"});
        if (!pages.empty()) blocks_.actions(name + "_pages", pages);
    }

    void entry(const HomeEntry& entry, bool with_requester) {
        const auto& request = entry.request;
        auto words =
            say_in(input_.language, texts::entry, inert_line(app_title(request), 80), to_text(request.id),
                   state_line(request, input_.language), date(request.state_since));
        if (with_requester && !request.requester.empty())
            words += say_in(input_.language, texts::asked_by, mention(request.requester));
        if (!storage::is_final(request.state)) {
            const auto missing = parties_missing(entry.parties);
            words += missing.empty() ? said(texts::all_agreed)
                                     : say_in(input_.language, texts::missing, fitted(missing, 400));
        }
        blocks_.section(words);
    }

    [[nodiscard]] Button button(const AppRequest& request, std::string_view id, const Text<>& text,
                                Style style = Style::normal) const {
        return {.action_id = id, .text = said(text), .value = button_value(request), .style = style};
    }

    // Block ids are unique in a view, so the list's name is part of them: a request may stand in all three.
    void buttons(std::string_view list, const AppRequest& request, const std::vector<Button>& buttons) {
        if (!buttons.empty()) blocks_.actions(std::string(list) + ":" + to_text(request.id), buttons);
    }

    void queued(const HomeEntry& queued) {
        const auto& request = queued.request;
        entry(queued, true);
        buttons("queue", request,
                {button(request, ids::vote_approve, texts::approve, Style::primary),
                 button(request, ids::vote_reject, texts::reject),
                 button(request, ids::vote_need_info, texts::need_info_button),
                 button(request, ids::details, texts::details)});
    }

    void own(const HomeEntry& own) {
        const auto& request = own.request;
        entry(own, false);
        std::vector<Button> row;
        if (request.state == RequestState::need_info)
            row.push_back(button(request, ids::answer, texts::answer, Style::primary));
        if (request.state == RequestState::awaiting_issue)
            row.push_back(button(request, ids::link_issue, texts::link_vendor_issue, Style::primary));
        if (review::may_be_withdrawn(request.state)) {
            auto withdraw = button(request, ids::withdraw, texts::withdraw, Style::danger);
            withdraw.confirm = confirm(request, texts::withdraw_title, texts::withdraw_text, texts::withdraw,
                                       texts::keep_it);
            row.push_back(std::move(withdraw));
        }
        buttons("mine", request, row);
    }

    void opened(const HomeEntry& opened) {
        const auto& request = opened.request;
        entry(opened, true);
        std::vector<Button> row{button(request, ids::details, texts::details)};
        if (input_.admin && request.state == RequestState::ready) {
            auto approve = button(request, ids::approve_app, texts::approve_app, Style::primary);
            approve.confirm = confirm(request, texts::approve_app_title, texts::approve_app_text,
                                      texts::approve_app, texts::not_yet);
            row.push_back(std::move(approve));
            row.push_back(button(request, ids::restrict_app, texts::restrict_app, Style::danger));
        }
        buttons("open", request, row);
    }

    [[nodiscard]] Confirm confirm(const AppRequest& request, const Text<>& title, const Text<1>& text,
                                  const Text<>& yes, const Text<>& no) const {
        return {.title = said(title),
                .text = say_in(input_.language, text,
                               to_text(request.id) + ": " + plain(app_title(request), 100)),
                .confirm = said(yes),
                .deny = said(no)};
    }

    // What is overdue stands above the rest of its page, so that nobody has to read dates.
    void queue() {
        auto sorted = input_.queue;
        sorted.entries.clear();
        for (const bool overdue : {true, false})
            for (const auto& entry : input_.queue.entries)
                if (entry.overdue == overdue) sorted.entries.push_back(entry);
        const bool some_overdue = !sorted.entries.empty() && sorted.entries.front().overdue;
        const HomeEntry* above = nullptr;
        list(sorted, texts::queue_empty, "queue", [&](const HomeEntry& entry) {
            if (some_overdue && (above == nullptr || above->overdue != entry.overdue))
                blocks_.section("*" + said(entry.overdue ? texts::overdue : texts::in_time) + "*");
            above = &entry;
            queued(entry);
        });
    }

    // A line each: there is nothing to press, only somebody to wait for.
    void others() {
        if (input_.others.entries.empty()) return;
        std::vector<std::string> lines{"*" + said(texts::waits_for_others) + "*"};
        for (const auto& [request, parties, overdue] : input_.others.entries)
            lines.push_back(say_in(input_.language, texts::waits_line, to_text(request.id),
                                   inert_line(app_title(request), 40), fitted(parties_missing(parties), 120),
                                   date(request.state_since)));
        if (input_.others.more) lines.push_back(said(texts::and_others));
        blocks_.lines(lines);
    }

    void followed() {
        if (input_.followed.empty()) return;
        std::vector<std::string> lines{"*" + said(texts::followed) + "*"};
        for (const auto& request : input_.followed) {
            lines.push_back(say_in(input_.language, texts::request_line, to_text(request.id),
                                   inert_line(app_title(request), 40), state_line(request, input_.language),
                                   date(request.state_since)));
        }
        blocks_.lines(lines);
    }

    const HomeInput& input_;
    Blocks blocks_{Blocks::Surface::view};
};

}  // namespace

std::string home_view(const HomeInput& input) {
    return Drawing(input).view();
}

}  // namespace countersign::handlers::views
