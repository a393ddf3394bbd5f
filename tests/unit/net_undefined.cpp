// See support/undefined.supp; read by the sanitizer, where there is one, in this program alone.
extern "C" const char* __ubsan_default_options();
extern "C" const char* __ubsan_default_options() {
    return "suppressions=" UNDEFINED_SUPPRESSIONS;
}
