#pragma once

#include <string_view>

namespace countersign::bot {

// Where crash tests kill the program: COUNTERSIGN_FAILPOINT=name or name:count (the count-th passing dies by
// SIGKILL). Compiled into test builds only; see tests/e2e/crash.cpp for the list and what each must survive.
#ifdef COUNTERSIGN_FAILPOINTS
void failpoint(std::string_view name);
#else
inline void failpoint(std::string_view) {}
#endif

}  // namespace countersign::bot
