#include "tests/support/view_samples.hpp"

#include "config/base/text.hpp"

#include <array>

namespace countersign::tests {

using handlers::review::PartyState;
using storage::TokenType;

storage::Scope make_scope(std::string name, TokenType type, std::string description) {
    storage::Scope scope;
    scope.name = std::move(name);
    scope.token_type = type;
    scope.description = std::move(description);
    return scope;
}

handlers::review::PartyStatus make_row(std::string party, PartyState state, std::vector<std::string> by,
                                       std::string remark) {
    handlers::review::PartyStatus row;
    row.party = std::move(party);
    row.state = state;
    for (auto& user : by)
        row.by.emplace_back(std::move(user));
    row.remark = std::move(remark);
    return row;
}

storage::Vote make_vote(std::string party, const std::string& voter, storage::VoteAnswer answer,
                        std::string remark) {
    storage::Vote vote;
    vote.party = std::move(party);
    vote.voter = UserId(voter);
    vote.answer = answer;
    vote.remark = std::move(remark);
    return vote;
}

Sample::Sample() {
    request.id = {12};
    request.slack_id = SlackRequestId("Ar0123");
    request.app_id = AppId("A0ZOOM");
    request.app_name = "Zoom";
    request.app_description = "Video meetings from Slack";
    request.app_directory_url = "https://acme.slack.com/apps/A0ZOOM";
    request.publisher = storage::Publisher::marketplace;
    request.team_id = TeamId("T0ACME");
    request.team_name = "Acme Corp";
    request.requester = UserId("U0REQ");
    request.requester_is_collaborator = false;
    request.message = "We need it for customer calls";
    request.scopes = {make_scope("channels:history", TokenType::bot),
                      make_scope("chat:write", TokenType::bot), make_scope("search:read", TokenType::user)};
    request.scope_hash = "0123abcd4567";
    request.state = storage::RequestState::in_review;
    request.created_at = from_millis(1'795'305'600'000);
    request.state_since = request.created_at;
    settings.review.admins = {"U0ADMIN", "S0ADMINS"};
    add_party("Security", {"U0SEC1", "S0SECURITY"});
    add_party("Legal", {"U0LEG1"});
    issue = storage::VendorIssue{.request = request.id,
                                 .tracker = "gitlab",
                                 .project = "acme/vendors",
                                 .iid = 7,
                                 .url = "https://gitlab.com/acme/vendors/-/issues/7",
                                 .linked_by = UserId("U0REQ"),
                                 .linked_at = request.created_at};
}

void Sample::add_party(const std::string& name, std::vector<std::string> members) {
    config::Party party;
    party.name = name;
    party.members = std::move(members);
    settings.review.parties.push_back(std::move(party));
    handlers::review::PartyStatus status;
    status.party = name;
    parties.push_back(std::move(status));
}

Sample large_sample() {
    Sample sample;
    auto& request = sample.request;
    request.app_name = std::string(300, 'N');
    request.app_description = std::string(3000, 'd');
    request.message = std::string(3000, 'm');
    request.purpose = std::string(3000, 'p');
    request.decision_reason = std::string(3000, 'r');
    request.state_note = std::string(3000, 's');
    request.info_question = std::string(3000, 'q');
    request.info_answer = std::string(3000, 'a');
    request.info_asker = UserId("U0SEC1");
    request.app_homepage_url = "https://example.com/" + std::string(170, 'h');
    request.app_privacy_url = "https://example.com/" + std::string(170, 'p');
    request.scopes.clear();
    constexpr std::array kinds{"channels:history", "chat:write", "files:read", "users:read.email",
                               "invented:scope"};
    for (int n = 0; n < 100; ++n) {
        storage::Scope scope;
        scope.name = std::string(kinds[static_cast<std::size_t>(n) % kinds.size()]) + "." + std::to_string(n);
        scope.token_type = n % 3 == 0 ? TokenType::user : TokenType::bot;
        scope.description = std::string(300, 'w');
        request.scopes.push_back(std::move(scope));
    }
    request.previous_status = "approved";
    request.previous_scopes = {make_scope("old:scope", TokenType::bot)};
    sample.parties.clear();
    sample.settings.review.parties.clear();
    for (int n = 0; n < 12; ++n) {
        std::vector<std::string> members;
        for (int m = 0; m < 10; ++m)
            members.push_back("U0MEMBER" + std::to_string(n * 10 + m + 100));
        sample.add_party("Party number " + std::to_string(n), std::move(members));
        sample.parties.back().not_counted = {std::string(3000, 'c'), std::string(3000, 'c')};
        for (int v = 0; v < 2; ++v) {
            storage::Vote vote;
            vote.party = sample.parties.back().party;
            vote.voter = UserId("U0MEMBER100");
            vote.remark = std::string(3000, 'v');
            vote.scope_hash = request.scope_hash;
            sample.votes.push_back(std::move(vote));
        }
    }
    sample.parties[0].state = PartyState::rejected;
    sample.parties[0].by = {UserId("U0MEMBER100")};
    sample.parties[0].remark = std::string(3000, 'x');
    return sample;
}

Sample hostile_sample(const std::string& text) {
    Sample sample;
    auto& request = sample.request;
    request.app_name = request.app_description = request.message = request.purpose = request.team_name = text;
    request.app_directory_url = request.app_homepage_url = request.app_privacy_url = text;
    request.slack_id.value = request.app_id.value = request.requester.value = text;
    request.requester_name = request.previous_status = request.state_note = request.decision_reason = text;
    request.info_party = request.info_question = request.info_answer = text;
    request.info_asker.value = request.decided_by.value = text;
    for (auto& scope : request.scopes)
        scope.name = scope.description = text;
    request.previous_scopes = {make_scope(text, TokenType::bot, text)};
    for (auto& party : sample.parties) {
        party.remark = party.until = text;
        party.not_counted = {text};
        party.by = {UserId(text)};
    }
    sample.parties[0].state = PartyState::rejected;
    sample.parties[1].state = PartyState::conditional;
    sample.issue->project = text;
    sample.issue->url = text;
    sample.issue->linked_by.value = text;
    storage::Vote vote;
    vote.party = vote.remark = vote.condition_until = vote.scope_hash = text;
    vote.voter.value = text;
    sample.votes = {vote};
    return sample;
}

const std::vector<std::string>& hostile_texts() {
    static const std::vector<std::string> texts{
        "<!channel> <!here> <!everyone> <!subteam^S999|all>",
        "<@U999> <@W999|boss> <#C999|general> @channel @here @everyone",
        "*bold* _italic_ ~gone~ `code` ```block``` >quote &gt;quote",
        "*\n> quoted\n*Approved*\n_italic_\n> ",
        "<https://evil.example|https://good.example> https://evil.example www.evil.example "
        "<mailto:a@evil.example|a>",
        "javascript:alert(1) <javascript:alert(1)|click> \"><img src=x onerror=alert(1)>",
        ":white_check_mark: :rotating_light: :100:",
        "a\x01\x02\x1b[31m\x7f\x00z",
        "\u202Egnp.exe\u202C \u2066x\u2069 \u200F\u200Eabc\u061C",
        "z\u200Be\u200Br\u2060o\uFEFF w\u00ADi\u180Edth\u2028line\u2029para",
        "\xff\xfe\x80 \xc0\xaf \xed\xa0\x80 \xf5\x80\x80\x80 cut \xe2\x82",
        std::string(100'000, '<'),
        std::string(100'000, '&'),
        std::string(100'000, '*'),
        std::string(100'000, '\n'),
        std::string(100'000, ' '),
        std::string(100'000, '\x01'),
        "\xf3\xa0\x80\x81\xf3\xa0\x81\xbf",
        "|}]){[(\\\"'%s%n${x}{{y}}\t\r\n",
        "",
    };
    return texts;
}

std::string inert_problems(std::string_view text) {
    for (const std::string_view bad :
         {"<!channel",     "<!here",   "<!everyone", "<!subteam^S999", "<@U999", "<@W999",
          "<#C999",        "@channel", "@here",      "@everyone",      "*bold*", "_italic_",
          "~gone~",        "`code`",   "*Approved*", "\n>quote",       "\n&gt;", "<https://evil",
          "<https://good", "://evil",  "<mailto:",   "<javascript:",   "<img",   ":white_check_mark: :",
          ":100:",         "\x01",     "\x1b",       "\x7f",           "\u202E", "\u2066",
          "\u200F",        "\u200B",   "\u2060",     "\uFEFF",         "\u2028"}) {
        if (text.contains(bad)) return "contains " + std::string(bad);
    }
    // Reads as UTF-8, without a replacement for bytes that nobody sent.
    return text::cleaned(text) == text ? "" : "is not clean";
}

}  // namespace countersign::tests
