#include "config/base/log.hpp"

#include "config/base/clock.hpp"
#include "config/base/secret.hpp"
#include "config/base/text.hpp"
#include "config/base/utf8.hpp"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <cstdlib>
#include <mutex>

namespace countersign::log {
namespace {

// Nothing that came from outside is echoed at length (R67).
constexpr std::size_t longest_value = 2'000;

struct State {
    std::mutex mutex;
    Level level = Level::info;
    Sink sink = nullptr;
    void* context = nullptr;
    const bool journal = std::getenv("JOURNAL_STREAM") != nullptr;
    spdlog::logger stderr_logger{"countersign", std::make_shared<spdlog::sinks::stderr_sink_mt>()};

    State() {
        stderr_logger.set_pattern("%v");
        stderr_logger.set_level(spdlog::level::trace);
    }
};

// Never destroyed: threads may log until the process is gone.
State& state() {
    static auto& only = *new State;
    return only;
}

int syslog_priority(Level level) {
    switch (level) {
        case Level::debug:
            return 7;
        case Level::info:
            return 6;
        case Level::notice:
            return 5;
        case Level::warning:
            return 4;
        case Level::error:
            return 3;
    }
    return 3;
}

std::string_view name(Level level) {
    switch (level) {
        case Level::debug:
            return "debug";
        case Level::info:
            return "info";
        case Level::notice:
            return "notice";
        case Level::warning:
            return "warning";
        case Level::error:
            return "error";
    }
    return "error";
}

bool names_a_secret(std::string_view key) {
    for (const std::string_view secret :
         {"ticket", "response_url", "secret", "password", "authorization", "cookie", "verifier"})
        if (key == secret) return true;
    return false;
}

// Nothing in a value can end the line, forge a field or turn the text around.
std::string escaped(std::string_view value) {
    std::string out;
    bool quote = value.empty();
    while (!value.empty()) {
        const auto next = utf8::decode(value);
        const char32_t point = next.code_point;
        quote = quote || point == U' ' || point == U'=' || point == U'"' || point == U'\\';
        if (!next.valid) {
            utf8::append(out, point);
        } else if (point == U'\n') {
            out += "\\n";
        } else if (point == U'"' || point == U'\\') {
            out.push_back('\\');
            utf8::append(out, point);
        } else if (utf8::is_control(point) || utf8::is_bidi_control(point) || point == 0x2028 ||
                   point == 0x2029) {
            out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(point));
        } else {
            out.append(value.substr(0, next.length));
        }
        quote = quote || out.ends_with("\\n");
        value.remove_prefix(next.length);
    }
    return quote ? '"' + out + '"' : out;
}

std::string line_of(std::string_view event, std::initializer_list<Field> fields) {
    std::string line = "event=" + escaped(event);
    for (const Field& field : fields) {
        line += ' ';
        line += field.key;
        line += '=';
        line += names_a_secret(field.key) ? "[redacted]"
                                          : escaped(text::shortened(redacted(field.value), longest_value));
    }
    return line;
}

}  // namespace

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
    State& log = state();
    const std::scoped_lock lock(log.mutex);
    if (level < log.level) return;
    const std::string line = line_of(event, fields);
    // The journal keeps time and priority itself; elsewhere the line carries them, last, so that it still
    // starts with its event.
    const std::string written =
        log.journal ? fmt::format("<{}>{}", syslog_priority(level), line)
                    : fmt::format("{} level={} at={}", line, name(level), to_rfc3339(system_clock().now()));
    log.stderr_logger.log(spdlog::level::info, spdlog::string_view_t(written.data(), written.size()));
    if (log.sink != nullptr) log.sink(log.context, line);
}

void set_level(Level level) {
    const std::scoped_lock lock(state().mutex);
    state().level = level;
}

void capture(Sink sink, void* context) {
    const std::scoped_lock lock(state().mutex);
    state().sink = sink;
    state().context = context;
}

}  // namespace countersign::log
