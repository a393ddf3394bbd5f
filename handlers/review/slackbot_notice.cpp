#include "handlers/review/slackbot_notice.hpp"

#include "config/base/text.hpp"
#include "handlers/review/phrase.hpp"
#include "handlers/review/scopes.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace countersign::handlers::review {
namespace {

using config::SlackbotLocale;
using storage::DecisionKind;
using storage::Scope;
using storage::TokenType;

constexpr int enough = 75;

// What each thing that was recognised adds. Structure alone (known buttons, app, person) is enough; words
// alone never are: members can make Slackbot say anything by a reminder.
namespace points {
constexpr int buttons = 30, buttons_by_action = 30, some_buttons = 15;
constexpr int app_id = 30, app_name = 15;
constexpr int person = 15, phrase = 15, nearly = 5, scopes = 10;
constexpr int decision = 60, decision_nearly = 30;
}  // namespace points

struct Phrases {
    DecisionKind decision;
    bool outcome;
    std::vector<std::string> SlackbotLocale::* list;
};
constexpr std::array<Phrases, 8> decisions{{
    // Outcomes first: their lines are also those of a decision on an app of a strange name.
    {DecisionKind::approve, true, &SlackbotLocale::outcome_approved},
    {DecisionKind::restrict, true, &SlackbotLocale::outcome_restricted},
    {DecisionKind::deny, true, &SlackbotLocale::outcome_denied},
    {DecisionKind::cancel, true, &SlackbotLocale::outcome_cancelled},
    {DecisionKind::approve, false, &SlackbotLocale::approved},
    {DecisionKind::restrict, false, &SlackbotLocale::restricted},
    {DecisionKind::deny, false, &SlackbotLocale::denied},
    {DecisionKind::cancel, false, &SlackbotLocale::cancelled},
}};

bool scope_sign(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-' || c == ':';
}

bool is_scope(std::string_view name) {
    static constexpr std::array<std::string_view, 6> single{"commands", "admin",  "bot",
                                                            "identify", "client", "incoming-webhook"};
    if (std::ranges::find(single, name) != single.end()) return true;
    const auto colon = name.find(':');
    return colon != std::string_view::npos && colon > 0 && colon + 1 < name.size() && name.front() >= 'a' &&
           name.front() <= 'z' && std::ranges::all_of(name, scope_sign);
}

// "Send messages as @miro (chat:write)": the scope, or "".
std::string scope_at_end(std::string_view line) {
    line = text::trimmed(line);
    if (line.empty()) return {};
    const char close = line.back();
    const char open = close == ')' ? '(' : close == ']' ? '[' : '\0';
    if (open == '\0') return is_scope(line) ? std::string(line) : std::string();
    const auto at = line.rfind(open);
    if (at == std::string_view::npos) return {};
    const auto name = line.substr(at + 1, line.size() - at - 2);
    return is_scope(name) ? std::string(name) : std::string();
}

bool has_word(std::string_view id, std::string_view word) {
    const auto folded = text::lower(id);
    const auto at = folded.find(word);
    if (at == std::string::npos) return false;
    const auto letter = [&](std::size_t i) { return folded[i] >= 'a' && folded[i] <= 'z'; };
    const auto end = at + word.size();
    return (at == 0 || !letter(at - 1)) && (end == folded.size() || !letter(end));
}

class Reading {
  public:
    Reading(SeenMessage seen, const config::SlackbotTexts& texts) : seen_(std::move(seen)), texts_(&texts) {}

    SlackbotNotice notice() {
        read_buttons();
        read_lines();
        choose_app();
        conclude();
        out_.confidence = std::min(out_.confidence, 100);
        return std::move(out_);
    }

  private:
    template <class Found>
    bool by_locale(std::vector<std::string> SlackbotLocale::* list, Found found) {
        for (const auto& locale : texts_->locales) {
            for (const auto& phrase : locale.*list) {
                if (!found(phrase)) continue;
                if (out_.locale.empty()) out_.locale = locale.name;
                return true;
            }
        }
        return false;
    }

    bool listed(const std::vector<std::string>& ids, const std::string& id) {
        return !id.empty() && std::ranges::find(ids, id) != ids.end();
    }

    void read_buttons() {
        for (const auto& button : seen_.buttons) {
            const auto says = [&](const std::string& words) { return same_words(button.label, words); };
            const bool approve_id =
                listed(texts_->approve_actions, button.action) || has_word(button.action, "approve");
            const bool restrict_id =
                listed(texts_->restrict_actions, button.action) || has_word(button.action, "restrict");
            if (approve_id || by_locale(&SlackbotLocale::approve_buttons, says)) {
                out_.approve_label = button.label;
            } else if (restrict_id || by_locale(&SlackbotLocale::restrict_buttons, says)) {
                out_.restrict_label = button.label;
            } else {
                ++unknown_buttons_;
            }
            by_action_ = by_action_ || approve_id || restrict_id;
        }
    }

