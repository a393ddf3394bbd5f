#pragma once

#include "config/settings.hpp"
#include "handlers/review/party_status.hpp"
#include "handlers/views/message.hpp"
#include "handlers/views/texts.hpp"
#include "storage/records.hpp"

#include <optional>
#include <string>
#include <vector>

namespace countersign::handlers::views {

// Everything the card shows; nothing is looked up while drawing.
struct CardInput {
    const storage::AppRequest& request;
    const std::vector<review::PartyStatus>& parties;
    const std::optional<storage::VendorIssue>& issue;
    const config::Settings& settings;
    bool org_driver = false;      // Approve app / Restrict app act by API; else `Done` and instructions
    std::string issue_note = {};  // our own sentence: what is wrong with the vendor issue
    std::string limits = {};      // what an approval is limited to, a line each
    std::vector<std::string> history = {};  // in the details: earlier decisions, a line each
    Language language = Language::english;  // of the details; the card itself is everybody's
    bool at_gate = false;       // held against junk: nobody is called before an admin lets it through (M22)
    bool confidential = false;  // the vendor issue is: nothing of it may be shown in a channel (G3)
    bool has_voted = false;     // of the details: a vote of the reader's counts, and could be taken back
    std::vector<UserId> on_behalf_of = {};  // for whom somebody else asks (R19)
};

// The request card of design.md §7: state line, app, publisher, requester, scopes with risk, difference to
// the last resolution, vendor issue, party matrix, next step, buttons. Within Slack's limits for 100 scopes,
// 12 parties and 3,000-letter texts. Parties still waiting are called by mention (in `text` and in the
// matrix).
[[nodiscard]] Message request_card(const CardInput& input);
// The answer to `Details`: all scopes, all votes with remarks, for one person's eyes.
[[nodiscard]] Message request_details(const CardInput& input, const std::vector<storage::Vote>& votes);
// "*Legal*: rejected by <@U1>" and the words that go with it, quoted.
[[nodiscard]] std::string vote_said(const storage::Vote& vote);
// "In review", "Approved · decided outside" …: the card's state line, also used by commands and notices.
[[nodiscard]] std::string state_line(const storage::AppRequest& request,
                                     Language language = Language::english);
// "waiting", "approved by <@U1> (1 of 2)", "conditional until 2027-01-31" …
[[nodiscard]] std::string party_text(const review::PartyStatus& status,
                                     Language language = Language::english);

// Values of the card's buttons: "REQ-12:0123abcd" = request and the first 8 digits of the scope hash it was
// drawn for.
struct ButtonValue {
    RequestId request;
    std::string hash8;
};
[[nodiscard]] std::string button_value(const storage::AppRequest& request);
[[nodiscard]] std::optional<ButtonValue> parse_button_value(std::string_view value);

}  // namespace countersign::handlers::views
