#pragma once

#include "handlers/context.hpp"
#include "handlers/event.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"
#include "storage/installed_thing.hpp"
#include "storage/installed_view.hpp"

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What `/installed-apps`, its forms and buttons work on, and the rights to it.
namespace countersign::handlers {

using storage::InstalledThing;

[[nodiscard]] std::string name_of(const InstalledThing& thing);
[[nodiscard]] UserId owner_of(const InstalledThing& thing);
// What forms carry: "authorization:UUID", "integration:3", "app:A0MIRO/T1".
[[nodiscard]] std::string target_of(const InstalledThing& thing);
[[nodiscard]] std::optional<InstalledThing> thing_at(std::string_view target, const Context& context);
// By exact name or id first, else by part of an app's name. Several = the person has to say more.
[[nodiscard]] std::vector<InstalledThing> things_named(std::string_view words, const Context& context);

// Of a field's value as a form showed it: tells on return whether somebody changed it meanwhile (M13).
[[nodiscard]] std::string short_digest(std::string_view value);

// Its owner, or an admin: at the moment of the press (I3, I4).
[[nodiscard]] std::expected<void, Outcome> require_owner(const Press& press, const InstalledThing& thing,
                                                         const Context& context);
// Guests and people who left may not use installed apps (I5).
[[nodiscard]] std::expected<void, Outcome> require_member(const Press& press, const Context& context);

// An integration is on this authorization from now on (I8, I9): a tracker's once its project was reached, and
// who waited for it sees that (M16).
[[nodiscard]] Outcome reconnected_on(storage::Integration integration,
                                     const storage::Authorization& authorization, const UserId& by,
                                     const Context& context);
// The notes of removals that these are in, drawn anew; `changed`: as they are from now on.
[[nodiscard]] Outcome redraw_mending(const std::vector<storage::Integration>& changed,
                                     const Context& context);
// Its owner is asked to connect it again; where there is none, or none any more, the admins are (M16).
[[nodiscard]] storage::Effect ask_to_mend(const storage::Integration& integration, std::string_view key,
                                          const Context& context);
// An authorization is gone: the owners of what was built on it are told once, the admins see how the mending
// goes (I7). `stopped`: as they are now.
[[nodiscard]] Outcome tell_of_removal(const std::string& id, const std::string& name,
                                      const std::vector<storage::Integration>& stopped,
                                      const Context& context);

// One step in: what a press that waited for a user group comes back to.
[[nodiscard]] Outcome installed_apps_typed(const Press& press, const Context& context);
[[nodiscard]] Outcome installed_form_submitted(const Press& press, const Context& context);
[[nodiscard]] Outcome reconnect_pressed(const Press& press, const Context& context);
[[nodiscard]] bool is_installed_form(std::string_view callback);
// A timer of the command line: an authorization was removed there.
[[nodiscard]] Outcome authorization_removed(const Event& event, const Context& context);

}  // namespace countersign::handlers
