#include "handlers/review/issue_verdict.hpp"

#include "config/base/text.hpp"
#include "handlers/review/check_boxes.hpp"
#include "handlers/review/signing_phrases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <set>
#include <utility>

namespace countersign::handlers::review {
namespace {

using config::TrackerKind;
using storage::IssueComment;
using storage::IssueFacts;
using storage::LabelEvent;
using storage::TrackerAccount;

// Between the parts of one tracker clocks differ by so much; nobody wins anything by it.
constexpr std::chrono::seconds tolerance{60};

// How GitLab's own notes about a changed text begin.
constexpr std::array<std::string_view, 2> edit_notes{"changed the description", "changed title"};

bool is_edit_note(const IssueComment& comment) {
    return comment.system &&
           std::ranges::any_of(edit_notes, [&](const auto words) { return comment.body.starts_with(words); });
}

bool same_name(std::string_view left, std::string_view right) {
    return text::lower(left) == text::lower(right);
}

template <class List, class Value>
bool holds(const List& list, const Value& value) {
    return std::ranges::find(list, value) != std::ranges::end(list);
}

bool is_word_char(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte >= 0x80;
}

std::string one_spaced(std::string_view text) {
    const auto words = text::words(text);
    return text::joined(words, " ");
}

// The words stand in the text, not as a part of longer ones.
bool names(const std::string& lowered, std::string_view name) {
    const auto wanted = text::lower(one_spaced(name));
    if (wanted.empty()) return false;
    for (auto at = lowered.find(wanted); at != std::string::npos; at = lowered.find(wanted, at + 1)) {
        const auto end = at + wanted.size();
        const bool starts = at == 0 || !is_word_char(lowered[at - 1]) || !is_word_char(wanted.front());
        const bool ends =
            end == lowered.size() || !is_word_char(lowered[end]) || !is_word_char(wanted.back());
        if (starts && ends) return true;
    }
    return false;
}

// Without what makes a text inert: an issue that Countersign wrote names its app too.
std::string as_read_by_people(std::string text) {
    std::erase(text, '\\');
    constexpr std::string_view joiner = "\u2060";
    for (auto at = text.find(joiner); at != std::string::npos; at = text.find(joiner, at))
        text.erase(at, joiner.size());
    return text::lower(one_spaced(text));
}

bool names_the_app(const IssueFacts& facts, const IssueQuestion& question) {
    const auto text = as_read_by_people(facts.title + " " + facts.description);
    return names(text, question.app_name) || names(text, question.app_id);
}

IssueProblem problem_of(const IssueFacts& facts, const IssueQuestion& question) {
    const auto allowed = [&](const std::string& project) { return same_name(project, facts.project); };
    if (!std::ranges::any_of(question.projects, allowed)) return IssueProblem::wrong_project;
    if (facts.moved_to) return IssueProblem::moved;
    if (facts.pull_request) return IssueProblem::pull_request;
    if (facts.type != "issue") return IssueProblem::wrong_type;
    if (facts.duplicate || facts.state_reason == "duplicate") return IssueProblem::duplicate;
    if (!facts.open && facts.state_reason == "not_planned") return IssueProblem::not_planned;
    if (!question.used_for.empty()) return IssueProblem::used_elsewhere;
    if (!names_the_app(facts, question)) return IssueProblem::not_named;
    return IssueProblem::none;
}

// A party's label on the issue. On GitLab its id says which it is; GitHub's events know the name alone.
class PartyLabel {
  public:
    PartyLabel(const IssueFacts& facts, const SigningParty& party, TrackerKind kind)
        : by_id_(kind == TrackerKind::gitlab), name_(party.label), id_(party.pinned) {
        if (!by_id_ || id_) return;
        const auto seen =
            std::ranges::find_if(facts.labels, [&](const auto& label) { return label.name == name_; });
        if (seen != facts.labels.end()) {
            id_ = seen->id;
            first_sight_ = true;
        }
    }

