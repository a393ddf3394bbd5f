#include "handlers/review/check_boxes.hpp"

#include "config/base/text.hpp"

#include <array>
#include <cmark-gfm.h>
#include <memory>

namespace countersign::handlers::review {
namespace {

// Ten thousand boxes; some inputs take the parser a time that grows with the square of their length.
constexpr std::size_t longest_text = 262'144;

struct FreeNode {
    void operator()(cmark_node* node) const noexcept { cmark_node_free(node); }
};
struct FreeIterator {
    void operator()(cmark_iter* iterator) const noexcept { cmark_iter_free(iterator); }
};

bool is_inside_quote(cmark_node* node) {
    for (auto* at = cmark_node_parent(node); at != nullptr; at = cmark_node_parent(at))
        if (cmark_node_get_type(at) == CMARK_NODE_BLOCK_QUOTE) return true;
    return false;
}

// The paragraph's only line, if it is plain words.
std::optional<std::string> plain_line(cmark_node* paragraph) {
    std::string line;
    for (auto* node = cmark_node_first_child(paragraph); node != nullptr; node = cmark_node_next(node)) {
        if (cmark_node_get_type(node) != CMARK_NODE_TEXT) return std::nullopt;
        line += cmark_node_get_literal(node);
    }
    return line;
}

// Commonmark without extensions leaves the brackets as words, which is what is wanted: where it makes a link
// of them there is no box.
std::optional<CheckBox> read_box(const std::string& line) {
    if (line.size() < 5 || line[0] != '[' || line[2] != ']' || (line[3] != ' ' && line[3] != '\t'))
        return std::nullopt;
    CheckBox box{.text = std::string(text::trimmed(std::string_view(line).substr(4)))};
    switch (line[1]) {
        case ' ':
            break;
        case 'x':
        case 'X':
            box.state = CheckBox::State::ticked;
            break;
        case '~':
            box.state = CheckBox::State::crossed_out;
            break;
        default:
            return std::nullopt;
    }
    return box.text.empty() ? std::nullopt : std::optional(box);
}

}  // namespace

std::optional<std::vector<CheckBox>> check_boxes(std::string_view markdown) {
    if (markdown.size() > longest_text) return std::nullopt;
    std::vector<CheckBox> boxes;
    const std::unique_ptr<cmark_node, FreeNode> document(
        cmark_parse_document(markdown.data(), markdown.size(), CMARK_OPT_DEFAULT));
    const std::unique_ptr<cmark_iter, FreeIterator> iterator(cmark_iter_new(document.get()));
    while (cmark_iter_next(iterator.get()) != CMARK_EVENT_DONE) {
        auto* const node = cmark_iter_get_node(iterator.get());
        if (cmark_iter_get_event_type(iterator.get()) != CMARK_EVENT_ENTER ||
            cmark_node_get_type(node) != CMARK_NODE_ITEM)
            continue;
        auto* const first = cmark_node_first_child(node);
        if (first == nullptr || cmark_node_get_type(first) != CMARK_NODE_PARAGRAPH) continue;
        const auto line = plain_line(first);
        auto box = line ? read_box(*line) : std::nullopt;
        if (box && !is_inside_quote(node)) boxes.push_back(std::move(*box));
    }
    return boxes;
}

std::optional<TickNote> tick_note(std::string_view system_note) {
    for (const std::string_view start : {"marked the checklist item **", "marked the task **"}) {
        if (!system_note.starts_with(start)) continue;
        const auto rest = system_note.substr(start.size());
        for (const auto& [end, ticked] : std::to_array<std::pair<std::string_view, bool>>(
                 {{"** as completed", true}, {"** as incomplete", false}})) {
            if (rest.ends_with(end))
                return TickNote{std::string(text::trimmed(rest.substr(0, rest.size() - end.size()))), ticked};
        }
    }
    return std::nullopt;
}

}  // namespace countersign::handlers::review
