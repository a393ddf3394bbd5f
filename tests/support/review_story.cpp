#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace countersign::tests {

using fakes::Json;
using fakes::Message;
using fakes::View;

namespace {

bool has_button(const Message& message, const std::string& label) {
    for (const auto& block : message.blocks) {
        for (const auto& element : block.value("elements", Json::array())) {
            if (element.value("type", "") == "button" && element["text"]["text"] == label) return true;
        }
    }
    return false;
}

std::string everything(fakes::FakeSlack& slack) {
    std::string out;
    for (const auto& channel : slack.snapshot()["channels"]) {
        for (const auto& message : channel["messages"]) {
            const std::string to = message["ephemeral_to"];
            out += channel["id"].get<std::string>() + (to.empty() ? "" : " (to " + to + ")") + ": " +
                   message["text"].get<std::string>() + "\n";
        }
    }
    for (const auto& call : slack.calls()) {
        const bool well = call.answer.is_object() && call.answer.value("ok", false);
        out += call.method +
               (well ? ""
                     : " " + call.args.dump() + " -> " + std::to_string(call.status) + " " +
                           call.answer.dump()) +
               "\n";
    }
    return out;
}

}  // namespace

bool says(const Message& message, const std::string& text) {
    return message.text.find(text) != std::string::npos;
}

void ReviewStory::wait(const std::function<bool()>& condition, const std::string& what) {
    const bool came = slack.wait(condition);
    REQUIRE_MESSAGE(came, "waited for: " << what << "\n" << everything(slack) << "\n" << fixture.log());
}

std::string ReviewStory::ask(const std::string& message, const Json& patch) {
    const auto before = count("chat.postMessage");
    const auto cards = slack.messages(office::review).size();
    const std::string id = slack.request_app(office::employee, "A0MIRO", message, patch);
    wait([&] { return count("chat.postMessage") > before && slack.messages(office::review).size() > cards; },
         "the card");
    return id;
}

Message ReviewStory::card(int number) const {
    const std::string name = "REQ-" + std::to_string(number);
    const auto messages = slack.messages(office::review);
    const auto found = std::find_if(messages.rbegin(), messages.rend(), [&](const Message& each) {
        if (!each.ephemeral_to.empty() || !has_button(each, "Details")) return false;
        return number == 0 || says(each, name + " ");
    });
    return found == messages.rend() ? Message{} : *found;
}

void ReviewStory::expect_card(const std::string& text, int number) {
    wait([&] { return says(card(number), text); }, "a card that says '" + text + "'");
}

void ReviewStory::expect_direct_message(const std::string& user, const std::string& text) {
    wait(
        [&] {
            const auto messages = slack.messages(user);
            return std::ranges::any_of(messages, [&](const Message& each) { return says(each, text); });
        },
        "a direct message to " + user + " that says '" + text + "'");
}

void ReviewStory::expect_line(const std::string& user, const std::string& text) {
    wait(
        [&] {
            for (const auto& place : {std::string(office::review), user}) {
                for (const auto& each : slack.messages(place)) {
                    if ((each.ephemeral_to == user || place == user) && says(each, text)) return true;
                }
            }
            return false;
        },
        "a line for " + user + " that says '" + text + "'");
}

void ReviewStory::expect_alarm(const std::string& text) {
    wait(
        [&] {
            const auto messages = slack.messages(office::alarms);
            return std::ranges::any_of(messages, [&](const Message& each) { return says(each, text); });
        },
        "an alarm that says '" + text + "'");
}

fakes::View ReviewStory::home_of(const std::string& user) const {
    for (const auto& view : slack.views(user)) {
        if (view.kind == "home") return view;
    }
    return {};
}

void ReviewStory::expect_home(const std::string& user, const std::string& text) {
    wait([&] { return home_of(user).view.dump().contains(text); },
         "the Home tab of " + user + " to say '" + text + "'");
}

