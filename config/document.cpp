#include "config/document.hpp"

#include "config/base/secret.hpp"
#include "config/base/text.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>
#include <tuple>

namespace countersign::config {
namespace {

constexpr std::size_t largest_file = std::size_t{1024} * 1024;

Node convert(const toml::node& source) {
    Node node;
    // Lines, not names, are what a reader goes by; toml++ orders by name.
    node.line = static_cast<int>(source.source().begin.line);
    if (const auto* table = source.as_table()) {
        std::vector<Entry> entries;
        for (const auto& [key, value] : *table)
            entries.push_back(
                {std::string(key.str()), static_cast<int>(key.source().begin.line), convert(value)});
        std::ranges::sort(entries, {}, [](const Entry& entry) { return std::tie(entry.line, entry.key); });
        node.value = std::move(entries);
    } else if (const auto* array = source.as_array()) {
        std::vector<Node> elements;
        for (const auto& element : *array)
            elements.push_back(convert(element));
        node.value = std::move(elements);
    } else if (const auto* text = source.as_string()) {
        node.value = text->get();
    } else if (const auto* integer = source.as_integer()) {
        node.value = integer->get();
    } else if (const auto* real = source.as_floating_point()) {
        node.value = real->get();
    } else if (const auto* boolean = source.as_boolean()) {
        node.value = boolean->get();
    }
    return node;
}

}  // namespace

std::string_view Node::kind() const {
    constexpr std::string_view names[] = {"a date or time", "true or false", "a whole number", "a number",
                                          "a string",       "a list",        "a table"};
    return names[value.index()];
}

std::expected<Node, Problem> parse_document(std::string_view toml, const std::filesystem::path& file) {
    try {
        return convert(toml::parse(toml, std::string_view(file.native())));
    } catch (const toml::parse_error& error) {
        // The message may quote the file, and the file may hold what it should not.
        return std::unexpected(
            Problem{file.string(), static_cast<int>(error.source().begin.line), "syntax",
                    redacted(text::cleaned(error.description())) + "; expected valid TOML"});
    }
}

std::expected<std::string, std::string> read_file(const std::filesystem::path& file) {
    std::error_code error;
    if (std::filesystem::is_directory(file, error)) return std::unexpected("is a folder");
    errno = 0;
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return std::unexpected("cannot be read: " + std::generic_category().message(errno));
    std::string content{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    if (content.size() > largest_file) return std::unexpected("is larger than 1 MiB");
    return content;
}

}  // namespace countersign::config
