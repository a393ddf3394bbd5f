#include "handlers/views/blocks.hpp"

#include "config/base/text.hpp"
#include "handlers/views/mrkdwn.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::handlers::views {
namespace {

using Json = nlohmann::json;

// Kept back for the buttons, which come last and must never be the part that is cut.
constexpr std::size_t room_for_buttons = 500;

std::string dumped(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json plain_object(std::string_view text, std::size_t limit) {
    auto shown = plain(text, limit);
    if (shown.empty()) shown = "-";
    return {{"type", "plain_text"}, {"text", std::move(shown)}, {"emoji", false}};
}

Json mrkdwn_object(std::string text) {
    return {{"type", "mrkdwn"}, {"text", std::move(text)}, {"verbatim", true}};
}

Json confirm_object(const Confirm& confirm) {
    return {{"title", plain_object(confirm.title, limits::confirm_title)},
            {"text", plain_object(confirm.text, limits::confirm_text)},
            {"confirm", plain_object(confirm.confirm, limits::confirm_button)},
            {"deny", plain_object(confirm.deny, limits::confirm_button)}};
}

Json button_object(const Button& button) {
    Json out{{"type", "button"},
             {"action_id", button.action_id},
             {"text", plain_object(button.text, limits::button)},
             {"value", text::shortened(button.value, limits::value)}};
    if (button.style == Style::primary) out["style"] = "primary";
    if (button.style == Style::danger) out["style"] = "danger";
    if (button.confirm) out["confirm"] = confirm_object(*button.confirm);
    return out;
}

}  // namespace

std::size_t Blocks::room() const {
    if (surface_ == Surface::view) return limits::section;
    const auto end = limits::message_text - room_for_buttons;
    return used_ < end ? end - used_ : 0;
}

std::string Blocks::taken(std::string_view text, std::size_t limit) {
    auto shown = fitted(text, std::min(limit, room()));
    used_ += text::code_points(shown);
    return shown;
}

void Blocks::add(std::string block) {
    const auto limit = surface_ == Surface::view ? limits::view_blocks : limits::message_blocks;
    if (count_ == limit) return;
    if (count_++ > 0) text_ += ',';
    text_ += block;
}

Blocks& Blocks::header(std::string_view plain_text) {
    auto object = plain_object(plain_text, limits::header);
    used_ += text::code_points(object["text"].get_ref<const std::string&>());
    add(dumped({{"type", "header"}, {"text", std::move(object)}}));
    return *this;
}

Blocks& Blocks::section(std::string_view text) {
    auto shown = taken(text, limits::section);
    if (!shown.empty()) add(dumped({{"type", "section"}, {"text", mrkdwn_object(std::move(shown))}}));
    return *this;
}

Blocks& Blocks::lines(const std::vector<std::string>& texts) {
    std::string packed;
    std::size_t length = 0;
    for (const auto& text : texts) {
        const auto more = text::code_points(text) + 1;
        if (length + more > limits::section) {
            section(packed);
            packed.clear();
            length = 0;
        }
        if (!packed.empty()) packed += '\n';
        packed += text;
        length += more;
    }
    return section(packed);
}

Blocks& Blocks::fields(const std::vector<std::string>& texts) {
    auto list = Json::array();
    for (const auto& text : texts) {
        auto shown = list.size() < limits::fields ? taken(text, limits::field) : std::string();
        if (!shown.empty()) list.push_back(mrkdwn_object(std::move(shown)));
    }
    if (!list.empty()) add(dumped({{"type", "section"}, {"fields", std::move(list)}}));
    return *this;
}

Blocks& Blocks::context(const std::vector<std::string>& texts) {
    auto list = Json::array();
    for (const auto& text : texts) {
        auto shown = list.size() < limits::context_elements ? taken(text, limits::field) : std::string();
        if (!shown.empty()) list.push_back(mrkdwn_object(std::move(shown)));
    }
    if (!list.empty()) add(dumped({{"type", "context"}, {"elements", std::move(list)}}));
    return *this;
}

Blocks& Blocks::divider() {
    add(R"({"type":"divider"})");
    return *this;
}

Blocks& Blocks::actions(std::string_view block_id, const std::vector<Button>& buttons) {
    auto list = Json::array();
    for (const auto& button : buttons) {
        if (list.size() == limits::actions) break;
        list.push_back(button_object(button));
    }
    if (!list.empty())
        add(dumped({{"type", "actions"}, {"block_id", block_id}, {"elements", std::move(list)}}));
    return *this;
}

Blocks& Blocks::text_input(const TextInput& input) {
    Json element{{"type", "plain_text_input"},
                 {"action_id", input.id},
                 {"multiline", input.multiline},
                 {"max_length", std::min(input.max_length, limits::input)}};
    if (!input.optional) element["min_length"] = 1;
    if (!input.placeholder.empty())
        element["placeholder"] = plain_object(input.placeholder, limits::placeholder);
    if (!input.initial.empty())
        element["initial_value"] = plain(input.initial, std::min(input.max_length, limits::input));
    Json block{{"type", "input"},
               {"block_id", input.id},
               {"label", plain_object(input.label, limits::label)},
               {"element", std::move(element)},
               {"optional", input.optional}};
    if (!input.hint.empty()) block["hint"] = plain_object(input.hint, limits::label);
    add(dumped(block));
    return *this;
}

Blocks& Blocks::select_input(std::string_view id, std::string_view label,
                             const std::vector<Option>& options) {
    auto list = Json::array();
    for (const auto& option : options) {
        if (list.size() == limits::options) break;
        list.push_back({{"text", plain_object(option.text, limits::option)},
                        {"value", text::shortened(option.value, limits::option_value)}});
    }
    if (list.empty()) return *this;
    Json element{
        {"type", "static_select"}, {"action_id", id}, {"initial_option", list.front()}, {"options", list}};
    add(dumped({{"type", "input"},
                {"block_id", id},
                {"label", plain_object(label, limits::label)},
                {"element", std::move(element)}}));
    return *this;
}

std::string modal(const Modal& modal, const Blocks& blocks) {
    const Json view{{"type", "modal"},
                    {"callback_id", modal.callback_id},
                    {"title", plain_object(modal.title, limits::view_title)},
                    {"submit", plain_object(modal.submit, limits::view_title)},
                    {"close", plain_object("Cancel", limits::view_title)},
                    {"private_metadata", text::shortened(modal.private_metadata, limits::metadata)},
                    {"blocks", Json::parse(blocks.json())}};
    return dumped(view);
}

}  // namespace countersign::handlers::views
