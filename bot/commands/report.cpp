#include "bot/commands/report.hpp"

#include "config/base/text.hpp"
#include "config/settings_for_reading.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::bot::commands {
namespace {

int exit_code_of(Errc code) {
    switch (code) {
        case Errc::forbidden:
            return exit_not_permitted;
        case Errc::conflict:
        case Errc::timeout:
        case Errc::unreachable:
        case Errc::unavailable:
        case Errc::rate_limited:
            return exit_try_again;
        default:
            return exit_no;
    }
}

}  // namespace

void print(const Call& call, const std::vector<config::Problem>& problems) {
    for (const auto& problem : problems)
        call.err << config::to_text(problem) << '\n';
}

std::optional<config::Settings> settings_for(const Call& call) {
    auto settings = config::load_settings(call.config);
    if (settings) return std::move(*settings);
    print(call, settings.error());
    return std::nullopt;
}

std::optional<config::Settings> settings_to_read(const Call& call) {
    auto read = config::load_settings_for_reading(call.config);
    if (!read) {
        print(call, read.error());
        return std::nullopt;
    }
    for (const auto& each : read->of_policy)
        call.err << "warning: " << config::to_text(each) << "; what is recorded is shown all the same\n";
    return std::move(read->settings);
}

int report(const Call& call, const Failure& failure) {
    call.err << "countersign: " << one_line(failure.text) << '\n';
    return exit_code_of(failure.code);
}

Opened open_for_reading(const Call& call) {
    auto settings = settings_to_read(call);
    if (!settings) return {std::nullopt, std::nullopt, exit_configuration};
    auto database = storage::Database::open_reader(settings->database);
    if (!database) return {std::nullopt, std::nullopt, report(call, database.error())};
    return {std::move(*database), std::move(settings), exit_ok};
}

void print_json(const Call& call, const nlohmann::ordered_json& json) {
    call.out << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

std::string one_line(std::string_view text) {
    std::string line = text::cleaned(text);
    std::ranges::replace_if(line, [](char c) { return c == '\n' || c == '\t'; }, ' ');
    return line;
}

void print_table(std::ostream& out, const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t at = 0; at < row.size(); ++at)
            widths[at] = std::max(widths[at], text::code_points(row[at]));
    }
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t at = 0; at < row.size(); ++at) {
            line += row[at];
            if (at + 1 < row.size()) line.append(widths[at] - text::code_points(row[at]) + 2, ' ');
        }
        out << line << '\n';
    }
}

}  // namespace countersign::bot::commands
