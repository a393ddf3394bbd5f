#pragma once

#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace countersign::storage {

// Owns a file descriptor.
class Descriptor {
  public:
    explicit Descriptor(int value) : value_(value) {}
    Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
    Descriptor& operator=(Descriptor other) noexcept {
        std::swap(value_, other.value_);
        return *this;
    }
    ~Descriptor() {
        if (value_ >= 0) ::close(value_);
    }
    explicit operator bool() const { return value_ >= 0; }
    [[nodiscard]] int get() const { return value_; }

  private:
    int value_;
};

// A root operator must not leave files that the daemon's user cannot open.
inline void give_to_owner_of_directory(const std::filesystem::path& file) {
    struct stat facts{};
    if (::geteuid() != 0 ||
        ::stat(file.parent_path().empty() ? "." : file.parent_path().c_str(), &facts) != 0)
        return;
    [[maybe_unused]] const int given = ::lchown(file.c_str(), facts.st_uid, facts.st_gid);
}

}  // namespace countersign::storage
