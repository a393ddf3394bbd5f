#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace countersign::bench {

// What a busy organisation sends: mostly messages of a channel, some commands and clicks, now and then a
// request.
[[nodiscard]] std::string mixed_envelope(std::uint32_t n);
// A request for an app each, with two scopes and a vendor issue link: the heaviest thing a handler does.
[[nodiscard]] std::string app_requested_envelope(std::uint32_t n);
// `/app-request TEXT` by the person who asked in envelope `asked`.
[[nodiscard]] std::string command_envelope(std::uint32_t n, std::uint32_t asked, std::string_view text);
// `/app-request list` by people of whom each has asked before.
[[nodiscard]] std::string list_envelope(std::uint32_t n);
// A party's member opens the Home tab, which shows the most.
[[nodiscard]] std::string home_envelope(std::uint32_t n);

}  // namespace countersign::bench
