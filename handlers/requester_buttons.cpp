#include "handlers/answers.hpp"
#include "handlers/handlers.hpp"
#include "handlers/issue_creation.hpp"
#include "handlers/presses.hpp"
#include "handlers/requests_of_person.hpp"
#include "handlers/rights.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/forms.hpp"

#include <fmt/format.h>

namespace countersign::handlers {

namespace ids = views::ids;

Outcome requester_pressed(const Press& press, const Context& context) {
    auto item = require_case(press, context);
    if (!item) return std::move(item.error());
    if (press.what == ids::withdraw) return withdraw(press, std::move(*item), context);
    if (press.what == ids::answer) {
        if (auto may = require_may_answer(press, *item); !may) return std::move(may.error());
        return open_form(press, views::answer_form(item->request, press.language));
    }
    if (auto may = require_may_link(press, *item, context); !may) return std::move(may.error());
    if (press.what == ids::create_issue) return create_vendor_issue(press, std::move(*item), context);
    return open_form(press, views::link_form(item->request, press.language));
}

}  // namespace countersign::handlers
