#include "handlers/answers.hpp"

#include "config/base/text.hpp"
#include "handlers/effects.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/forms.hpp"
#include "handlers/views/notices.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <map>

namespace countersign::handlers {
namespace {

using nlohmann::json;
namespace ids = views::ids;

// Slack drops acks above 20,480 bytes in silence (R43); the envelope around the payload needs a little.
constexpr std::size_t max_ack_payload = 18'000;

std::string command_ack(const views::Message& message) {
    json ack{{"response_type", "ephemeral"}, {"text", message.text}};
    if (!message.blocks.empty()) ack["blocks"] = json::parse(message.blocks);
    return ack.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string_view main_field(std::string_view form) {
    constexpr std::string_view with_reason[]{ids::form_reject, ids::form_restrict, ids::form_override,
                                             ids::form_keep, ids::form_clear};
    if (std::ranges::find(with_reason, form) != std::end(with_reason)) return ids::field_reason;
    if (form == ids::form_limits) return ids::field_only_for;
    if (form == ids::form_conditional) return ids::field_condition;
    if (form == ids::form_comment) return ids::field_request_id;
    if (form == ids::form_need_info) return ids::field_question;
    if (form == ids::form_answer) return ids::field_answer;
    if (form == ids::form_link) return ids::field_issue;
    if (form == ids::form_installed_add || form == ids::form_installed_remove) return ids::field_name;
    if (form == ids::form_installed_edit) return ids::field_owner;
    if (form == ids::form_installed_reconnect) return ids::field_authorization;
    return ids::field_app;
}

}  // namespace

Outcome say(const Press& press, const views::Message& message) {
    Outcome outcome;
    if (press.kind == Press::Kind::command && press.answer_in_ack) {
        auto ack = command_ack(message);
        if (ack.size() <= max_ack_payload) {
            outcome.ack = std::move(ack);
            return outcome;
        }
    }
    const bool in_channel = !press.channel.empty() && !press.channel.value.starts_with('D');
    outcome.effects.push_back(in_channel ? ephemeral(press.channel, press.user, press.cause, message)
                                         : private_line(press.user, press.cause, message));
    return outcome;
}

Outcome say(const Press& press, std::string_view mrkdwn) {
    return say(press, views::line(mrkdwn));
}

Outcome refuse(const Press& press, std::string_view subject, std::string_view why,
               const std::string& sentence) {
    return refuse_at(press, main_field(press.what), subject, why, sentence);
}

Outcome refuse_at(const Press& press, std::string_view field, std::string_view subject, std::string_view why,
                  const std::string& sentence) {
    Outcome outcome;
    if (press.kind == Press::Kind::form && press.answer_in_ack) {
        outcome.ack = views::form_errors({{std::string(field), sentence}});
    } else {
        outcome = say(press, sentence);
    }
    outcome.audit.push_back({press.user.value, "press.refused", std::string(subject),
                             details({{"what", press.what}, {"why", why}, {"cause", press.cause}})});
    return outcome;
}

std::string details(std::initializer_list<std::pair<std::string_view, std::string_view>> pairs) {
    json object = json::object();
    for (const auto& [key, value] : pairs)
        object[std::string(key)] = value;
    return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string proof_of(std::string_view words) {
    return words.empty() ? std::string() : "sha256:" + text::sha256_hex(words);
}

}  // namespace countersign::handlers
