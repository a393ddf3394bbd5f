#pragma once

#include <filesystem>
#include <memory>
#include <string>

namespace countersign::fakes {

// PEM files of a TLS server.
struct TlsFiles {
    std::filesystem::path certificate, key;
};

// A certificate authority made for one test run. Its files live in a directory of their own, which goes with
// it.
class TestCa {
  public:
    TestCa();
    TestCa(const TestCa&) = delete;
    TestCa& operator=(const TestCa&) = delete;
    ~TestCa();

    // What a client must trust: the value of `slack.ca_file`.
    [[nodiscard]] std::filesystem::path file() const;

    // For localhost, 127.0.0.1 and ::1.
    [[nodiscard]] TlsFiles good() const;
    [[nodiscard]] TlsFiles expired() const;
    [[nodiscard]] TlsFiles not_yet_valid() const;
    // For "wrong.example" only.
    [[nodiscard]] TlsFiles wrong_host() const;
    // For localhost, but signed by nobody.
    [[nodiscard]] TlsFiles self_signed() const;

  private:
    struct Impl;
    std::filesystem::path directory_;
    std::unique_ptr<Impl> impl_;
};

}  // namespace countersign::fakes
