// For the run of the stories in which the daemon is started as systemd would (tests/confine): that it is.
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <sys/resource.h>

using namespace countersign::tests;

TEST_CASE("confined: the daemon of these tests has no right left that it could lose" * doctest::skip()) {
    REQUIRE(std::getenv("COUNTERSIGN_CONFINED_BY") != nullptr);
    ReviewStory story;
    story.fixture.start();
    const std::string process = "/proc/" + std::to_string(story.fixture.pid());
    const std::string status = (std::ostringstream() << std::ifstream(process + "/status").rdbuf()).str();
    for (const char* line : {"NoNewPrivs:\t1\n", "Seccomp:\t2\n", "CapPrm:\t0000000000000000\n",
                             "CapEff:\t0000000000000000\n", "CapBnd:\t0000000000000000\n"})
        CHECK_MESSAGE(status.contains(line), status);
    CHECK_FALSE(status.contains("Uid:\t0"));
    for (const char* kind : {"user", "mnt", "ipc", "uts"}) {
        const auto space = std::string("/ns/") + kind;
        CHECK_MESSAGE(std::filesystem::read_symlink(process + space) !=
                          std::filesystem::read_symlink("/proc/self" + space),
                      kind);
    }
    rlimit core{};
    REQUIRE(::prlimit(story.fixture.pid(), RLIMIT_CORE, nullptr, &core) == 0);
    CHECK(core.rlim_max == 0);
}