void ReviewStory::press(const std::string& user, const std::string& label, int number) {
    press_in(user, card(number), label);
}

void ReviewStory::press_in(const std::string& user, const Message& message, const std::string& label) {
    too_late_before_ = told_too_late(user);
    last_press_ = [this, user, channel = message.channel, ts = message.ts, label] {
        slack.press_by_text(user, channel, ts, label);
    };
    last_press_();
}

std::size_t ReviewStory::told_too_late(const std::string& user) const {
    std::size_t count = 0;
    for (const auto& place : {std::string(office::review), user}) {
        const auto messages = slack.messages(place);
        count += static_cast<std::size_t>(std::ranges::count_if(messages, [&](const Message& each) {
            return (each.ephemeral_to == user || place == user) &&
                   says(each, "The form could not be opened in time.");
        }));
    }
    return count;
}

void ReviewStory::press_direct(const std::string& user, const std::string& label) {
    Message holder;
    wait(
        [&] {
            for (const auto& each : slack.messages(user)) {
                if (has_button(each, label)) holder = each;
            }
            return !holder.ts.empty();
        },
        "a direct message to " + user + " with the button " + label);
    press_in(user, holder, label);
}

View ReviewStory::form(const std::string& user, const std::string& title) {
    View found;
    wait(
        [&] {
            for (const auto& view : slack.views(user)) {
                if (view.open && view.kind == "modal" && view.view["title"]["text"] == title) found = view;
            }
            if (found.id.empty() && last_press_ && told_too_late(user) > too_late_before_) {
                too_late_before_ = told_too_late(user);
                last_press_();
            }
            return !found.id.empty();
        },
        "the form '" + title + "' for " + user);
    return found;
}

void ReviewStory::fill(const std::string& user, const std::string& title,
                       const std::map<std::string, std::string>& fields) {
    const std::string id = form(user, title).id;
    slack.submit(user, id, fields);
    wait(
        [&] {
            const auto views = slack.views(user);
            return std::ranges::none_of(views, [&](const View& view) { return view.id == id && view.open; });
        },
        "the form '" + title + "' to close");
}

void ReviewStory::fill_refused(const std::string& user, const std::string& title,
                               const std::map<std::string, std::string>& fields, const std::string& words) {
    const std::string id = form(user, title).id;
    slack.submit(user, id, fields);
    wait(
        [&] {
            for (const auto& view : slack.views(user)) {
                if (view.id == id && view.open && view.errors.dump().find(words) != std::string::npos)
                    return true;
            }
            return false;
        },
        "the form '" + title + "' to refuse with '" + words + "'");
}

void ReviewStory::link_issue() {
    press_direct(office::employee, "Link vendor issue");
    fill(office::employee, "Link vendor issue", {{"Vendor issue link", office::issue}});
}

void ReviewStory::approve_as_all_parties() {
    for (const char* user : {office::security, office::legal, office::procurement, office::it}) {
        press(user, "Approve");
        expect_card(std::string("approved by <@") + user + ">");
    }
}

std::string ReviewStory::become_ready() {
    const std::string id = ask(std::string("for the design team, see ") + office::issue);
    expect_card("In review");
    approve_as_all_parties();
    expect_card(": Ready");
    return id;
}

std::size_t ReviewStory::count(const std::string& method) const {
    const auto calls = slack.calls(method);
    return static_cast<std::size_t>(std::ranges::count_if(calls, [](const fakes::ApiCall& call) {
        return call.answer.is_object() && call.answer.value("ok", false);
    }));
}

void ReviewStory::expect_good_manners() const {
    for (const auto& call : slack.calls())
        CHECK_MESSAGE(call.status != 429, call.method);
    const auto wrong = slack.violations();
    for (const auto& each : wrong)
        FAIL_CHECK(each);
    CHECK(slack.unanswered().empty());
    for (const auto& ack : slack.acks())
        CHECK(ack.frames == 1);
}

}  // namespace countersign::tests