    [[nodiscard]] bool is(const storage::IssueLabel& label) const {
        return by_id_ ? id_ && label.id == *id_ : same_name(label.name, name_);
    }
    [[nodiscard]] bool is(const LabelEvent& event) const {
        return by_id_ ? id_ && event.label && *event.label == *id_ : same_name(event.label_name, name_);
    }
    // Carries the name and is another one: made anew, or renamed to it (A6).
    [[nodiscard]] bool is_double(const storage::IssueLabel& label) const {
        return by_id_ && id_ && label.id != *id_ && same_name(label.name, name_);
    }
    [[nodiscard]] bool is_renamed(const storage::IssueLabel& label) const {
        return by_id_ && is(label) && label.name != name_;
    }
    [[nodiscard]] std::optional<std::int64_t> first_sight() const {
        return first_sight_ ? id_ : std::nullopt;
    }

  private:
    bool by_id_;
    std::string name_;
    std::optional<std::int64_t> id_;
    bool first_sight_ = false;
};

// What one account said about one party, by label, comment or box.
struct Word {
    std::size_t party = 0;
    bool approves = false;
    Signature signature;
};

class Judge {
  public:
    Judge(const IssueFacts& facts, const IssueQuestion& question) : facts_(facts), question_(question) {}

    IssueVerdict verdict() {
        IssueVerdict made;
        made.text_hash = text_hash_of(facts_);
        made.text_changed_at = text_changed_at(facts_, question_.text_hash, question_.text_changed_at);
        changed_at_ = made.text_changed_at;
        made.problem = problem_of(facts_, question_);
        for (const auto& party : question_.parties)
            labels_.emplace_back(facts_, party, question_.kind);
        if (question_.check_boxes) boxes_ = check_boxes(facts_.description);
        collect_words();
        for (std::size_t i = 0; i < question_.parties.size(); ++i) {
            made.parties.push_back(judge_party(i));
            if (const auto id = labels_[i].first_sight())
                made.first_seen.emplace_back(question_.parties[i].name, *id);
        }
        made.alerts = std::move(alerts_);
        made.verdict = whole(made);
        return made;
    }

  private:
    [[nodiscard]] bool is_own(const std::optional<TrackerAccount>& account, Timestamp at) const {
        return account && question_.own.did(account->id, at);
    }

    void collect_words() {
        auto events = facts_.label_events;
        std::ranges::sort(events, {}, &LabelEvent::id);
        for (const auto& event : events) {
            if (is_own(event.actor, event.at)) continue;
            for (std::size_t i = 0; i < labels_.size(); ++i) {
                if (question_.parties[i].label.empty() || !labels_[i].is(event)) continue;
                add({.party = i,
                     .approves = event.added,
                     .signature = {.account = event.actor ? event.actor->id : 0,
                                   .login = event.actor ? event.actor->login : "",
                                   .signal = "label",
                                   .ref = event.id,
                                   .at = event.at,
                                   .refused = why_not(i, event.actor, event.at, "label")}});
            }
        }
        auto comments = facts_.comments;
        std::ranges::sort(comments, {}, &IssueComment::id);
        std::optional<Timestamp> newest;
        for (const auto& comment : comments) {
            const bool backdated = newest && comment.created_at + tolerance < *newest;
            if (comment.created_at <= facts_.read_at + tolerance && (!newest || comment.created_at > *newest))
                newest = comment.created_at;
            if (comment.system)
                read_tick(comment);
            else if (!is_own(comment.author, comment.created_at))
                read_comment(comment, backdated);
        }
    }

    void read_comment(const IssueComment& comment, bool backdated) {
        const bool edited = comment.updated_at > comment.created_at + tolerance;
        const auto account = comment.author ? comment.author->id : 0;
        // What an edited comment said first is not known: it may have taken a signature back.
        if (edited && account != 0) edited_.emplace(account, comment.created_at);
        for (const auto& phrase : signing_phrases(comment.body)) {
            for (std::size_t i = 0; i < question_.parties.size(); ++i) {
                if (!same_name(question_.parties[i].name, phrase.party)) continue;
                auto refused = why_not(i, comment.author, comment.created_at, "comment");
                if (refused.empty() && edited) refused = "the comment was edited later";
                if (refused.empty() && backdated) refused = "the comment is dated back";
                add({.party = i,
                     .approves = phrase.approves,
                     .signature = {.account = account,
                                   .login = comment.author ? comment.author->login : "",
                                   .signal = "comment",
                                   .ref = comment.id,
                                   .at = comment.created_at,
                                   .refused = std::move(refused)}});
            }
        }
    }

