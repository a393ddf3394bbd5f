# precompile(TARGET [<header>…]): the library headers that nearly every file of TARGET reads, parsed once. json and fmt
# alone are half of what a handler takes to compile. The `tidy` preset goes without, so that no include can be missing.
function(precompile target)
  target_precompile_headers(${target} PRIVATE
    <nlohmann/json.hpp> <fmt/format.h>
    <algorithm> <chrono> <functional> <map> <optional> <ranges> <string> <string_view> <variant> <vector> ${ARGN})
  # A time in the header would make each build new to ccache.
  target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
endfunction()
