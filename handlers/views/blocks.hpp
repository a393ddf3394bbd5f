#pragma once

#include "config/base/ids.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::handlers::views {

// Slack's limits (domain.md §3.3). Lengths are code points.
namespace limits {
inline constexpr std::size_t message_blocks = 50, view_blocks = 100;
inline constexpr std::size_t section = 3000, field = 2000, fields = 10, header = 150, context_elements = 10;
inline constexpr std::size_t actions = 25, button = 75, value = 2000, url = 3000;
inline constexpr std::size_t confirm_title = 100, confirm_text = 300, confirm_button = 30;
inline constexpr std::size_t view_title = 24, metadata = 3000, label = 2000, placeholder = 150, input = 3000;
inline constexpr std::size_t alt_text = 2000;
inline constexpr std::size_t option = 75, option_value = 150, options = 100;
// Not documented: messages fail near 13,000 with msg_blocks_too_long although each block is legal.
inline constexpr std::size_t message_text = 12000;
// Ours, for the `text` of a message.
inline constexpr std::size_t fallback = 4000;
}  // namespace limits

enum class Style { normal, primary, danger };

struct Confirm {
    std::string title, text, confirm, deny;  // plain
};

struct Button {
    std::string_view action_id;
    std::string text;  // plain
    std::string value;
    Style style = Style::normal;
    std::optional<Confirm> confirm = {};
};

struct Option {
    std::string text;  // plain
    std::string value;
};

struct TextInput {
    std::string_view id;  // block_id and action_id
    std::string label;
    std::string hint = {};
    std::string placeholder = {};
    std::string initial = {};
    bool multiline = false;
    bool optional = false;
    std::size_t max_length = limits::input;
};

// Builds the `blocks` of a message or view. Whatever goes in, what comes out is within Slack's limits: texts
// are cut at a safe place, empty ones left out, blocks beyond the limit dropped. Text is mrkdwn unless named
// plain; the caller makes untrusted parts inert. URLs and names in it are left as they are (`verbatim`).
class Blocks {
  public:
    enum class Surface { message, view };
    explicit Blocks(Surface surface = Surface::message) : surface_(surface) {}

    Blocks& header(std::string_view plain_text);
    Blocks& section(std::string_view text);
    // As many lines to a section as fit.
    Blocks& lines(const std::vector<std::string>& texts);
    Blocks& fields(const std::vector<std::string>& texts);
    Blocks& context(const std::vector<std::string>& texts);
    Blocks& divider();
    // A picture that was uploaded to Slack, by its file id.
    Blocks& picture(std::string_view file, std::string_view alt, std::string_view title);
    Blocks& actions(std::string_view block_id, const std::vector<Button>& buttons);
    Blocks& text_input(const TextInput& input);
    // `initial`: the value of the option that is chosen at first; the first one without.
    Blocks& select_input(std::string_view id, std::string_view label, const std::vector<Option>& options,
                         std::string_view initial = {});
    Blocks& user_input(std::string_view id, std::string_view label, const UserId& initial);  // optional
    // Several people, optional; `initial`: ids separated by spaces.
    Blocks& people_input(std::string_view id, std::string_view label, std::string_view hint,
                         std::string_view initial);

    Blocks& date_input(std::string_view id, std::string_view label, std::string_view hint);  // optional

    // Room left before a message would be too long.
    [[nodiscard]] std::size_t room() const;
    [[nodiscard]] std::string json() const { return "[" + text_ + "]"; }

  private:
    void add(std::string_view block);
    [[nodiscard]] std::string mrkdwn_list(const std::vector<std::string>& texts, std::size_t most);
    [[nodiscard]] std::string taken(std::string_view text, std::size_t limit);

    Surface surface_;
    std::string text_;
    std::size_t count_ = 0;
    std::size_t used_ = 0;
};

struct Modal {
    std::string_view callback_id;
    std::string title, submit = {}, close = "Cancel";  // without submit: only to be read
    std::string private_metadata = {};
};
// The whole view as JSON text.
[[nodiscard]] std::string modal(const Modal& modal, const Blocks& blocks);

}  // namespace countersign::handlers::views
