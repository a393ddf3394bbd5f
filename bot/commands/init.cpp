#include "bot/commands/report.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace countersign::bot::commands {
namespace {

Result<void> write_new(const std::filesystem::path& file, std::string_view content) {
    const auto failed = [&](int error) {
        const auto code =
            error == EACCES || error == EPERM || error == EROFS ? Errc::forbidden : Errc::storage;
        return fail(code, fmt::format("{} cannot be written: {}", file.string(),
                                      std::generic_category().message(error)));
    };
    // Exclusive: whoever made the file meanwhile keeps it.
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (descriptor < 0 && errno == EEXIST)
        return fail(
            Errc::not_found,
            fmt::format("{} exists and was left as it is; name another file with --config", file.string()));
    if (descriptor < 0) return failed(errno);
    int error = 0;
    while (!content.empty() && error == 0) {
        const auto written = ::write(descriptor, content.data(), content.size());
        if (written >= 0)
            content.remove_prefix(static_cast<std::size_t>(written));
        else if (errno != EINTR)
            error = errno;
    }
    if (::close(descriptor) != 0 && error == 0) error = errno;
    if (error == 0) return {};
    ::unlink(file.c_str());  // half an example would be taken for a configuration
    return failed(error);
}

}  // namespace

int init(const Call& call) {
    if (call.config.has_parent_path()) {
        std::error_code error;
        std::filesystem::create_directories(call.config.parent_path(), error);
        if (error) {
            const auto code =
                error == std::errc::permission_denied || error == std::errc::read_only_file_system
                    ? Errc::forbidden
                    : Errc::storage;
            return report(
                call, Failure(code, fmt::format("{} cannot be made: {}", call.config.parent_path().string(),
                                                error.message())));
        }
    }
    if (const auto written = write_new(call.config, config::example_settings()); !written)
        return report(call, written.error());
    call.out << fmt::format(
        "Wrote {0}. Next:\n"
        "  1. Put your channel, admins, parties and trackers into it.\n"
        "  2. Create the Slack app from `countersign manifest`, install it, and store its tokens\n"
        "     (SLACK_APP_TOKEN, SLACK_BOT_TOKEN, on Enterprise SLACK_ADMIN_TOKEN).\n"
        "  3. countersign check --config {0}\n",
        call.config.string());
    return exit_ok;
}

}  // namespace countersign::bot::commands
