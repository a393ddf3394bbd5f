#!/usr/bin/env bash
# hardening.sh PROGRAM [CONFIGURATION]: the program is built as hard as compiler and linker can; a flag that got lost
# would not be noticed otherwise. ./dev test looks at the one that is tested, ./dev build at the one that is delivered.
set -eu
program=$1
command -v readelf >/dev/null || { echo "no readelf here: skipped"; exit 77; }

failed=0
expect() { # WHAT COMMAND…
    local what=$1
    shift
    "$@" || { echo "$program: $what"; failed=1; }
}
has() { readelf "$1" -W "$program" | grep -q -- "$2"; }
lacks() { ! has "$@"; }

expect "is not position independent (-pie)" has -h 'DYN (Position-Independent Executable'
expect "has no RELRO (-z relro)" has -l GNU_RELRO
expect "binds late (-z now)" has -d 'FLAGS_1.*NOW'
expect "has an executable stack" lacks -l 'GNU_STACK.*RWE'
expect "has a segment that is writable and executable" lacks -l 'LOAD.* RWE'
expect "has no stack protector (-fstack-protector-strong)" has --dyn-syms __stack_chk_fail
expect "asks the loader for a library of its own path (RPATH)" lacks -d 'R\(UN\)\?PATH'
if [ "$(uname -m)" = x86_64 ]; then
    # The C library's own objects decide about the program's mark; ours must all have it.
    expect "has no indirect branch tracking (-fcf-protection)" \
        sh -c "objdump -d --no-show-raw-insn '$program' --start-address=0x\$(readelf -sW '$program' |
            awk '\$8 == \"main\" {print \$2; exit}') 2>/dev/null | sed -n '8{p;q}' | grep -q endbr64"
fi
# Of the checked functions the one that our own files call; the static libraries bring others along in any build.
[ "${2:-}" != Release ] || expect "is not fortified (_FORTIFY_SOURCE)" has --dyn-syms __vsnprintf_chk
exit $failed
