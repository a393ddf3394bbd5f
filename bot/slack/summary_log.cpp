#include "bot/slack/summary_log.hpp"

namespace countersign::slack {
namespace {

constexpr std::chrono::minutes silence{1};
constexpr std::size_t most_causes = 200;  // causes carry foreign text; they must not fill the memory either

}  // namespace

std::optional<std::uint64_t> SummaryLog::note(const std::string& cause, SteadyTime now) {
    const bool full = entries_.size() >= most_causes && !entries_.contains(cause);
    const auto [at, fresh] = entries_.try_emplace(full ? "other" : cause, Entry{now});
    Entry& entry = at->second;
    if (fresh) return 0;
    if (now - entry.written < silence) {
        ++entry.left_out;
        return std::nullopt;
    }
    const std::uint64_t left_out = entry.left_out;
    entry = Entry{now};
    return left_out;
}

}  // namespace countersign::slack
