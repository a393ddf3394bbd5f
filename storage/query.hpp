#pragma once

#include "config/base/clock.hpp"
#include "config/base/ids.hpp"
#include "storage/enum_texts.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

struct sqlite3_stmt;

// For storage/*.cpp only: how SQL is run.
namespace countersign::storage {

class Database;

// SQL text with static storage: its address is the key of the connection's statement cache.
struct Sql {
    consteval Sql(const char* literal) : text(literal) {}  // NOLINT(google-explicit-constructor)
    const char* text;
};

// `static constexpr auto sql = joined_sql("SELECT ", columns, " FROM …")`; pass `sql.data()`.
template <std::size_t... Sizes>
consteval auto joined_sql(const char (&... parts)[Sizes]) {
    std::array<char, (Sizes + ...) - sizeof...(Sizes) + 1> whole{};
    std::size_t at = 0;
    const auto add = [&](const char* part, std::size_t size) {
        for (std::size_t i = 0; i + 1 < size; ++i)
            whole[at++] = part[i];
    };
    (add(parts, Sizes), ...);
    return whole;
}

// One use of a cached prepared statement: bind, step, read; put back when it goes out of scope. Text is bound
// without a copy, so what is passed as an lvalue must stay until the last step. Raw sqlite3 underneath
// because SQLiteCpp's Statement can neither bind a string_view nor be cached and reused without allocating.
// Throws SQLite::Exception.
class Query {
  public:
    Query(const Database& database, Sql sql);
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;
    ~Query();

    // All parameters, in order.
    template <class... Values>
    Query& bind(Values&&... values) {
        (put(std::forward<Values>(values)), ...);
        return *this;
    }
    // True: there is a row.
    bool step();
    // To the end; returns how many rows it changed.
    int run();

    // The columns of the present row, in order.
    template <class... Targets>
    void read(Targets&... targets) {
        int column = 0;
        (take(column++, targets), ...);
    }
    [[nodiscard]] std::int64_t number(int column) const;
    // A time that somebody changed by hand is cut to the years 1970 to 2248, so that none that is reckoned
    // with it overflows, not even in nanoseconds.
    [[nodiscard]] Timestamp time(int column) const;
    [[nodiscard]] std::string_view text(int column) const;  // valid until the next step

  private:
    template <class T>
    static constexpr bool is_optional = false;
    template <class T>
    static constexpr bool is_optional<std::optional<T>> = true;
    template <class T>
    static constexpr bool is_id = false;
    template <class Tag>
    static constexpr bool is_id<Id<Tag>> = true;

    template <class Value>
    void put(Value&& value) {
        using T = std::remove_cvref_t<Value>;
        if constexpr (is_optional<T>) {
            value ? put(*value) : put_null();
        } else if constexpr (std::is_integral_v<T>) {
            put_number(static_cast<std::int64_t>(value));
        } else if constexpr (std::is_same_v<T, Timestamp>) {
            put_number(to_millis(value));
        } else if constexpr (std::is_same_v<T, RequestId>) {
            put_number(value.value);
        } else if constexpr (std::is_enum_v<T>) {
            put_text(to_text(value), false);
        } else if constexpr (is_id<T>) {
            put_text(value.value, std::is_rvalue_reference_v<Value&&>);
        } else {
            put_text(std::string_view(value),
                     std::is_same_v<T, std::string> && std::is_rvalue_reference_v<Value&&>);
        }
    }

    template <class T>
    void take(int column, T& target) const {
        if constexpr (is_optional<T>) {
            if (is_null(column)) {
                target.reset();
            } else {
                take(column, target.emplace());
            }
        } else if constexpr (std::is_same_v<T, bool>) {
            target = number(column) != 0;
        } else if constexpr (std::is_integral_v<T>) {
            target = static_cast<T>(number(column));
        } else if constexpr (std::is_same_v<T, Timestamp>) {
            target = time(column);
        } else if constexpr (std::is_same_v<T, RequestId>) {
            target.value = number(column);
        } else if constexpr (std::is_enum_v<T>) {
            parse_text(text(column), target);
        } else if constexpr (is_id<T>) {
            target.value = text(column);
        } else {
            target = text(column);
        }
    }

    void put_null();
    void put_number(std::int64_t value);
    void put_text(std::string_view value, bool copy);
    [[nodiscard]] bool is_null(int column) const;
    void check(int code) const;

    sqlite3_stmt* statement_;
    int parameter_ = 0;
};

// `row` reads one record of the statement.
template <class Row>
auto all_rows(Query& query, Row row) {
    std::vector<decltype(row(query))> rows;
    while (query.step())
        rows.push_back(row(query));
    return rows;
}

template <class Row>
auto first_row(Query& query, Row row) -> std::optional<decltype(row(query))> {
    if (!query.step()) return std::nullopt;
    return row(query);
}

}  // namespace countersign::storage
