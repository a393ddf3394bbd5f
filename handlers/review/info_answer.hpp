#pragma once

#include <string>
#include <string_view>

namespace countersign::handlers::review {

// R14: what the requester answered. "confidential: …" is for whoever asked, and for nobody else.
struct InfoAnswer {
    bool confidential = false;
    std::string words;  // without the marker; "" when there are none
};
[[nodiscard]] InfoAnswer read_answer(std::string_view typed);

}  // namespace countersign::handlers::review
