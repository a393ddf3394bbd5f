#pragma once

#include <functional>
#include <string_view>

namespace countersign::bot {

// Where crash tests kill the program: COUNTERSIGN_FAILPOINT=name or name:count (the count-th passing dies by
// SIGKILL). Compiled into test builds only; see tests/e2e/crash.cpp for the list and what each must survive.
#ifdef COUNTERSIGN_FAILPOINTS
void failpoint(std::string_view name);
// For a simulated process, which must not take the test down with it: asked at each passing, may throw. One
// thread only; empty = nothing.
void on_failpoint(std::function<void(std::string_view name)> action);
#else
inline void failpoint(std::string_view) {}
#endif

}  // namespace countersign::bot
