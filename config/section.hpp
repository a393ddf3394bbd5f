#pragma once

#include "config/document.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::config {

// Where all problems of one file are gathered.
struct Problems {
    std::string file;
    std::vector<Problem> found;
    void add(int line, std::string key, std::string text);
};

// One table of the file while it is read. Each getter notes its key as known, so that `finish` can name the
// rest.
class Section {
  public:
    // `node` may be null: an absent section, every key then keeps its default.
    Section(const Node* node, std::string path, Problems& problems);

    [[nodiscard]] std::string text(std::string_view key, std::string fallback);
    // Nothing when absent or, with a problem noted, of another type.
    [[nodiscard]] std::optional<std::string> text(std::string_view key);
    // The same, and a problem when the key is missing.
    [[nodiscard]] std::optional<std::string> required_text(std::string_view key, std::string_view expected);
    [[nodiscard]] std::int64_t integer(std::string_view key, std::int64_t fallback, std::int64_t least,
                                       std::int64_t most);
    [[nodiscard]] double number(std::string_view key, double fallback, double least, double most);
    [[nodiscard]] bool boolean(std::string_view key, bool fallback);
    [[nodiscard]] std::optional<std::vector<std::string>> texts(std::string_view key);
    [[nodiscard]] std::vector<std::int64_t> integers(std::string_view key);
    // A table below this one; null when absent.
    [[nodiscard]] const Node* table(std::string_view key);
    // `[[key]]`; empty when absent.
    [[nodiscard]] std::vector<const Node*> tables(std::string_view key);

    [[nodiscard]] bool has(std::string_view key) const { return find(key) != nullptr; }
    // A problem when the key is missing.
    void require(std::string_view key, std::string_view expected);
    // A problem with a key's value, at its line.
    void problem(std::string_view key, std::string text);
    // Names every key that no getter asked for.
    void finish();

    [[nodiscard]] int line() const { return line_; }
    [[nodiscard]] std::string path_of(std::string_view key) const;

  private:
    [[nodiscard]] const Entry* find(std::string_view key) const;
    const Entry* take(std::string_view key);
    void wrong_type(const Entry& entry, const Node& found, std::string_view expected);

    const std::vector<Entry>* entries_ = nullptr;
    std::string path_;
    int line_ = 1;
    Problems* problems_;
    std::set<std::string, std::less<>> known_;
};

}  // namespace countersign::config
