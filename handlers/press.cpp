#include "handlers/press.hpp"

#include "config/base/text.hpp"
#include "handlers/people.hpp"
#include "handlers/review/payload_fields.hpp"

#include <nlohmann/json.hpp>

namespace countersign::handlers {
namespace {

using nlohmann::json;
using review::field;
using review::number_field;
using review::text_field;

Press common(const Event& event, Press::Kind kind) {
    Press press;
    press.kind = kind;
    press.cause = event.name;
    press.at = event.received_at;
    press.answer_in_ack = event.answer_in_ack;
    press.trigger_id = text_field(event.payload, "trigger_id");
    return press;
}

// What a person entered, whichever kind of element it was.
std::string entered(const json& element) {
    if (const auto option = text_field(field(element, "selected_option"), "value"); !option.empty())
        return option;
    if (const auto person = text_field(element, "selected_user"); !person.empty()) return person;
    if (const auto day = text_field(element, "selected_date"); !day.empty()) return day;
    if (const auto& people = field(element, "selected_users"); people.is_array()) {
        std::string ids;
        for (const auto& person : people)
            if (person.is_string()) ids += (ids.empty() ? "" : " ") + person.get<std::string>();
        return ids;
    }
    return text_field(element, "value");
}

}  // namespace

Press read_button(const Event& event, const Context& context) {
    auto press = common(event, Press::Kind::button);
    const auto& payload = event.payload;
    press.user = UserId(text_field(field(payload, "user"), "id"));
    press.language = language_of(press.user, context);
    press.team = TeamId(text_field(field(payload, "team"), "id"));
    const auto& container = field(payload, "container");
    press.channel = ChannelId(text_field(field(payload, "channel"), "id"));
    if (press.channel.empty()) press.channel = ChannelId(text_field(container, "channel_id"));
    press.message_ts = text_field(container, "message_ts");
    press.ephemeral_message = review::bool_field(container, "is_ephemeral").value_or(false);
    press.in_view = text_field(container, "type") == "view";
    const auto& actions = field(payload, "actions");
    if (actions.is_array() && !actions.empty()) {
        press.what = text_field(actions.front(), "action_id");
        press.value = entered(actions.front());
    }
    return press;
}

Press read_form(const Event& event, const Context& context) {
    auto press = common(event, Press::Kind::form);
    const auto& payload = event.payload;
    const auto& view = field(payload, "view");
    press.user = UserId(text_field(field(payload, "user"), "id"));
    press.language = language_of(press.user, context);
    press.team = TeamId(text_field(field(payload, "team"), "id"));
    press.what = text_field(view, "callback_id");
    press.value = text_field(view, "private_metadata");
    const auto& values = field(field(view, "state"), "values");
    if (!values.is_object()) return press;
    for (const auto& [block, elements] : values.items()) {
        if (!elements.is_object()) continue;
        for (const auto& [action, element] : elements.items())
            press.fields[block] = text::cleaned(entered(element));
    }
    return press;
}

Press read_command(const Event& event, const Context& context) {
    auto press = common(event, Press::Kind::command);
    const auto& payload = event.payload;
    press.user = UserId(text_field(payload, "user_id"));
    press.language = language_of(press.user, context);
    press.team = TeamId(text_field(payload, "team_id"));
    press.channel = ChannelId(text_field(payload, "channel_id"));
    press.what = text_field(payload, "command");
    press.fields["text"] = text::cleaned(text_field(payload, "text"));
    return press;
}

std::string to_text(const Press& press) {
    json parked{{"kind", static_cast<int>(press.kind)},
                {"user", press.user.value},
                {"channel", press.channel.value},
                {"message_ts", press.message_ts},
                {"ephemeral_message", press.ephemeral_message},
                {"in_view", press.in_view},
                {"trigger_id", press.trigger_id},
                {"what", press.what},
                {"value", press.value},
                {"fields", press.fields},
                {"team", press.team.value},
                {"cause", press.cause},
                {"at", to_millis(press.at)},
                {"groups", json::object()}};
    for (const auto& [group, members] : press.groups) {
        auto& list = parked["groups"][group] = json::array();
        for (const auto& member : members)
            list.push_back(member.value);
    }
    return parked.dump(-1, ' ', false, json::error_handler_t::replace);
}

Press parse_press(const json& parked, const Context& context) {
    Press press;
    press.kind = static_cast<Press::Kind>(number_field(parked, "kind"));
    press.user = UserId(text_field(parked, "user"));
    press.language = language_of(press.user, context);
    press.channel = ChannelId(text_field(parked, "channel"));
    press.message_ts = text_field(parked, "message_ts");
    press.ephemeral_message = review::bool_field(parked, "ephemeral_message").value_or(false);
    press.in_view = review::bool_field(parked, "in_view").value_or(false);
    press.trigger_id = text_field(parked, "trigger_id");
    press.what = text_field(parked, "what");
    press.value = text_field(parked, "value");
    for (const auto& [block, value] : field(parked, "fields").items())
        press.fields[block] = value.get<std::string>();
    press.team = TeamId(text_field(parked, "team"));
    press.cause = text_field(parked, "cause");
    press.at = from_millis(number_field(parked, "at"));
    for (const auto& [group, members] : field(parked, "groups").items()) {
        auto& list = press.groups[group];
        for (const auto& member : members)
            list.emplace_back(member.get<std::string>());
    }
    return press;
}

}  // namespace countersign::handlers
