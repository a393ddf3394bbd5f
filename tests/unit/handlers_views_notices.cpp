#include "handlers/views/forms.hpp"
#include "handlers/views/notices.hpp"
#include "tests/support/block_kit.hpp"
#include "tests/support/view_samples.hpp"

#include <doctest/doctest.h>

#include <functional>

namespace {

using namespace countersign;
using namespace countersign::handlers;
using namespace countersign::tests;
using storage::RequestState;
using views::Message;
using Json = nlohmann::json;

std::string problems(const Message& message) {
    Json args{{"text", message.text}};
    if (!message.blocks.empty()) args["blocks"] = message.blocks;
    return to_text(check_message(args)) + to_text(check_texts(args));
}

std::string buttons_of(const Message& message) {
    std::string out;
    for (const auto& block : Json::parse(message.blocks)) {
        for (const auto& button : block.value("elements", Json::array())) {
            out += (out.empty() ? "" : "|") + button["text"]["text"].get<std::string>() + "=" +
                   button.value("action_id", "");
        }
    }
    return out;
}

std::vector<Message> all_notices(const Sample& sample) {
    const auto& request = sample.request;
    std::vector<Message> out{views::issue_wanted(request, "The link is not known."),
                             views::request_received(request),
                             views::question_asked(request),
                             views::issue_linked(request, *sample.issue),
                             views::request_list({request, request}),
                             views::request_list(std::vector<storage::AppRequest>(60, request)),
                             views::request_status(request, sample.parties, sample.issue),
                             views::request_status(request, sample.parties, std::nullopt),
                             views::app_request_help(request.message),
                             views::installed_apps_help(request.message),
                             views::alarm_notice(request.message, "Look at it.", {}),
                             views::alarm_notice(request.message, {}, {})};
    for (const auto kind :
         {storage::DecisionKind::approve, storage::DecisionKind::restrict, storage::DecisionKind::cancel})
        out.push_back(views::manual_steps(request, kind));
    auto changed = request;
    for (int state = 0; state <= static_cast<int>(RequestState::manual); ++state) {
        changed.state = static_cast<RequestState>(state);
        out.push_back(views::decision_notice(changed));
    }
    return out;
}

std::vector<std::string> all_forms(const Sample& sample) {
    const auto& request = sample.request;
    return {views::request_form(),
            views::request_form(request.app_name),
            views::reject_form(request, sample.parties[0].party),
            views::restrict_form(request),
            views::need_info_form(request, sample.parties[0].party),
            views::answer_form(request),
            views::link_form(request),
            views::link_form(std::vector<storage::AppRequest>(1, request))};
}

// "title/submit/label,label/private_metadata/callback_id"
std::string shape(const std::string& form) {
    const auto view = Json::parse(form);
    std::string labels;
    for (const auto& block : view["blocks"]) {
        if (block["type"] != "input") continue;
        labels += (labels.empty() ? "" : ",") + block["label"]["text"].get<std::string>();
        CHECK(block["block_id"] == block["element"]["action_id"]);
    }
    return view["title"]["text"].get<std::string>() + "/" + labels + "/" +
           view["private_metadata"].get<std::string>() + "/" + view["callback_id"].get<std::string>();
}

}  // namespace

TEST_CASE("design §7: the requester's messages carry their buttons") {
    Sample sample;
    CHECK(buttons_of(views::issue_wanted(sample.request, "")) ==
          "Link vendor issue=link_vendor_issue|Create vendor "
          "issue=create_vendor_issue|Withdraw=withdraw_request");
    CHECK(buttons_of(views::request_received(sample.request)) == "Withdraw=withdraw_request");
    CHECK(buttons_of(views::question_asked(sample.request)) ==
          "Answer=answer_question|Withdraw=withdraw_request");
    CHECK(buttons_of(views::issue_linked(sample.request, *sample.issue)) == "Withdraw=withdraw_request");
    sample.request.state = RequestState::denied;
    CHECK(buttons_of(views::decision_notice(sample.request)) == "");
}

