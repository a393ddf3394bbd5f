#pragma once

#include "config/settings.hpp"

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// A TOML file as plain data with line numbers, so that one file only has to know toml++.
namespace countersign::config {

struct Node;
struct Entry;
struct Unsupported {};  // dates and times: no key of ours takes one

struct Node {
    int line = 0;
    std::variant<Unsupported, bool, std::int64_t, double, std::string, std::vector<Node>, std::vector<Entry>>
        value;

    // "a string", "a table" … for messages.
    [[nodiscard]] std::string_view kind() const;
};
struct Entry {
    std::string key;
    int line = 0;
    Node node;
};

// The entries of the file, or the one syntax error (TOML readers stop at the first).
[[nodiscard]] std::expected<Node, Problem> parse_document(std::string_view toml,
                                                          const std::filesystem::path& file);

// The text of a file; a problem when it cannot be read, is a folder, or is larger than 1 MiB.
[[nodiscard]] std::expected<std::string, std::string> read_file(const std::filesystem::path& file);

}  // namespace countersign::config