    // Only GitLab tells who ticked a box, in a note of its own.
    void read_tick(const IssueComment& note) {
        const auto tick = question_.check_boxes ? tick_note(note.body) : std::nullopt;
        if (!tick || is_own(note.author, note.created_at)) return;
        for (std::size_t i = 0; i < question_.parties.size(); ++i) {
            if (!same_name(question_.parties[i].name, tick->item)) continue;
            add({.party = i,
                 .approves = tick->ticked,
                 .signature = {.account = note.author ? note.author->id : 0,
                               .login = note.author ? note.author->login : "",
                               .signal = "box",
                               .ref = note.id,
                               .at = note.created_at,
                               .refused = why_not(i, note.author, note.created_at, "box")}});
        }
    }

    void add(Word word) { words_.push_back(std::move(word)); }

    // Why this account's sign for the party does not count; "" when nothing speaks against it.
    [[nodiscard]] std::string why_not(std::size_t index, const std::optional<TrackerAccount>& actor,
                                      Timestamp at, std::string_view signal) {
        const auto& party = question_.parties[index];
        if (at > facts_.read_at + tolerance || at + tolerance < facts_.created_at) {
            alert(fmt::format("a sign for {} is dated {}", party.name,
                              at > facts_.read_at ? "in the future" : "before the issue was made"));
            return "its date cannot be";
        }
        if (!actor || actor->id == 0) return "nobody knows who did it";
        const bool listed = holds(party.approvers, actor->id);
        if (!listed && !holds(party.members, actor->id)) {
            return party.members_known ? fmt::format("@{} may not sign for {}", actor->login, party.name)
                                       : fmt::format("who belongs to {} cannot be read", party.name);
        }
        if (!actor->active) return fmt::format("the account @{} is blocked", actor->login);
        if (actor->bot && !listed) return fmt::format("@{} is a bot", actor->login);
        if (facts_.author && facts_.author->id == actor->id)
            return fmt::format("@{} made the issue", actor->login);
        if (holds(question_.requester, actor->id)) return fmt::format("@{} asked for the app", actor->login);
        // A tick is saved together with the text that it signs: it may date the change itself.
        if (changed_at_ && (signal == "box" ? at < *changed_at_ : at <= *changed_at_))
            return fmt::format("the text was changed after @{} signed", actor->login);
        return "";
    }

    void alert(std::string what) {
        if (!holds(alerts_, what)) alerts_.push_back(std::move(what));
    }

    // In the order of time; of two at one moment the one that takes back comes last.
    static bool earlier(const Word& left, const Word& right) {
        if (left.signature.at != right.signature.at) return left.signature.at < right.signature.at;
        if (left.approves != right.approves) return left.approves;
        return left.signature.ref < right.signature.ref;
    }

    // What the account itself last said about any party it may sign for: one person, one party (A11).
    [[nodiscard]] std::optional<std::size_t> party_of(std::int64_t account) const {
        const Word* last = nullptr;
        for (const auto& word : words_) {
            const auto& party = question_.parties[word.party];
            const bool may = holds(party.approvers, account) || holds(party.members, account);
            if (word.signature.account != account || !word.approves || !may) continue;
            if (last == nullptr || !earlier(word, *last)) last = &word;
        }
        return last == nullptr ? std::nullopt : std::optional(last->party);
    }

    // The account took its word for the party back afterwards, or may have; "" when not.
    [[nodiscard]] std::string taken_back(const Word& word) const {
        const auto account = word.signature.account;
        const bool revoked = std::ranges::any_of(words_, [&](const Word& other) {
            return other.party == word.party && !other.approves && other.signature.account == account &&
                   earlier(word, other);
        });
        if (revoked) return fmt::format("@{} took it back", word.signature.login);
        const bool unsure =
            word.signature.signal == "comment" && std::ranges::any_of(edited_, [&](const auto& edited) {
                return edited.first == account && edited.second > word.signature.at;
            });
        return unsure ? fmt::format("a later comment of @{} was edited", word.signature.login)
                      : std::string();
    }

