#include "handlers/views/blocks.hpp"

#include "config/base/text.hpp"
#include "handlers/views/json_text.hpp"
#include "handlers/views/mrkdwn.hpp"

#include <algorithm>

namespace countersign::handlers::views {
namespace {

// Kept back for the buttons, which come last and must never be the part that is cut.
constexpr std::size_t room_for_buttons = 500;

std::string plain_object(std::string_view text, std::size_t limit) {
    const auto shown = plain(text, limit);
    return R"({"type":"plain_text","text":)" + json_string(shown.empty() ? "-" : shown) +
           R"(,"emoji":false})";
}

std::string mrkdwn_object(std::string_view text) {
    return R"({"type":"mrkdwn","text":)" + json_string(text) + R"(,"verbatim":true})";
}

std::string confirm_object(const Confirm& confirm) {
    return R"({"title":)" + plain_object(confirm.title, limits::confirm_title) + R"(,"text":)" +
           plain_object(confirm.text, limits::confirm_text) + R"(,"confirm":)" +
           plain_object(confirm.confirm, limits::confirm_button) + R"(,"deny":)" +
           plain_object(confirm.deny, limits::confirm_button) + "}";
}

std::string button_object(const Button& button) {
    std::string out = R"({"type":"button","action_id":)" + json_string(button.action_id) + R"(,"text":)" +
                      plain_object(button.text, limits::button) + R"(,"value":)" +
                      json_string(text::shortened(button.value, limits::value));
    if (button.style == Style::primary) out += R"(,"style":"primary")";
    if (button.style == Style::danger) out += R"(,"style":"danger")";
    if (button.confirm) out += R"(,"confirm":)" + confirm_object(*button.confirm);
    return out + "}";
}

std::string option_object(const Option& option) {
    return R"({"text":)" + plain_object(option.text, limits::option) + R"(,"value":)" +
           json_string(text::shortened(option.value, limits::option_value)) + "}";
}

// "a,b,c" of the first `most` items that are not empty.
template <class Items, class Draw>
std::string drawn_list(const Items& items, std::size_t most, Draw draw) {
    std::string out;
    std::size_t count = 0;
    for (const auto& item : items) {
        if (count == most) break;
        const std::string text = draw(item);
        if (text.empty()) continue;
        if (count++ > 0) out += ',';
        out += text;
    }
    return out;
}

std::string input_block(std::string_view id, std::string_view label, const std::string& element) {
    return R"({"type":"input","block_id":)" + json_string(id) + R"(,"label":)" +
           plain_object(label, limits::label) + R"(,"element":)" + element;
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

void Blocks::add(std::string_view block) {
    const auto limit = surface_ == Surface::view ? limits::view_blocks : limits::message_blocks;
    if (count_ == limit) return;
    if (count_++ > 0) text_ += ',';
    text_ += block;
}

Blocks& Blocks::header(std::string_view plain_text) {
    used_ += std::min(text::code_points(plain_text), limits::header);
    add(R"({"type":"header","text":)" + plain_object(plain_text, limits::header) + "}");
    return *this;
}

Blocks& Blocks::section(std::string_view text) {
    const auto shown = taken(text, limits::section);
    if (!shown.empty()) add(R"({"type":"section","text":)" + mrkdwn_object(shown) + "}");
    return *this;
}

Blocks& Blocks::picture(std::string_view file, std::string_view alt, std::string_view title) {
    add(R"({"type":"image","slack_file":{"id":)" + json_string(file) + R"(},"alt_text":)" +
        json_string(plain(alt, limits::alt_text)) + R"(,"title":)" + plain_object(title, limits::alt_text) +
        "}");
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

std::string Blocks::mrkdwn_list(const std::vector<std::string>& texts, std::size_t most) {
    return drawn_list(texts, most, [this](std::string_view text) {
        const auto shown = taken(text, limits::field);
        return shown.empty() ? shown : mrkdwn_object(shown);
    });
}

Blocks& Blocks::fields(const std::vector<std::string>& texts) {
    const auto list = mrkdwn_list(texts, limits::fields);
    if (!list.empty()) add(R"({"type":"section","fields":[)" + list + "]}");
    return *this;
}

Blocks& Blocks::context(const std::vector<std::string>& texts) {
    const auto list = mrkdwn_list(texts, limits::context_elements);
    if (!list.empty()) add(R"({"type":"context","elements":[)" + list + "]}");
    return *this;
}

Blocks& Blocks::divider() {
    add(R"({"type":"divider"})");
    return *this;
}

Blocks& Blocks::actions(std::string_view block_id, const std::vector<Button>& buttons) {
    const auto list = drawn_list(buttons, limits::actions, button_object);
    if (!list.empty())
        add(R"({"type":"actions","block_id":)" + json_string(block_id) + R"(,"elements":[)" + list + "]}");
    return *this;
}

Blocks& Blocks::text_input(const TextInput& input) {
    const auto most = std::min(input.max_length, limits::input);
    std::string element = R"({"type":"plain_text_input","action_id":)" + json_string(input.id) +
                          R"(,"multiline":)" + (input.multiline ? "true" : "false") + R"(,"max_length":)" +
                          std::to_string(most);
    if (!input.optional) element += R"(,"min_length":1)";
    if (!input.placeholder.empty())
        element += R"(,"placeholder":)" + plain_object(input.placeholder, limits::placeholder);
    if (!input.initial.empty()) element += R"(,"initial_value":)" + json_string(plain(input.initial, most));
    auto block = input_block(input.id, input.label, element + "}");
    if (input.optional) block += R"(,"optional":true)";
    if (!input.hint.empty()) block += R"(,"hint":)" + plain_object(input.hint, limits::label);
    add(block + "}");
    return *this;
}

Blocks& Blocks::select_input(std::string_view id, std::string_view label, const std::vector<Option>& options,
                             std::string_view initial) {
    if (options.empty()) return *this;
    const auto list = drawn_list(options, limits::options, option_object);
    // Only what is shown can be chosen.
    const auto end = options.begin() + static_cast<std::ptrdiff_t>(std::min(options.size(), limits::options));
    const auto chosen =
        std::find_if(options.begin(), end, [&](const auto& one) { return one.value == initial; });
    const auto element = R"({"type":"static_select","action_id":)" + json_string(id) +
                         R"(,"initial_option":)" + option_object(chosen == end ? options.front() : *chosen) +
                         R"(,"options":[)" + list + "]}";
    add(input_block(id, label, element) + "}");
    return *this;
}

Blocks& Blocks::user_input(std::string_view id, std::string_view label, const UserId& initial) {
    auto element = R"({"type":"users_select","action_id":)" + json_string(id);
    if (!initial.empty()) element += R"(,"initial_user":)" + json_string(initial.value);
    add(input_block(id, label, element + "}") + R"(,"optional":true})");
    return *this;
}

Blocks& Blocks::people_input(std::string_view id, std::string_view label, std::string_view hint,
                             std::string_view initial) {
    auto element = R"({"type":"multi_users_select","action_id":)" + json_string(id);
    const auto chosen = drawn_list(text::words(initial), limits::options,
                                   [](std::string_view user) { return json_string(user); });
    if (!chosen.empty()) element += R"(,"initial_users":[)" + chosen + "]";
    add(input_block(id, label, element + "}") + R"(,"optional":true,"hint":)" +
        plain_object(hint, limits::label) + "}");
    return *this;
}

Blocks& Blocks::date_input(std::string_view id, std::string_view label, std::string_view hint) {
    const auto element = R"({"type":"datepicker","action_id":)" + json_string(id) + "}";
    add(input_block(id, label, element) + R"(,"optional":true,"hint":)" + plain_object(hint, limits::label) +
        "}");
    return *this;
}

std::string modal(const Modal& modal, const Blocks& blocks) {
    return R"({"type":"modal","callback_id":)" + json_string(modal.callback_id) + R"(,"title":)" +
           plain_object(modal.title, limits::view_title) +
           (modal.submit.empty() ? "" : R"(,"submit":)" + plain_object(modal.submit, limits::view_title)) +
           R"(,"close":)" + plain_object(modal.close, limits::view_title) + R"(,"private_metadata":)" +
           json_string(text::shortened(modal.private_metadata, limits::metadata)) + R"(,"blocks":)" +
           blocks.json() + "}";
}

}  // namespace countersign::handlers::views
