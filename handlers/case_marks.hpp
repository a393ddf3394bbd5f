#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/settle.hpp"

#include <string>
#include <string_view>

// Marks of a request without a subject: in its case, and as the change to save.
namespace countersign::handlers {

// For the scopes that it has now, in the place of the same person's earlier one.
[[nodiscard]] storage::Change put_mark(Case& item, std::string_view kind, const UserId& by,
                                       const std::string& value, const Context& context);
[[nodiscard]] Outcome forget_marks(Case& item, std::string_view kind);

}  // namespace countersign::handlers