    void read_lines() {
        bool reason = false;
        std::size_t reason_piece = 0;
        for (const auto& line : seen_.lines) {
            // The requester's words go to the end of their block, or fill the next one.
            if (reason &&
                (line.piece == reason_piece || (out_.reason.empty() && line.piece == reason_piece + 1))) {
                reason_piece = line.piece;
                out_.reason += (out_.reason.empty() ? "" : "\n") + wire(line);
                continue;
            }
            reason = false;
            if (line.quoted) continue;
            if (const auto rest = after_label(line)) {
                reason = true;
                reason_piece = line.piece;
                out_.reason = *rest;
                continue;
            }
            read_line_of_slack(line);
        }
    }

    // Links keep their address, so that the vendor issue is found in the reason.
    static std::string wire(const Line& line) {
        std::string out;
        std::size_t at = 0;
        for (const auto& mark : line.marks) {
            out += line.text.substr(at, mark.begin - at);
            out += mark.url.empty() ? line.text.substr(mark.begin, mark.end - mark.begin) : mark.url;
            at = mark.end;
        }
        return out + line.text.substr(at);
    }

    // "Reason for requesting: see the issue" -> what follows the label.
    std::optional<std::string> after_label(const Line& line) {
        std::optional<std::string> rest;
        const auto whole = wire(line);
        by_locale(&SlackbotLocale::reason, [&](const std::string& label) {
            if (match_phrase(line, label)) {
                rest = "";
                return true;
            }
            const auto colon = line.text.find(':');
            if (colon == std::string::npos || !same_words(line.text.substr(0, colon), label)) return false;
            rest = std::string(text::trimmed(std::string_view(whole).substr(colon + 1)));
            return true;
        });
        return rest;
    }

    void read_line_of_slack(const Line& line) {
        const auto is = [&](const std::string& phrase) { return match_phrase(line, phrase).has_value(); };
        if (by_locale(&SlackbotLocale::ignore, is)) {
            ++plain_lines_;
            return;
        }
        if (by_locale(&SlackbotLocale::bot_scopes, is)) {
            token_ = TokenType::bot;
            return;
        }
        if (by_locale(&SlackbotLocale::user_scopes, is)) {
            token_ = TokenType::user;
            return;
        }
        if (auto scope = scope_at_end(line.text); !scope.empty()) {
            const auto words = line.text.substr(0, line.text.find_last_of("(["));
            scopes_.push_back({.name = std::move(scope),
                               .token_type = token_,
                               .description = std::string(text::trimmed(words))});
            return;
        }
        for (const auto& mark : line.marks) {
            if (!mark.app.empty()) apps_.insert(mark.app.value);
            if (!mark.user.empty() && first_person_.empty()) first_person_ = mark.user;
        }
        if (!read_request(line)) read_decision(line);
    }

    bool read_request(const Line& line) {
        if (phrase_ == points::phrase) return false;
        const bool exact = by_locale(&SlackbotLocale::request, [&](const std::string& phrase) {
            const auto found = match_phrase(line, phrase);
            if (found) take_names(*found);
            return found.has_value();
        });
        const bool near = !exact && by_locale(&SlackbotLocale::request, [&](const std::string& phrase) {
            return nearly_matches(line, phrase);
        });
        if (!exact && !near) return false;
        phrase_ = exact ? points::phrase : points::nearly;
        for (const auto& mark : line.marks) {
            if (!mark.user.empty() && out_.requester.empty()) out_.requester = mark.user;
            if (!mark.app.empty() && app_of_phrase_.empty()) {
                app_of_phrase_ = mark.app;
                if (out_.app_name.empty())
                    out_.app_name = line.text.substr(mark.begin, mark.end - mark.begin);
            }
        }
        return true;
    }

    void read_decision(const Line& line) {
        for (const auto& [decision, outcome, list] : decisions) {
            const bool exact = by_locale(list, [&](const std::string& phrase) {
                const auto found = match_phrase(line, phrase);
                if (!found) return false;
                const auto who = found->find("who");
                // Only a mention: "Nobody approved this app" has a name in that place too.
                if (who != found->end() && who->second.user.empty()) return false;
                take_names(*found);
                return true;
            });
            if (exact) {
                decided_.insert(decision);
                outcome_ = outcome;
                ++plain_lines_;
                return;
            }
        }
        for (const auto& [decision, outcome, list] : decisions) {
            nearly_decided_ = nearly_decided_ || by_locale(list, [&](const std::string& phrase) {
                                  return nearly_matches(line, phrase);
                              });
        }
    }

    void take_names(const Captures& captures) {
        for (const auto& [name, found] : captures) {
            if (name == "requester") {
                out_.requester = found.user;
                if (found.user.empty()) out_.requester_name = found.text;
            } else if (name == "who") {
                out_.who = found.user;
            } else if (name == "app") {
                out_.app_name = found.text;
                app_of_phrase_ = found.app;
            } else if (name == "workspace") {
                out_.workspace = found.text;
            }
        }
    }

