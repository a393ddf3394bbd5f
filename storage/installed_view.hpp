#pragma once

#include "storage/installed.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::storage {

class Database;

// What may be read of installed apps; otherwise like View.
class InstalledView {
  public:
    explicit InstalledView(const Database& database) : database_(&database) {}

    [[nodiscard]] std::vector<Authorization> authorizations() const;  // by kind and name
    [[nodiscard]] std::optional<Authorization> authorization(std::string_view id) const;
    // By id, by name, or by "kind/name"; a name that several kinds have finds none.
    [[nodiscard]] std::optional<Authorization> find(std::string_view words) const;
    [[nodiscard]] bool name_is_taken(AuthorizationKind kind, std::string_view name) const;

    [[nodiscard]] std::vector<Integration> integrations() const;  // by id
    [[nodiscard]] std::optional<Integration> integration(std::int64_t id) const;
    // The trackers that can be called: those with a working integration, and of the others `with_token`. To
    // each what tells whose its token is: the account that the server named, which a renewal does not change,
    // or the fingerprint of a token that nobody could ask about.
    [[nodiscard]] std::map<std::string, std::string, std::less<>> connected_trackers(
        std::map<std::string, std::string, std::less<>> with_token) const;
    [[nodiscard]] std::vector<Integration> built_on(std::string_view authorization) const;
    // The integration that a tracker is called through, working or not.
    [[nodiscard]] std::optional<Integration> integration_of_tracker(std::string_view tracker) const;

    // By name, app and workspace: stable for paging (I1).
    enum class Only { any, unapproved, unconfirmed, orphans };
    struct Filter {
        std::string state = {};  // "" = any
        std::string text = {};   // part of app name, or an id; "" = any
        UserId owner = {};
        Only only = Only::any;
        std::size_t limit = 500, skip = 0;
    };
    [[nodiscard]] std::vector<InventoryEntry> inventory(const Filter& filter) const;
    [[nodiscard]] std::int64_t inventory_count(const Filter& filter) const;
    [[nodiscard]] std::optional<InventoryEntry> entry(const AppId& app, const TeamId& team) const;

    [[nodiscard]] std::optional<PendingGrant> grant(std::string_view id) const;
    [[nodiscard]] std::optional<PendingGrant> grant_of_state(std::string_view state_hash) const;
    [[nodiscard]] std::vector<PendingGrant> grants() const;  // by id
    [[nodiscard]] std::vector<OauthApp> oauth_apps() const;  // by kind and URL
    [[nodiscard]] std::optional<OauthApp> oauth_app(AuthorizationKind kind, std::string_view url) const;

  private:
    const Database* database_;
};

// The commands' own: handlers only read these.
void save_oauth_app(const Database& database, const OauthApp& app);
void remove_oauth_app(const Database& database, const OauthApp& app);

// Applies a change; `version` grows by one.
void apply(const Database& database, const InstalledChange& change, Timestamp now);

}  // namespace countersign::storage
