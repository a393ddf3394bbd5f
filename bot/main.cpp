#include "bot/command_line.hpp"

#include <cstdlib>
#include <exception>
#include <iostream>
#include <new>
#include <string_view>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace {

constexpr int try_again = 75;  // broken infrastructure: worth another try

// Work goes on after the next start, from the last commit; without memory it cannot go on here, and whatever
// unwinds by exceptions would need more of it.
[[noreturn]] void out_of_memory() {
    constexpr std::string_view line =
        "event=out_of_memory advice=\"raise MemoryMax of the service; what was not acknowledged comes "
        "again\" "
        "level=error\n";
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
    std::_Exit(try_again);
}

// A core file would hold the tokens and keys that almost every command opens (C10).
void forbid_core_files() {
    const rlimit none{0, 0};
    (void)::setrlimit(RLIMIT_CORE, &none);
    (void)::prctl(PR_SET_DUMPABLE, 0);
}

}  // namespace

int main(int argc, char** argv) {
    std::set_new_handler(out_of_memory);
    forbid_core_files();
    try {
        return countersign::bot::run_command_line(argc, argv, std::cout, std::cerr);
    } catch (const std::exception& exception) {
        std::cerr << "countersign: " << exception.what() << '\n';
        return try_again;
    }
}