    void choose_app() {
        if (!app_of_phrase_.empty()) {
            out_.app_id = app_of_phrase_;
        } else if (apps_.size() == 1) {
            out_.app_id = AppId(*apps_.begin());
        } else if (apps_.size() > 1) {
            doubt("it links to several apps");
        }
        if (out_.requester.empty() && out_.requester_name.empty()) out_.requester = first_person_;
        std::ranges::sort(scopes_);
        const auto twice = std::ranges::unique(scopes_, [](const Scope& one, const Scope& other) {
            return one.name == other.name && one.token_type == other.token_type;
        });
        scopes_.erase(twice.begin(), twice.end());
        out_.scopes = std::move(scopes_);
    }

    void doubt(std::string why) { out_.not_understood.push_back(std::move(why)); }

    void conclude() {
        const bool known_buttons = !out_.approve_label.empty() || (by_action_ && !seen_.buttons.empty());
        // Buttons in new words, under a line that asks for an app as ever.
        const bool some_buttons = unknown_buttons_ > 0 && phrase_ > 0;
        if (known_buttons || some_buttons) {
            conclude_request(known_buttons);
        } else if (decided_.size() == 1) {
            out_.kind = outcome_ ? NoticeKind::outcome : NoticeKind::decision;
            out_.decision = *decided_.begin();
            out_.says_nothing_else = !app_of_phrase_.empty() && plain_lines_ == seen_.lines.size();
            out_.confidence = points::decision + (names_somebody() ? points::person : 0) +
                              (out_.app_id.empty() ? 0 : points::app_id);
        } else if (decided_.size() > 1) {
            out_.kind = NoticeKind::unclear;
            doubt("it says two different decisions");
        } else if (nearly_decided_) {
            out_.kind = NoticeKind::unclear;
            out_.confidence = points::decision_nearly + (out_.app_id.empty() ? 0 : points::app_id);
            doubt("its words are nearly those of a decision");
        } else if (phrase_ > 0 || !out_.app_id.empty() || !apps_.empty() || out_.scopes.size() > 1) {
            out_.kind = NoticeKind::unclear;
            out_.confidence = request_points(0);
            doubt("it speaks of an app, but has neither Slack's buttons nor a decision in known words");
        }
    }

    void conclude_request(bool known_buttons) {
        out_.kind = NoticeKind::request;
        out_.speaks_of_decision = !decided_.empty() || nearly_decided_;
        out_.confidence = request_points(by_action_      ? points::buttons_by_action
                                         : known_buttons ? points::buttons
                                                         : points::some_buttons);
        if (!known_buttons) doubt("its buttons have unknown words");
        if (phrase_ == 0) doubt("no line asks for an app in known words");
        if (phrase_ == points::nearly) doubt("the line that asks has changed by a word or two");
        if (out_.app_id.empty()) doubt("it does not link to the app");
        if (out_.requester.empty()) doubt("it does not mention the requester");
        if (out_.scopes.empty()) doubt("it names no permissions");
        const bool which = !out_.app_id.empty() || (!out_.app_name.empty() && apps_.empty());
        if (!which || out_.confidence < enough) out_.kind = NoticeKind::unclear;
    }

    [[nodiscard]] int request_points(int buttons) const {
        const int app = !out_.app_id.empty() ? points::app_id : !out_.app_name.empty() ? points::app_name : 0;
        return buttons + app + (out_.requester.empty() ? 0 : points::person) + phrase_ +
               (out_.scopes.empty() ? 0 : points::scopes);
    }

    [[nodiscard]] bool names_somebody() const { return !out_.who.empty() || !out_.app_name.empty(); }

    SeenMessage seen_;
    const config::SlackbotTexts* texts_;
    SlackbotNotice out_;
    int unknown_buttons_ = 0;
    bool by_action_ = false;
    int phrase_ = 0;
    TokenType token_ = TokenType::unknown;
    std::vector<Scope> scopes_;
    std::set<std::string> apps_;
    AppId app_of_phrase_;
    UserId first_person_;
    std::set<DecisionKind> decided_;
    bool outcome_ = false;
    std::size_t plain_lines_ = 0;  // nothing but a decision, an outcome, or what is to be ignored
    bool nearly_decided_ = false;
};

}  // namespace

std::string_view to_text(NoticeKind kind) {
    switch (kind) {
        case NoticeKind::other:
            return "other";
        case NoticeKind::request:
            return "request";
        case NoticeKind::decision:
            return "decision";
        case NoticeKind::outcome:
            return "outcome";
        case NoticeKind::unclear:
            return "unclear";
    }
    return "other";
}

bool SlackbotNotice::understood() const {
    if (author != Author::slackbot) return false;
    if (kind == NoticeKind::outcome) return says_nothing_else;
    return kind == NoticeKind::decision || (kind == NoticeKind::request && confidence >= enough);
}

SlackbotNotice read_slackbot_notice(const nlohmann::json& message, const config::SlackbotTexts& texts) {
    auto notice = Reading(read_message(message), texts).notice();
    notice.author = author_of(message);
    return notice;
}

}  // namespace countersign::handlers::review
