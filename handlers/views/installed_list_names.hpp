#pragma once

#include <array>
#include <string_view>

namespace countersign::handlers::views {

// The lists of installed apps that have a name: `/installed-apps list orphans`, a button on the Home tab.
enum class InstalledListName {
    apps,
    mine,
    integrations,
    authorizations,
    reauth,       // needs re-authentication
    unapproved,   // no approval is known
    orphans,      // M19: nobody answers for it any more
    unconfirmed,  // M20: asked about, not confirmed
};
struct NamedList {
    InstalledListName name;
    std::string_view word;
    bool for_admins;  // everybody may look; on the Home tab those see it who can mend it
};
inline constexpr std::array installed_lists{
    NamedList{InstalledListName::apps, "apps", false},
    NamedList{InstalledListName::mine, "mine", false},
    NamedList{InstalledListName::integrations, "integrations", false},
    NamedList{InstalledListName::authorizations, "authorizations", false},
    NamedList{InstalledListName::reauth, "reauth", false},
    NamedList{InstalledListName::unapproved, "unapproved", true},
    NamedList{InstalledListName::orphans, "orphans", true},
    NamedList{InstalledListName::unconfirmed, "unconfirmed", true},
};

}  // namespace countersign::handlers::views
