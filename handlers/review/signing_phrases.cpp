#include "handlers/review/signing_phrases.hpp"

#include "config/base/text.hpp"

#include <algorithm>
#include <cmark-gfm.h>
#include <memory>

namespace countersign::handlers::review {
namespace {

// Longer than anything that is meant as a signature; some inputs take the parser a time that grows with the
// square of their length.
constexpr std::size_t longest_comment = 16'384;

struct FreeNode {
    void operator()(cmark_node* node) const noexcept { cmark_node_free(node); }
};

void read_line(const std::string& line, std::vector<SigningPhrase>& phrases) {
    const auto trimmed = text::trimmed(line);
    const auto lowered = text::lower(trimmed);
    for (const std::string_view word : {"approved:", "revoke:"}) {
        if (!lowered.starts_with(word)) continue;
        const auto party = text::trimmed(trimmed.substr(word.size()));
        if (!party.empty()) phrases.push_back({word == "approved:", std::string(party)});
    }
}

void read_paragraph(cmark_node* paragraph, std::vector<SigningPhrase>& phrases) {
    std::string line;
    bool plain = true;
    const auto end_line = [&] {
        if (plain) read_line(line, phrases);
        line.clear();
        plain = true;
    };
    for (auto* node = cmark_node_first_child(paragraph); node != nullptr; node = cmark_node_next(node)) {
        const auto type = cmark_node_get_type(node);
        if (type == CMARK_NODE_TEXT) {
            line += cmark_node_get_literal(node);
        } else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) {
            end_line();
        } else {
            plain = false;
        }
    }
    end_line();
}

}  // namespace

std::vector<SigningPhrase> signing_phrases(std::string_view markdown) {
    std::vector<SigningPhrase> phrases;
    const auto lowered = text::lower(markdown.substr(0, longest_comment + 1));
    const bool may_sign = lowered.contains("approved:") || lowered.contains("revoke:");
    if (markdown.size() > longest_comment || !may_sign) return phrases;
    const std::unique_ptr<cmark_node, FreeNode> document(
        cmark_parse_document(markdown.data(), markdown.size(), CMARK_OPT_DEFAULT));
    for (auto* block = cmark_node_first_child(document.get()); block != nullptr;
         block = cmark_node_next(block)) {
        if (cmark_node_get_type(block) == CMARK_NODE_PARAGRAPH) read_paragraph(block, phrases);
    }
    return phrases;
}

}  // namespace countersign::handlers::review
