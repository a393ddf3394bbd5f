#include "tests/support/child_process.hpp"

#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

extern "C" {
#include <sys/pidfd.h>  // glibc 2.36 forgot to say that these are C functions
}

namespace countersign::tests {
namespace {

[[noreturn]] void fail_with_errno(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

class Descriptor {
  public:
    explicit Descriptor(int value = -1) : value_(value) {}
    Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
    Descriptor& operator=(Descriptor other) noexcept {
        std::swap(value_, other.value_);
        return *this;
    }
    ~Descriptor() {
        if (value_ >= 0) ::close(value_);
    }
    [[nodiscard]] int get() const { return value_; }

  private:
    int value_;
};

struct Pipe {
    Descriptor read, write;
    Pipe() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail_with_errno("pipe2");
        read = Descriptor(ends[0]);
        write = Descriptor(ends[1]);
    }
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (auto& text : texts)
        out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

}  // namespace

struct ChildProcess::Impl {
    pid_t pid = -1;
    Descriptor pidfd, in;
    Pipe out, err;
    std::jthread reader;

    mutable std::mutex mutex;
    std::condition_variable changed;
    std::string output, errors;
    bool drained = false;
    std::optional<int> code;

    // Returns once both pipes are closed, which the end of the process sees to.
    void read_all() {
        std::array<pollfd, 2> polled{{{out.read.get(), POLLIN, 0}, {err.read.get(), POLLIN, 0}}};
        std::array<std::string*, 2> into{&output, &errors};
        while (polled[0].fd >= 0 || polled[1].fd >= 0) {
            if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) break;
            for (std::size_t at = 0; at < polled.size(); ++at) {
                if (polled[at].fd < 0 || polled[at].revents == 0) continue;
                std::array<char, 16384> buffer{};
                const auto length = ::read(polled[at].fd, buffer.data(), buffer.size());
                const std::scoped_lock lock(mutex);
                if (length > 0)
                    into[at]->append(buffer.data(), static_cast<std::size_t>(length));
                else if (length == 0 || errno != EINTR)
                    polled[at].fd = -1;
                changed.notify_all();
            }
        }
        const std::scoped_lock lock(mutex);
        drained = true;
        changed.notify_all();
    }
};

ChildProcess::ChildProcess(const std::filesystem::path& program, ProcessOptions options)
    : impl_(std::make_unique<Impl>()) {
    // All memory is allocated before the fork: between fork and exec only plain system calls are safe.
    std::vector<std::string> arguments{program.string()}, environment;
    for (auto& argument : options.arguments)
        arguments.push_back(std::move(argument));
    for (const auto& [name, value] : options.environment) {
        environment.push_back(name);
        environment.back().append("=").append(value);
    }
    const auto argv = pointers(arguments), envp = pointers(environment);
    const std::string directory = options.directory.string();
    // Fits into a pipe's buffer, so that nobody has to write it while the child runs.
    Pipe in;
    if (!options.input.empty() && ::write(in.write.get(), options.input.data(), options.input.size()) !=
                                      static_cast<ssize_t>(options.input.size()))
        fail_with_errno("write");
    if (!options.types_more) in.write = Descriptor();
    const int parent = ::getpid();

    impl_->pid = ::fork();
    if (impl_->pid < 0) fail_with_errno("fork");
    if (impl_->pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) ::_exit(126);
        ::dup2(in.read.get(), STDIN_FILENO);
        ::dup2(impl_->out.write.get(), STDOUT_FILENO);
        ::dup2(impl_->err.write.get(), STDERR_FILENO);
        if (!directory.empty() && ::chdir(directory.c_str()) != 0) ::_exit(126);
        ::execve(argv[0], argv.data(), envp.data());
        ::_exit(127);
    }
    impl_->pidfd = Descriptor(::pidfd_open(impl_->pid, 0));
    if (impl_->pidfd.get() < 0) fail_with_errno("pidfd_open");
    impl_->out.write = Descriptor();
    impl_->err.write = Descriptor();
    impl_->in = std::move(in.write);
    impl_->reader = std::jthread([impl = impl_.get()] { impl->read_all(); });
}

void ChildProcess::type(const std::string& text) {
    if (::write(impl_->in.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        fail_with_errno("write");
}

ChildProcess::~ChildProcess() {
    kill();
}

bool ChildProcess::wait_for(std::string_view text, std::chrono::milliseconds limit) {
    return wait_until(
        [text](const std::string& output, const std::string& errors) {
            return output.contains(text) || errors.contains(text);
        },
        limit);
}

bool ChildProcess::wait_until(const std::function<bool(const std::string&, const std::string&)>& condition,
                              std::chrono::milliseconds limit) {
    std::unique_lock lock(impl_->mutex);
    bool met = false;
    impl_->changed.wait_for(lock, limit, [&] {
        met = condition(impl_->output, impl_->errors);
        return met || impl_->drained;
    });
    return met;
}

std::optional<int> ChildProcess::wait(std::chrono::milliseconds limit) {
    if (impl_->code) return impl_->code;
    const auto end = std::chrono::steady_clock::now() + limit;
    pollfd polled{impl_->pidfd.get(), POLLIN, 0};
    for (int ready = 0; ready <= 0;) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        if (left.count() < 0) return std::nullopt;
        ready = ::poll(&polled, 1, static_cast<int>(left.count()));
    }
    int status = 0;
    if (::waitpid(impl_->pid, &status, 0) != impl_->pid) fail_with_errno("waitpid");
    impl_->code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    impl_->reader.join();
    return impl_->code;
}

void ChildProcess::signal(int number) {
    if (!impl_->code) ::kill(impl_->pid, number);
}

std::optional<int> ChildProcess::terminate(std::chrono::milliseconds limit) {
    signal(SIGTERM);
    return wait(limit);
}

void ChildProcess::kill() {
    signal(SIGKILL);
    wait(std::chrono::minutes(1));
}

std::string ChildProcess::output() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->output;
}

std::string ChildProcess::errors() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->errors;
}

pid_t ChildProcess::pid() const {
    return impl_->pid;
}

Finished run_process(const std::filesystem::path& program, ProcessOptions options,
                     std::chrono::milliseconds limit) {
    ChildProcess process(program, std::move(options));
    const auto code = process.wait(limit);
    return {code.value_or(-1), process.output(), process.errors()};
}

}  // namespace countersign::tests
