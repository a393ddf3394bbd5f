#include "handlers/case_marks.hpp"

#include <string>

namespace countersign::handlers {

using storage::Mark;

storage::Change put_mark(Case& item, std::string_view kind, const UserId& by, const std::string& value,
                         const Context& context) {
    std::erase_if(item.marks, [&](const Mark& mark) { return mark.kind == kind && mark.person == by; });
    item.marks.push_back({.request = item.request.id,
                          .kind = std::string(kind),
                          .subject = {},
                          .person = by,
                          .value = value,
                          .scope_hash = item.request.scope_hash,
                          .at = context.now});
    return storage::SetMark{item.marks.back()};
}

Outcome forget_marks(Case& item, std::string_view kind) {
    Outcome outcome;
    const auto forgotten = std::erase_if(item.marks, [&](const Mark& mark) { return mark.kind == kind; });
    if (forgotten > 0)
        outcome.changes.emplace_back(storage::ClearMarks{item.request.id, std::string(kind), {}});
    return outcome;
}

}  // namespace countersign::handlers
