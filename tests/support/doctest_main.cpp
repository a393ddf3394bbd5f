#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

// See undefined.supp; read by the sanitizer, where there is one.
extern "C" const char* __ubsan_default_options();
extern "C" const char* __ubsan_default_options() {
    return "suppressions=" UNDEFINED_SUPPRESSIONS;
}
