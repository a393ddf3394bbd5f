// Preloaded into the daemon: while the file that FAULTY_DISK names holds a number, every write at an offset
// (which is how SQLite writes) fails with that errno. A disk that fills up or turns read-only under a running
// program cannot be had otherwise without rights over the machine.
#include <cerrno>
#include <cstdlib>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

namespace {

int wanted_error() {
    static const char* const path = std::getenv("FAULTY_DISK");
    if (path == nullptr) return 0;
    const int file = ::open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    char text[16] = {};
    const auto length = ::read(file, text, sizeof(text) - 1);
    ::close(file);
    return length > 0 ? std::atoi(text) : 0;
}

}  // namespace

extern "C" ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t at) {
    using Write = ssize_t (*)(int, const void*, size_t, off64_t);
    static const auto real = reinterpret_cast<Write>(::dlsym(RTLD_NEXT, "pwrite64"));
    if (const int error = wanted_error(); error != 0) {
        errno = error;
        return -1;
    }
    return real(file, bytes, count, at);
}
