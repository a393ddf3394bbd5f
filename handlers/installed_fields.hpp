#pragma once

#include "handlers/installed_apps.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What the forms of installed apps share.
namespace countersign::handlers {

inline constexpr std::size_t longest_installed_name = 80;

// What was typed, trimmed and cut.
[[nodiscard]] std::string entered(const Press& press, std::string_view field, std::size_t limit = 500);
// The form stays open with this sentence at the field.
[[nodiscard]] Outcome wrong(const Press& press, std::string_view field, const std::string& sentence);
[[nodiscard]] Outcome gone(const Press& press, std::string_view field);  // I20
// "" = no other integration has the name.
[[nodiscard]] std::string taken_name(const Press& press, const std::string& name, std::int64_t except,
                                     const Context& context);
// I6: by which a form knows whether what it showed is still what depends on an authorization. Hundreds do not
// fit into a form's 3,000 characters themselves.
[[nodiscard]] std::string digest_of(const std::vector<storage::Integration>& dependents);
// What somebody reads who has just connected something: whether it works is heard later.
[[nodiscard]] std::string being_tried(const storage::Integration& integration, views::Language language);
[[nodiscard]] bool usable(const storage::Authorization& authorization);

// One function a form.
[[nodiscard]] Outcome integration_added(const Press& press, const Context& context);
[[nodiscard]] Outcome installed_edited(const Press& press, const Context& context);
[[nodiscard]] Outcome installed_removed(const Press& press, const Context& context);
[[nodiscard]] Outcome reconnect_chosen(const Press& press, const Context& context);

}  // namespace countersign::handlers
