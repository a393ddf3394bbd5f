#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace countersign::log {

enum class Level { debug, info, notice, warning, error };

// One field of a line. Values are redacted, control characters escaped, and quoted where needed.
struct Field {
    Field(std::string_view name, std::string_view said) : key(name), value(said) {}
    Field(std::string_view name, const char* said) : key(name), value(said) {}
    Field(std::string_view name, const std::string& said) : key(name), value(said) {}
    Field(std::string_view name, bool said) : key(name), value(said ? "true" : "false") {}
    template <class Number>
        requires(std::is_arithmetic_v<Number> && !std::is_same_v<Number, bool>)
    Field(std::string_view name, Number said) : key(name), value(std::to_string(said)) {}

    std::string key;
    std::string value;
};

// One event a line on stderr: `event=ready connections=2`. Under journald ($JOURNAL_STREAM is set) the line
// starts with the priority prefix `<N>`. Safe from any thread.
void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});

inline void debug(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::debug, event, fields);
}
inline void info(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::info, event, fields);
}
inline void notice(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::notice, event, fields);
}
inline void warning(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::warning, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::error, event, fields);
}

// Lines below this level are dropped. Default: info.
void set_level(Level level);

// Tests: every following line is also handed to `sink` (without prefix); nullptr ends it.
using Sink = void (*)(void* context, std::string_view line);
void capture(Sink sink, void* context);

}  // namespace countersign::log
