#include "bot/commands/check_database.hpp"

#include "storage/database.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace countersign::bot::commands {
namespace {

constexpr std::uintmax_t least_space = std::uintmax_t{100} * 1024 * 1024;

std::string why_not(const std::filesystem::path& path, int mode) {
    // The effective user counts, as it does for the daemon.
    return ::faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0
               ? ""
               : std::generic_category().message(errno);
}

}  // namespace

void check_database(const std::filesystem::path& file, Findings& findings) {
    const std::string name = "database";
    const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
    if (const auto why = why_not(folder, W_OK | X_OK); !why.empty()) {
        findings.fail(name,
                      fmt::format("{} cannot be written: {}; create it for the user that runs countersign",
                                  folder.string(), why));
        return;
    }
    std::error_code error;
    if (const auto space = std::filesystem::space(folder, error); !error && space.available < least_space)
        findings.warn("disk", fmt::format("only {} MiB are free in {}", space.available / 1024 / 1024,
                                          folder.string()));
    if (!std::filesystem::exists(file, error)) {
        findings.ok(name, fmt::format("{} will be created by the first run", file.string()));
        return;
    }
    if (const auto why = why_not(file, R_OK | W_OK); !why.empty()) {
        findings.fail(
            name, fmt::format("{} cannot be written: {}; it must belong to the user that runs countersign",
                              file.string(), why));
        return;
    }
    const auto database = storage::Database::open_reader(file);
    if (!database) {
        findings.fail(name, database.error().text);
        return;
    }
    if (const auto found = database->integrity(); found != "ok")
        findings.fail(name, fmt::format("{} is damaged: {}; restore a backup", file.string(), found));
    else
        findings.ok(name, fmt::format("{} is whole and can be written (schema {})", file.string(),
                                      database->schema_version()));
}

}  // namespace countersign::bot::commands
