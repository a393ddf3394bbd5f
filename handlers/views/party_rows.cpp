#include "handlers/views/party_rows.hpp"

#include "config/base/text.hpp"
#include "handlers/views/details_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/recorded.hpp"
#include "handlers/views/requester_texts.hpp"

#include <algorithm>

namespace countersign::handlers::views {
namespace {

using review::PartyState;
using review::PartyStatus;

std::string_view sign(PartyState state) {
    switch (state) {
        case PartyState::waiting:
        case PartyState::partly:
            return ":hourglass_flowing_sand:";
        case PartyState::approved:
            return ":white_check_mark:";
        case PartyState::conditional:
            return ":ballot_box_with_check:";
        case PartyState::rejected:
            return ":x:";
        case PartyState::abstained:
            return ":heavy_minus_sign:";
        case PartyState::need_info:
            return ":question:";
        case PartyState::not_required:
            return ":white_small_square:";
    }
    return "";
}

std::string voters(const PartyStatus& status, Language language) {
    std::string out;
    for (const auto& user : status.by) {
        if (!out.empty()) out += ", ";
        out += mention(user);
        if (std::ranges::find(status.former, user) != status.former.end())
            out += say_in(language, texts::former_member);
    }
    return out;
}

std::string by_voters(std::string_view verb, const PartyStatus& status, Language language) {
    std::string out(verb);
    if (!status.by.empty()) out += say_in(language, texts::by, voters(status, language));
    return out;
}

std::string with_remark(const std::string& text, const PartyStatus& status, std::size_t limit) {
    const auto remark = inert_line(status.remark, limit);
    return remark.empty() ? text : text + ": " + remark;
}

// Whether the row still calls people: only while their answer can change something.
bool calls(const PartyStatus& status, storage::RequestState state) {
    using enum storage::RequestState;
    if (status.state != PartyState::waiting && status.state != PartyState::partly) return false;
    return state == awaiting_issue || state == in_review || state == need_info || state == held;
}

// Who may still sign for the party. The requester never counts (P17), who has signed need not be called
// again.
std::vector<std::string> may_sign(const CardInput& input, const PartyStatus& status) {
    std::vector<std::string> out;
    const auto& parties = input.settings.review.parties;
    const auto party = std::ranges::find(parties, status.party, &config::Party::name);
    if (party == parties.end()) return out;
    for (const auto& member : party->members) {
        const bool signed_already = std::ranges::find(status.by, UserId(member)) != status.by.end();
        if (!signed_already && member != input.request.requester.value) out.push_back(member);
    }
    return out;
}

}  // namespace

std::string signed_where(const review::PartyStatus& status, Language language) {
    return say_in(language, texts::signed_in, status.signed_in.empty() ? "GitLab" : status.signed_in);
}

std::string party_text(const PartyStatus& status, Language language) {
    const auto by = [&](const Text<>& verb) { return by_voters(say_in(language, verb), status, language); };
    std::string out;
    switch (status.state) {
        case PartyState::waiting:
            out = say_in(language, texts::waiting);
            break;
        case PartyState::need_info:
            out = with_remark(by(texts::waiting_for_answer), status, 80);
            break;
        case PartyState::partly:
            out = by(texts::party_approved) + say_in(language, texts::party_count,
                                                     std::to_string(status.approvals),
                                                     std::to_string(status.quorum));
            break;
        case PartyState::approved:
            out = by(texts::party_approved);
            break;
        case PartyState::conditional:
            out = say_in(language, texts::party_conditional);
            if (!status.until.empty())
                out += say_in(language, texts::party_until, inert_line(status.until, 20));
            out = with_remark(by_voters(out, status, language), status, 80);
            break;
        case PartyState::rejected:
            out = with_remark(by(texts::party_rejected), status, 120);
            break;
        case PartyState::abstained:
            out = by(texts::party_abstained);
            break;
        case PartyState::not_required:
            out = say_in(language, texts::party_not_required);
            break;
    }
    if (status.state == PartyState::waiting && !status.claimed_by.empty())
        out += say_in(language, texts::claimed_by, mention(status.claimed_by));
    if (status.from_tracker) out += signed_where(status, language);
    for (std::size_t at = 0; at < status.not_counted.size() && at < 2; ++at) {
        out += say_in(language, texts::not_counted,
                      inert_line(recorded_in(language, status.not_counted[at]), 80));
    }
    return out;
}

std::string mentions(const std::vector<std::string>& members, std::size_t limit, Language language) {
    std::string out;
    std::size_t used = 0;
    for (std::size_t at = 0; at < members.size(); ++at) {
        const auto one = mention_member(members[at]);
        used += text::code_points(one) + 1;
        const bool last = at + 1 == members.size();
        if (used + (last ? 0 : 12) > limit)
            return at == 0
                       ? say_in(language, texts::so_many_people, std::to_string(members.size()))
                       : out + " " + say_in(language, texts::and_more, std::to_string(members.size() - at));
        if (at > 0) out += ' ';
        out += one;
    }
    return out;
}

std::vector<std::string> party_rows(const CardInput& input, RowStyle style, std::size_t limit) {
    std::vector<std::string> rows;
    for (const auto& status : input.parties) {
        const auto name = inert_line(status.party, 40);
        std::string row =
            style == RowStyle::plain ? name + ": " : std::string(sign(status.state)) + " *" + name + "*  ";
        row += party_text(status, input.language);
        if (status.since && !status.by.empty()) row += " · " + date(*status.since);
        if (!input.at_gate && calls(status, input.request.state)) {
            const auto used = text::code_points(row) + 3;
            const auto called =
                mentions(may_sign(input, status), limit > used ? limit - used : 0, input.language);
            if (!called.empty()) row += " · " + called;
        }
        rows.push_back(fitted(row, limit));
    }
    return rows;
}

std::string parties_missing(const std::vector<PartyStatus>& parties) {
    std::vector<std::string> names;
    for (const auto& status : parties) {
        if (!status.satisfied()) names.push_back(inert_line(status.party, 40));
    }
    std::string out;
    for (std::size_t at = 0; at < names.size(); ++at) {
        if (at > 0) out += at + 1 == names.size() ? " and " : ", ";
        out += names[at];
    }
    return out;
}

}  // namespace countersign::handlers::views
