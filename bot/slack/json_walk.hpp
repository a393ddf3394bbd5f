#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::slack {

// Reads JSON without building anything: the exact grammar (RFC 8259, UTF-8 included), numbers that a double
// can hold, one pass, no recursion. Only members of the top object, and of the objects in it that the visitor
// wants to enter, are reported.
struct JsonValue {
    enum class Kind { string, number, boolean, null, object, array } kind = Kind::null;
    std::string_view
        raw;  // as in the text; a string's is what stands between the quotes; empty for containers

    // Empty unless it is a string.
    [[nodiscard]] std::string text() const;
    // Whole numbers that fit, else nullopt.
    [[nodiscard]] std::optional<std::int64_t> integer() const;
    [[nodiscard]] bool is_true() const { return kind == Kind::boolean && raw == "true"; }
};

class JsonVisitor {
  public:
    virtual ~JsonVisitor() = default;
    // `parent` is empty for members of the top object. For an object, true means: report its members too
    // (one level only). Repeated keys are reported each time; JSON readers let the last one win.
    virtual bool member(std::string_view parent, std::string_view key, const JsonValue& value) = 0;
};

enum class JsonShape {
    object,    // one complete object
    other,     // complete and valid, but a scalar or an array
    too_deep,  // nested deeper than 64: read to its end without a look inside (R54)
    too_many,  // more values than the caller wants to have built; all members were reported
    invalid,   // not JSON; members before the fault were reported
};
[[nodiscard]] JsonShape walk_json(std::string_view text, JsonVisitor& visitor,
                                  std::size_t most_values = std::numeric_limits<std::size_t>::max());

// The string as a JSON literal, quotes included.
[[nodiscard]] std::string json_quoted(std::string_view text);

}  // namespace countersign::slack