TEST_CASE("R10, R11: a decision is told with its reason and the next step") {
    Sample sample;
    sample.request.decision_reason = "Asks for <!channel> too much.\nUse the other app.";
    sample.request.decided_by = UserId("U0SEC1");
    sample.request.state = RequestState::denied;
    const auto denied = views::decision_notice(sample.request);
    CHECK(denied.text.contains("was denied by <@U0SEC1>"));
    CHECK(denied.text.contains(">Asks for &lt;!channel&gt; too much.\n>Use the other app."));
    CHECK(denied.text.contains("Next: "));
    sample.request.state = RequestState::approved;
    CHECK(views::decision_notice(sample.request).text.contains("is approved by <@U0SEC1>"));
    sample.request.decided_by = UserId();
    sample.request.outside = storage::Outside::decided;
    CHECK(views::decision_notice(sample.request).text.contains("in Slack, outside this process"));
    sample.request.state = RequestState::withdrawn;
    sample.request.outside = storage::Outside::cancelled;
    CHECK(views::decision_notice(sample.request).text.contains("was cancelled in Slack"));
    for (int state = 0; state <= static_cast<int>(RequestState::manual); ++state) {
        sample.request.state = static_cast<RequestState>(state);
        CHECK(views::decision_notice(sample.request).text.contains("Next: "));
    }
}

TEST_CASE("status and list say the state, the parties and what the requester can do") {
    Sample sample;
    sample.request.state = RequestState::awaiting_issue;
    const auto status = views::request_status(sample.request, sample.parties, std::nullopt);
    for (const std::string part : {"REQ-12", "Waiting for vendor issue", "Security: waiting", "none linked",
                                   "/app-request link REQ-12"}) {
        CAPTURE(part);
        CHECK(status.text.contains(part));
    }
    CHECK(views::request_list({}).text.contains("no app requests"));
    const auto list = views::request_list(std::vector<storage::AppRequest>(25, sample.request));
    CHECK(list.text.contains("/app-request list 2"));
    sample.request.app_name = std::string(100, 'W');
    const auto long_list = views::request_list(std::vector<storage::AppRequest>(20, sample.request));
    CHECK(problems(long_list) == "");
    std::size_t rows = 0;
    for (const auto& block : Json::parse(long_list.blocks)) {
        const auto text = block["text"]["text"].get<std::string>();
        for (auto at = text.find("REQ-12"); at != std::string::npos; at = text.find("REQ-12", at + 1))
            ++rows;
    }
    CHECK(rows == 20);
    for (const std::string word : {"status", "list", "link", "withdraw", "find", "help"}) {
        CHECK(views::app_request_help().text.contains("/app-request " + word));
    }
    CHECK(views::installed_apps_help("no such word: <!here>").text.contains("&lt;!here&gt;"));
}

TEST_CASE("the workspace driver's steps name Slack's own buttons") {
    Sample sample;
    CHECK(views::manual_steps(sample.request, storage::DecisionKind::approve)
              .text.contains("Approve for Workspace"));
    CHECK(views::manual_steps(sample.request, storage::DecisionKind::restrict)
              .text.contains("Restrict for Workspace"));
    CHECK(views::manual_steps(sample.request, storage::DecisionKind::cancel)
              .text.contains("cancel the request"));
    sample.request.team_id = TeamId();
    CHECK(views::manual_steps(sample.request, storage::DecisionKind::approve)
              .text.contains("Approve for Organization"));
    CHECK(views::manual_steps(sample.request, storage::DecisionKind::approve).text.contains("`Done`"));
}

