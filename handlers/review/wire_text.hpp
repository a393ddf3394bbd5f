#pragma once

#include <string>
#include <string_view>

namespace countersign::handlers::review {

// Text as Slack delivers it, back to what the person wrote: `&amp; &lt; &gt;` and `<url|label>` -> url. The
// label is never used: it may show another address than the link opens (L2). Undone once, so `&amp;lt;` stays
// `&lt;`. Linear. `around` is put before and after each link, so that it stands apart from the words beside
// it.
[[nodiscard]] std::string from_wire(std::string_view wire, std::string_view around = {});

}  // namespace countersign::handlers::review
