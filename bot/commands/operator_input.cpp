#include "bot/commands/operator_input.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <cerrno>
#include <fstream>
#include <ostream>
#include <pwd.h>
#include <termios.h>
#include <unistd.h>

namespace countersign::bot::commands {
namespace {

constexpr std::size_t longest_line = 64UL * 1024;

// What is typed is not shown until the object goes.
class Silence {
  public:
    Silence() {
        if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
        auto silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        active_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
    }
    Silence(const Silence&) = delete;
    Silence& operator=(const Silence&) = delete;
    ~Silence() {
        if (active_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }

  private:
    termios before_{};
    bool active_ = false;
};

// Byte by byte: what stands behind the line is for the next question.
Result<std::string> line_of_input() {
    std::string line;
    line.reserve(longest_line);  // never moved, so that no copy of a secret stays behind
    for (char letter = 0; line.size() < longest_line;) {
        const auto length = ::read(STDIN_FILENO, &letter, 1);
        if (length < 0 && errno == EINTR) continue;
        if (length <= 0 && line.empty()) return fail(Errc::invalid_argument, "standard input is empty");
        if (length <= 0 || letter == '\n') {
            if (line.ends_with('\r')) line.pop_back();
            return line;
        }
        line.push_back(letter);
    }
    return fail(Errc::too_large, "the line on standard input is too long");
}

void ask(const Call& call, std::string_view question) {
    if (::isatty(STDIN_FILENO) != 0) call.err << question << ": " << std::flush;
}

}  // namespace

Result<std::string> read_line(const Call& call, std::string_view question) {
    ask(call, question);
    return line_of_input();
}

Result<Secret> read_secret_line(const Call& call, std::string_view question) {
    ask(call, question);
    auto line = [] {
        const Silence silence;
        return line_of_input();
    }();
    if (::isatty(STDIN_FILENO) != 0) call.err << '\n';
    if (!line) return std::unexpected(line.error());
    Secret secret(*line);
    OPENSSL_cleanse(line->data(), line->size());
    return secret;
}

Result<Secret> read_secret_file(const std::string& file) {
    std::ifstream in(file);
    std::string line;
    line.reserve(longest_line);
    if (!in || !std::getline(in, line) || line.empty())
        return fail(Errc::invalid_argument, file + ": is empty or cannot be read; expected a secret in it");
    if (line.ends_with('\r')) line.pop_back();
    Secret secret(line);
    OPENSSL_cleanse(line.data(), line.size());
    return secret;
}

std::string operator_name() {
    const passwd* entry = ::getpwuid(::getuid());
    return entry == nullptr ? fmt::format("operator:{}", ::getuid())
                            : fmt::format("operator:{}", entry->pw_name);
}

}  // namespace countersign::bot::commands
