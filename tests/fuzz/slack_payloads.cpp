#include "bot/slack/envelope.hpp"
#include "config/policy.hpp"
#include "handlers/handlers.hpp"
#include "tests/support/review_office.hpp"
#include "tests/support/temp_db.hpp"

#include <cstdint>
#include <cstdlib>

// R54, R60: whatever Slack or a person sends through it, no handler throws, and what it decides can be
// written. The first byte chooses the kind of the event.
namespace {

using namespace countersign;
using handlers::EventKind;

constexpr std::array kinds{EventKind::events_api, EventKind::interactive, EventKind::slash_command,
                           EventKind::tracker_hook};

struct Company {
    Company() {
        capabilities.admin = true;
        capabilities.bot_user = UserId("U0BOT");
        capabilities.own_app = AppId("A0COUNTERSIGN");
        capabilities.enterprise = EnterpriseId("E1");
    }
    config::Settings settings = tests::review_settings();
    handlers::Capabilities capabilities;
    tests::TempDb db;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    static Company company;
    const std::string text(data + 1, data + size);
    (void)slack::read_message(text);
    (void)slack::acked_envelope(text);
    auto payload = nlohmann::json::parse(text, nullptr, false);
    // The listener and the socket take nothing else (R54).
    if (!payload.is_object()) return 0;
    const Timestamp now{std::chrono::seconds(1'795'300'000)};
    const handlers::Event event{kinds[data[0] % kinds.size()], std::move(payload), "env-1", now, 0, true};
    const storage::View view(company.db.writer());
    const auto outcome = handlers::route(event, {now, view, company.settings, company.capabilities});
    for (const auto& effect : outcome.effects)
        if (!nlohmann::json::accept(effect.args)) std::abort();
    if (!outcome.ack.empty() && !nlohmann::json::accept(outcome.ack)) std::abort();
    return 0;
}