    PartySigned judge_party(std::size_t index) {
        PartySigned made;
        made.party = question_.parties[index].name;
        const Word* label = judge_label(index, made);
        const Word* box = judge_box(index, made);
        for (const auto& word : words_) {
            if (word.party != index || !word.approves) continue;
            const bool by_label = word.signature.signal == "label";
            const bool by_box = word.signature.signal == "box";
            if ((by_label && &word != label) || (by_box && &word != box)) continue;
            auto signature = word.signature;
            if (by_box && signature.refused.empty()) signature.refused = changed_since(word);
            if (signature.refused.empty()) signature.refused = taken_back(word);
            if (signature.refused.empty()) {
                const auto meant = party_of(signature.account);
                if (meant && *meant != index)
                    signature.refused =
                        fmt::format("@{} signed for {}", signature.login, question_.parties[*meant].name);
            }
            auto& list = signature.refused.empty() ? made.counted : made.refused;
            list.push_back(std::move(signature));
        }
        std::set<std::int64_t> accounts;
        for (const auto& signature : made.counted)
            accounts.insert(signature.account);
        const bool enough = static_cast<int>(accounts.size()) >= question_.parties[index].quorum;
        if (enough)
            made.verdict = Verdict::approved;
        else if (!question_.parties[index].members_known)
            made.verdict = Verdict::cannot_tell;
        return made;
    }

    // The event that put the label there as it is now, if it may count; else why not goes to `made`.
    const Word* judge_label(std::size_t index, PartySigned& made) {
        const auto& party = question_.parties[index];
        const auto& label = labels_[index];
        if (party.label.empty()) return nullptr;
        const auto refuse = [&](std::string why) { refuse_signal("label", std::move(why), made); };
        bool on_issue = false;
        for (const auto& each : facts_.labels) {
            if (label.is_renamed(each)) {
                alert(fmt::format("the label of {} was renamed from {} to {}", party.name, party.label,
                                  each.name));
                refuse("the label was renamed");
            } else if (label.is(each)) {
                on_issue = true;
            } else if (label.is_double(each)) {
                alert(fmt::format("another label is called {} than the one that {} signs with", each.name,
                                  party.name));
                refuse("it is not the label that the party signs with");
            }
        }
        if (!on_issue) return nullptr;
        const LabelEvent* last = nullptr;
        for (const auto& event : facts_.label_events) {
            if (label.is(event) && (last == nullptr || event.id > last->id)) last = &event;
        }
        if (last == nullptr || !last->added) {
            refuse("nobody knows who put the label there");
            return nullptr;
        }
        const auto found = std::ranges::find_if(words_, [&](const Word& word) {
            return word.party == index && word.signature.signal == "label" && word.signature.ref == last->id;
        });
        return found == words_.end() ? nullptr : &*found;
    }

    static void refuse_signal(std::string signal, std::string why, PartySigned& made) {
        Signature refused;
        refused.signal = std::move(signal);
        refused.refused = std::move(why);
        made.refused.push_back(std::move(refused));
    }

    // The tick that the party's box shows now, if the tracker tells whose it is; else why not goes to `made`.
    const Word* judge_box(std::size_t index, PartySigned& made) {
        if (!question_.check_boxes) return nullptr;
        const auto refuse = [&](std::string why) -> const Word* {
            refuse_signal("box", std::move(why), made);
            return nullptr;
        };
        if (!boxes_) return refuse("the text is too long to look for boxes");
        const CheckBox* box = nullptr;
        for (const auto& each : *boxes_) {
            if (!same_name(each.text, question_.parties[index].name)) continue;
            if (box != nullptr) return refuse("the text has more than one box for it");
            box = &each;
        }
        if (box == nullptr || box->state == CheckBox::State::open) return nullptr;
        if (box->state == CheckBox::State::crossed_out) return refuse("its box is crossed out");
        const Word* last = nullptr;
        for (const auto& word : words_) {
            if (word.party == index && word.signature.signal == "box" &&
                (last == nullptr || word.signature.ref > last->signature.ref))
                last = &word;
        }
        // Made ticked, or ticked together with a change of the text: GitLab writes no note about that.
        return last != nullptr && last->approves ? last : refuse("nobody knows who ticked the box");
    }

