#pragma once

#include <sys/prctl.h>
#include <sys/resource.h>

namespace countersign::bot {

// A core file would hold the tokens (C10). For every process that opens them.
inline void forbid_core_files() {
    const rlimit none{0, 0};
    (void)::setrlimit(RLIMIT_CORE, &none);
    (void)::prctl(PR_SET_DUMPABLE, 0);
}

}  // namespace countersign::bot
