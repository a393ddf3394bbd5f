#include "bot/failpoint.hpp"

#ifdef COUNTERSIGN_FAILPOINTS

#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <string>
#include <utility>

namespace countersign::bot {
namespace {

struct Armed {
    std::string name;
    std::atomic<int> remaining{1};
};

Armed* read_environment() {
    const char* text = std::getenv("COUNTERSIGN_FAILPOINT");
    if (text == nullptr || *text == '\0') return nullptr;
    static Armed armed;
    const std::string_view spec(text);
    const auto colon = spec.find(':');
    armed.name = spec.substr(0, colon);
    if (colon != std::string_view::npos) {
        int count = 1;
        std::from_chars(spec.data() + colon + 1, spec.data() + spec.size(), count);
        armed.remaining = count;
    }
    return &armed;
}

std::function<void(std::string_view)>& simulated() {
    static std::function<void(std::string_view)> action;
    return action;
}

}  // namespace

void on_failpoint(std::function<void(std::string_view name)> action) {
    simulated() = std::move(action);
}

void failpoint(std::string_view name) {
    if (simulated()) simulated()(name);
    static Armed* const armed = read_environment();
    if (armed == nullptr || armed->name != name) return;
    if (--armed->remaining == 0) std::raise(SIGKILL);
}

}  // namespace countersign::bot

#endif
