#include "config/section.hpp"

#include "config/base/text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace countersign::config {

void Problems::add(int line, std::string key, std::string text) {
    found.push_back({file, line, std::move(key), std::move(text)});
}

Section::Section(const Node* node, std::string path, Problems& problems)
    : path_(std::move(path)), problems_(&problems) {
    if (node == nullptr) return;
    entries_ = std::get_if<std::vector<Entry>>(&node->value);
    line_ = std::max(1, node->line);
}

std::string Section::path_of(std::string_view key) const {
    return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

const Entry* Section::find(std::string_view key) const {
    if (entries_ == nullptr) return nullptr;
    for (const Entry& entry : *entries_)
        if (entry.key == key) return &entry;
    return nullptr;
}

const Entry* Section::take(std::string_view key) {
    known_.emplace(key);
    return find(key);
}

void Section::wrong_type(const Entry& entry, const Node& found, std::string_view expected) {
    problems_->add(found.line > 0 ? found.line : entry.line, path_of(entry.key),
                   fmt::format("is {}; expected {}", found.kind(), expected));
}

std::optional<std::string> Section::text(std::string_view key) {
    const Entry* entry = take(key);
    if (entry == nullptr) return std::nullopt;
    if (const auto* value = std::get_if<std::string>(&entry->node.value)) return *value;
    wrong_type(*entry, entry->node, "a string");
    return std::nullopt;
}

std::optional<std::string> Section::required_text(std::string_view key, std::string_view expected) {
    require(key, expected);
    return text(key);
}

std::string Section::text(std::string_view key, std::string fallback) {
    return text(key).value_or(std::move(fallback));
}

std::int64_t Section::integer(std::string_view key, std::int64_t fallback, std::int64_t least,
                              std::int64_t most) {
    const Entry* entry = take(key);
    if (entry == nullptr) return fallback;
    const std::string expected = fmt::format("a whole number from {} to {}", least, most);
    const auto* value = std::get_if<std::int64_t>(&entry->node.value);
    if (value == nullptr) {
        wrong_type(*entry, entry->node, expected);
        return fallback;
    }
    if (*value >= least && *value <= most) return *value;
    problem(key, fmt::format("is {}; expected {}", *value, expected));
    return fallback;
}

double Section::number(std::string_view key, double fallback, double least, double most) {
    const Entry* entry = take(key);
    if (entry == nullptr) return fallback;
    const std::string expected = fmt::format("a number from {} to {}", least, most);
    double value = 0;
    if (const auto* real = std::get_if<double>(&entry->node.value)) {
        value = *real;
    } else if (const auto* whole = std::get_if<std::int64_t>(&entry->node.value)) {
        value = static_cast<double>(*whole);
    } else {
        wrong_type(*entry, entry->node, expected);
        return fallback;
    }
    if (value >= least && value <= most) return value;  // false for NaN
    problem(key, fmt::format("is {}; expected {}", value, expected));
    return fallback;
}

bool Section::boolean(std::string_view key, bool fallback) {
    const Entry* entry = take(key);
    if (entry == nullptr) return fallback;
    if (const auto* value = std::get_if<bool>(&entry->node.value)) return *value;
    wrong_type(*entry, entry->node, "true or false");
    return fallback;
}

std::optional<std::vector<std::string>> Section::texts(std::string_view key) {
    const Entry* entry = take(key);
    if (entry == nullptr) return std::nullopt;
    const auto* list = std::get_if<std::vector<Node>>(&entry->node.value);
    if (list == nullptr) {
        wrong_type(*entry, entry->node, "a list of strings");
        return std::nullopt;
    }
    std::vector<std::string> out;
    for (const Node& element : *list) {
        const auto* value = std::get_if<std::string>(&element.value);
        if (value == nullptr) {
            wrong_type(*entry, element, "a list of strings only");
            return std::nullopt;
        }
        out.push_back(*value);
    }
    return out;
}

std::vector<std::int64_t> Section::integers(std::string_view key) {
    const Entry* entry = take(key);
    if (entry == nullptr) return {};
    std::vector<std::int64_t> out;
    const auto* list = std::get_if<std::vector<Node>>(&entry->node.value);
    if (list == nullptr) {
        wrong_type(*entry, entry->node, "a list of whole numbers");
        return out;
    }
    for (const Node& element : *list) {
        if (const auto* value = std::get_if<std::int64_t>(&element.value))
            out.push_back(*value);
        else
            wrong_type(*entry, element, "a list of whole numbers only");
    }
    return out;
}

const Node* Section::table(std::string_view key) {
    const Entry* entry = take(key);
    if (entry == nullptr) return nullptr;
    if (std::holds_alternative<std::vector<Entry>>(entry->node.value)) return &entry->node;
    wrong_type(*entry, entry->node, fmt::format("a section [{}]", path_of(key)));
    return nullptr;
}

std::vector<const Node*> Section::tables(std::string_view key) {
    const Entry* entry = take(key);
    if (entry == nullptr) return {};
    std::vector<const Node*> out;
    const std::string expected = fmt::format("sections [[{}]]", path_of(key));
    const auto* list = std::get_if<std::vector<Node>>(&entry->node.value);
    if (list == nullptr) {
        wrong_type(*entry, entry->node, expected);
        return out;
    }
    for (const Node& element : *list) {
        if (std::holds_alternative<std::vector<Entry>>(element.value))
            out.push_back(&element);
        else
            wrong_type(*entry, element, expected);
    }
    return out;
}

void Section::require(std::string_view key, std::string_view expected) {
    known_.emplace(key);
    if (!has(key)) problems_->add(line_, path_of(key), fmt::format("is missing; expected {}", expected));
}

void Section::problem(std::string_view key, std::string text) {
    const Entry* entry = find(key);
    problems_->add(entry == nullptr ? line_ : entry->line, path_of(key), std::move(text));
}

void Section::finish() {
    if (entries_ == nullptr) return;
    const std::vector<std::string_view> candidates(known_.begin(), known_.end());
    const std::vector<std::string> names(known_.begin(), known_.end());
    for (const Entry& entry : *entries_) {
        if (known_.contains(entry.key)) continue;
        const std::string_view near = text::nearest(entry.key, candidates);
        const std::string key = path_of(text::shortened(text::cleaned(entry.key), 60));
        problems_->add(entry.line, key,
                       near.empty()
                           ? fmt::format("unknown key; expected one of {}", text::joined(names, ", "))
                           : fmt::format("unknown key; expected {}, the nearest known one", path_of(near)));
    }
}

}  // namespace countersign::config