    // A box shows what its text says now, and whoever may edit can put another text behind a tick. GitLab
    // tells of an edit that also ticks a box by its note about the tick alone, so ticks of others may be
    // edits too.
    [[nodiscard]] std::string changed_since(const Word& word) const {
        for (const auto& note : facts_.comments) {
            const bool later = note.id > word.signature.ref;
            const bool may_be_edit =
                is_edit_note(note) || (note.system && tick_note(note.body) && !may_sign_at_all(note.author));
            if (later && may_be_edit)
                return fmt::format("the text may have been changed after @{} ticked the box",
                                   word.signature.login);
        }
        return "";
    }

    [[nodiscard]] bool may_sign_at_all(const std::optional<TrackerAccount>& account) const {
        return account && std::ranges::any_of(question_.parties, [&](const SigningParty& party) {
                   return holds(party.approvers, account->id) || holds(party.members, account->id);
               });
    }

    [[nodiscard]] Verdict whole(const IssueVerdict& made) const {
        if (made.parties.empty() || facts_.iid == 0) return Verdict::cannot_tell;  // A19
        if (made.problem != IssueProblem::none) return Verdict::pending;
        const auto any = [&](Verdict verdict) {
            return std::ranges::any_of(made.parties, [&](const auto& p) { return p.verdict == verdict; });
        };
        if (any(Verdict::cannot_tell)) return Verdict::cannot_tell;
        return any(Verdict::pending) ? Verdict::pending : Verdict::approved;
    }

    const IssueFacts& facts_;
    const IssueQuestion& question_;
    std::optional<Timestamp> changed_at_;
    std::vector<PartyLabel> labels_;
    std::optional<std::vector<CheckBox>> boxes_;
    std::vector<Word> words_;
    std::multimap<std::int64_t, Timestamp> edited_;
    std::vector<std::string> alerts_;
};

}  // namespace

std::optional<Timestamp> text_changed_at(const IssueFacts& facts, std::string_view hash,
                                         std::optional<Timestamp> changed) {
    if (hash == text_hash_of(facts)) return changed;
    // GitLab's own notes tell when; of an edit that also ticks a box there is only the note about the tick.
    // At first sight nothing says that a tick was more than that.
    const bool first_sight = hash.empty();
    std::optional<Timestamp> newest;
    for (const auto& comment : facts.comments) {
        const bool may_be_edit =
            is_edit_note(comment) || (!first_sight && comment.system && tick_note(comment.body));
        if (may_be_edit && (!newest || comment.created_at > *newest)) newest = comment.created_at;
    }
    if (first_sight || (newest && (!changed || *newest > *changed))) return newest;
    // Without such a note the edit may have come after every signature.
    return std::max(changed.value_or(facts.read_at), facts.read_at);
}

bool OwnAccounts::did(std::int64_t account, Timestamp at) const {
    if (now != 0 && account == now) return true;
    return std::ranges::any_of(before, [&](const FormerAccount& former) {
        return former.account == account && at <= former.until + tolerance;
    });
}

IssueVerdict judge_issue(const IssueFacts& facts, const IssueQuestion& question) {
    return Judge(facts, question).verdict();
}

std::string text_hash_of(const IssueFacts& facts) {
    auto text = one_spaced(facts.title) + "\n" + one_spaced(facts.description);
    for (const std::string_view ticked : {"[x]", "[X]", "[~]"}) {
        for (auto at = text.find(ticked); at != std::string::npos; at = text.find(ticked, at))
            text.replace(at, ticked.size(), "[ ]");
    }
    return text::sha256_hex(text);
}

IssueFacts for_the_record(IssueFacts facts) {
    for (auto& comment : facts.comments) {
        if (is_edit_note(comment))
            comment.body.resize(comment.body.starts_with(edit_notes[0]) ? edit_notes[0].size()
                                                                        : edit_notes[1].size());
        else if (comment.system ? !tick_note(comment.body) : signing_phrases(comment.body).empty())
            comment.body.clear();
    }
    return facts;
}

}  // namespace countersign::handlers::review