TEST_CASE("an alarm shows no token and no response URL of the raw content") {
    const auto alarm = views::alarm_notice(
        "x", "y",
        R"({"token": "verify-me","response_url":"https://hooks.slack.com/actions/T1/2/abc","k":"kept"})");
    for (const std::string& shown : {alarm.text, alarm.blocks}) {
        CHECK_FALSE(shown.contains("verify-me"));
        CHECK_FALSE(shown.contains("abc"));
        CHECK(shown.contains("kept"));
    }
}

TEST_CASE("design §7: an alarm shows the raw content as it came, and nothing in it works") {
    const auto alarm = views::alarm_notice("An event was not understood", "Report it.",
                                           R"({"type":"<!channel>","a":"```"})");
    CHECK(alarm.text.contains(R"({"type":"&lt;!channel&gt;","a":"ˋˋˋ"})"));
    CHECK(alarm.text.contains("Do: Report it."));
    CHECK(problems(alarm) == "");
    CHECK(views::alarm_notice("x", "y", "").text == ":rotating_light: x\nDo: y");
    const auto long_raw = views::alarm_notice("x", "y", std::string(100'000, '&'));
    CHECK(problems(long_raw) == "");
    CHECK(long_raw.text.ends_with("\n```"));
}

TEST_CASE("a line is shown as written, in text and block alike") {
    const auto line = views::line("You may not, because <@U1> …");
    CHECK(line.text == "You may not, because <@U1> …");
    CHECK(Json::parse(line.blocks)[0]["text"]["text"] == line.text);
    CHECK(problems(line) == "");
}

TEST_CASE("design §7: forms have their titles, labels and the request they are about") {
    Sample sample;
    const auto& request = sample.request;
    const std::string value = "REQ-12:0123abcd";
    CHECK(shape(views::request_form("Zoom")) ==
          "Request an app/App,Purpose,Vendor issue link,Data it will see,Who will use it,"
          "Alternatives you looked at,On behalf of,Needed until,What is it about//form_request_app");
    CHECK(shape(views::reject_form(request, "Security")) == "Reject/Reason/" + value + "/form_reject");
    CHECK(shape(views::restrict_form(request)) ==
          "Restrict app/Reason,Until/" + value + "/form_restrict_app");
    CHECK(shape(views::need_info_form(request, "Security")) ==
          "Need info/Question/" + value + "/form_need_info");
    CHECK(shape(views::answer_form(request)) == "Answer/Answer/" + value + "/form_answer");
    CHECK(shape(views::link_form(request)) ==
          "Link vendor issue/Vendor issue link/" + value + "/form_link_issue");
    CHECK(shape(views::link_form(std::vector<storage::AppRequest>{request})) ==
          "Link vendor issue/Request,Vendor issue link//form_link_issue");
    CHECK(Json::parse(views::request_form("Zoom"))["blocks"][1]["element"]["initial_value"] == "Zoom");
    // P2: a reason is compulsory and has room for 2,000 letters.
    const auto reason = Json::parse(views::reject_form(request, "Security"))["blocks"][1]["element"];
    CHECK(reason["min_length"] == 1);
    CHECK(reason["max_length"] == 2000);
    for (const auto& form : all_forms(sample))
        CHECK(to_text(check_view(form)) + to_text(check_texts(form)) == "");
}

TEST_CASE("a choice of requests shows at most what Slack takes, each once") {
    Sample sample;
    std::vector<storage::AppRequest> many(150, sample.request);
    for (std::size_t n = 0; n < many.size(); ++n)
        many[n].id.value = static_cast<std::int64_t>(n) + 1;
    const auto form = views::link_form(many);
    CHECK(to_text(check_view(form)) == "");
    CHECK(Json::parse(form)["blocks"][0]["element"]["options"].size() == 100);
}

TEST_CASE("form errors name the field") {
    CHECK(views::form_errors({{"vendor_issue_link", "That is an epic."}}) ==
          R"({"response_action":"errors","errors":{"vendor_issue_link":"That is an epic."}})");
    CHECK(to_text(
              check_response_action(Json::parse(views::form_errors({{"reason", std::string(5000, '\xff')}})),
                                    Json::parse(views::reject_form(Sample().request, "")))) == "");
}

TEST_CASE("notices and forms: large and hostile texts stay inert and within Slack's limits") {
    std::vector<Sample> samples{large_sample()};
    for (const auto& text : hostile_texts())
        samples.push_back(hostile_sample(text));
    for (const auto& sample : samples) {
        CAPTURE(sample.request.message.substr(0, 60));
        for (const auto& message : all_notices(sample)) {
            CHECK(problems(message) == "");
            CHECK(inert_problems(message.text) == "");
            CHECK(message.text.size() < 12'000);
        }
        // Raw content stands in a code block, where only its way out has to be closed.
        const auto raw = views::alarm_notice("x", "y", sample.request.message);
        CHECK(problems(raw) == "");
        if (const auto open = raw.text.find("```"); open != std::string::npos)
            CHECK(raw.text.find("```", open + 3) + 3 == raw.text.size());
        for (const auto& form : all_forms(sample)) {
            CHECK(to_text(check_view(form)) + to_text(check_texts(form)) == "");
        }
    }
}
