#include "tests/support/installed_world.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

// domain.md §8.6, invariant 8, over random sequences in which people become admins and stop being it between
// the opening of a form and its submit.
using namespace countersign;
using namespace countersign::tests;

namespace {

const std::vector<std::string> everybody{"U0EMP", "U0LEGAL", "U0SEC1", "U0EVIL", "U0OUT", "U0ADMIN"};

class Company : public InstalledWorld {
    int pick(std::size_t below) { return static_cast<int>(random_() % below); }
    template <class Range>
    const auto& one_of(const Range& range) {
        return range[static_cast<std::size_t>(pick(range.size()))];
    }

  public:
    int removed = 0, refused = 0;

    explicit Company(unsigned seed) : random_(seed) {
        for (const auto* id : {"a1", "a2", "a3"})
            store(id, "GitLab " + std::string(id));
        for (const auto* app : {"A1", "A2", "A3"}) {
            storage::InventoryEntry entry;
            entry.app_id = AppId(app);
            entry.team_id = TeamId("T1");
            entry.app_name = "App " + std::string(app);
            entry.owner = UserId(one_of(everybody));
            put(storage::SaveInventoryEntry{entry});
        }
        inspect = [this](const handlers::Event& event, const handlers::Outcome& outcome) {
            check(event, outcome);
        };
    }

    void step() {
        const auto& user = one_of(everybody);
        switch (pick(8)) {
            case 0:
                change_admins();
                break;
            case 1:
            case 2:
                open(user);
                break;
            case 3:
                submit(user, ids::form_uninstall, one_of(targets_), {{"name", one_of(names_)}});
                break;
            case 4:
                press_with(user, one_of(buttons_), one_of(targets_), "C0ITALARMS", "1.0001");
                break;
            case 5:
                pass(std::chrono::hours(pick(100)));
                run();
                break;
            default:
                submit_opened(user);
        }
    }

  private:
    void change_admins() {
        auto& admins = settings.review.admins;
        const auto& user = one_of(everybody);
        const auto at = std::ranges::find(admins, user);
        if (at == admins.end())
            admins.push_back(user);
        else
            admins.erase(at);
    }

    void open(const std::string& user) {
        const auto outcome = type(user, (pick(2) == 0 ? "remove " : "uninstall ") + one_of(names_));
        for (const auto& effect : outcome.effects)
            if (effect.method == "views.open") opened_.push_back(Json::parse(effect.args).at("view"));
    }

    // By whoever: Slack's signature says who pressed, not who was shown the form.
    void submit_opened(const std::string& user) {
        if (opened_.empty()) return;
        const auto view = one_of(opened_);
        submit(user, view["callback_id"].get<std::string>(), view["private_metadata"].get<std::string>(),
               {{"name", one_of(names_)}});
    }

    void check(const handlers::Event& event, const handlers::Outcome& outcome) {
        const std::string user = event.kind == handlers::EventKind::slash_command ? event.payload["user_id"]
                                 : event.kind == handlers::EventKind::interactive
                                     ? event.payload["user"]["id"]
                                     : Json("");
        const auto& admins = settings.review.admins;
        const bool is_admin = std::ranges::find(admins, user) != admins.end();
        int deeds = 0;
        for (const auto& change : outcome.changes) {
            const auto* installed = std::get_if<storage::ChangeInstalled>(&change);
            if (installed == nullptr) continue;
            deeds += std::holds_alternative<storage::RemoveAuthorization>(installed->change) ||
                             std::holds_alternative<storage::RemoveInventoryEntry>(installed->change)
                         ? 1
                         : 0;
        }
        for (const auto& note : outcome.audit) {
            deeds += note.action == "inventory.uninstall_announced" ? 1 : 0;
            refused += note.action == "press.refused" ? 1 : 0;
        }
        for (const auto& effect : outcome.effects)
            deeds += effect.method == "account.revoke" ? 1 : 0;
        removed += deeds;
        CAPTURE(event.payload.dump());
        if (deeds > 0) CHECK_MESSAGE(is_admin, user << " has removed or revoked something");
    }

    std::mt19937 random_;
    std::vector<Json> opened_;
    const std::vector<std::string> names_{"GitLab a1", "GitLab a2", "GitLab a3",
                                          "App A1",    "App A2",    "App A3"};
    const std::vector<std::string> targets_{"app:A1/T1",        "app:A2/T1", "app:A3/T1",
                                            "authorization:a1", "",          "nonsense"};
    const std::vector<std::string_view> buttons_{
        ids::app_needed,
        ids::app_not_needed,
        ids::stop_uninstall,
    };
};

}  // namespace

TEST_CASE("domain.md 8.6: nothing installed is removed or revoked by who is no admin at the submit") {
    int removed = 0, refused = 0;
    for (unsigned seed = 1; seed <= 40; ++seed) {
        CAPTURE(seed);
        Company company(seed);
        for (int i = 0; i < 60; ++i)
            company.step();
        removed += company.removed;
        refused += company.refused;
    }
    // A property of a world in which nothing is ever removed proves nothing.
    CHECK(removed >= 20);
    CHECK(refused >= 100);
}
