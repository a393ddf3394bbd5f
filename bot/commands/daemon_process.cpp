#include "bot/commands/daemon_process.hpp"

#include <fmt/format.h>

#include <fstream>
#include <string>

namespace countersign::bot::commands {

std::int64_t daemon_pid(const std::filesystem::path& database) {
    std::int64_t pid = 0;
    std::ifstream(database.string() + ".lock") >> pid;
    if (pid <= 0) return 0;
    std::string name;
    std::getline(std::ifstream(fmt::format("/proc/{}/comm", pid)), name);
    return name == "countersign" ? pid : 0;
}

}  // namespace countersign::bot::commands
