#pragma once

#include "storage/installed_view.hpp"
#include "tests/support/review_world.hpp"

#include <string>

// Stored authorizations and what is built on them, in the small company of tests without sockets.
namespace countersign::tests {

class InstalledWorld : public ReviewWorld {
  public:
    explicit InstalledWorld(config::Settings given = review_settings()) : ReviewWorld(std::move(given)) {
        start();
        for (const auto* id : {"U0EMP", "U0LEGAL", "U0SEC1", "U0EVIL", "U0OUT", "U0ADMIN"}) {
            storage::Person person;  // a member, read long ago
            person.id = UserId(id);
            storage::apply(db.writer(), storage::SavePerson{person}, clock.now());
        }
    }

    void put(const storage::InstalledChange& change) { storage::apply(db.writer(), change, clock.now()); }

    [[nodiscard]] storage::Authorization make(const std::string& id, const std::string& name) const {
        storage::Authorization row;
        row.id = id;
        row.name = name;
        row.url = "https://gitlab.com";
        row.account = "bot";
        row.account_id = "7";
        row.added_by = "operator:root";
        row.state = storage::AuthorizationState::active;
        row.fingerprint = "0a0b0c0d";
        row.added_at = row.state_since = clock.now();
        return row;
    }
    void store(const std::string& id, const std::string& name) {
        put(storage::SaveAuthorization{make(id, name)});
    }
    void store_slack(const std::string& id, const std::string& name) {
        auto row = make(id, name);
        row.kind = storage::AuthorizationKind::slack;
        row.url = "https://slack.com";
        put(storage::SaveAuthorization{row});
    }
    [[nodiscard]] storage::Authorization authorization(const std::string& id) {
        return view().installed().authorization(id).value();
    }
    [[nodiscard]] std::vector<storage::Integration> integrations() {
        return view().installed().integrations();
    }

    handlers::Outcome type(const std::string& user, const std::string& words) {
        return command(user, words, true, "/installed-apps");
    }
    // The ack of the form that adds an integration; "" when it was taken.
    std::string add(const std::string& user, const std::string& name, const std::string& authorization,
                    const std::string& use = "tracker:procurement", const std::string& channel = "") {
        return submit(user, ids::form_installed_add, std::string(),
                      {{"name", name}, {"authorization", authorization}, {"use", use}, {"channel", channel}})
            .ack;
    }
    // The form that a command opens.
    [[nodiscard]] Json form(const std::string& user, const std::string& words) {
        const auto outcome = type(user, words);
        for (const auto& effect : outcome.effects)
            if (effect.method == "views.open") return Json::parse(effect.args).at("view");
        FAIL("no form for: " << words << ": " << outcome.ack);
        return Json::object();
    }
    std::string remove(const std::string& user, const std::string& name) {
        const std::string target = form(user, "remove " + name).at("private_metadata");
        return submit(user, ids::form_installed_remove, target, {{"name", name}}).ack;
    }
    [[nodiscard]] std::ptrdiff_t entries(const std::string& action, const std::string& subject) {
        const auto all = storage::audit_of(db.writer(), subject);
        return std::ranges::count(all, action, &storage::AuditEntry::action);
    }
};

}  // namespace countersign::tests
