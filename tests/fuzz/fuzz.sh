#!/usr/bin/env bash
# fuzz.sh PROGRAMS FOUND MINUTES [NAME…]: searches with every fuzz program of the folder PROGRAMS, or with the named, until
# each has read ten million inputs or searched for so many minutes; as many at once as there are cores. Inputs worth
# keeping stay in FOUND/NAME, where the next search begins; one that breaks something is FOUND/NAME-crash-….
set -eu
programs=$1 found=$2 minutes=$3
corpora=$(dirname "$0")/corpus

if [ $# != 4 ]; then
    shift 3
    [ $# -gt 0 ] || set -- "$corpora"/*
    printf '%s\n' "$@" | xargs -n 1 basename | xargs -n 1 -P "$(nproc)" "$0" "$programs" "$found" "$minutes"
    exit
fi

name=$4 log=$found/$4.log result=0
mkdir -p "$found/$name"
TIMEFORMAT='%0U seconds of the processor'
# Where readers throw, the check for use after return takes three quarters of the time: what was found is given to it
# afterwards.
{
    time ASAN_OPTIONS=detect_stack_use_after_return=0 \
        "$programs/fuzz_$name" -runs=10000000 -max_total_time=$((minutes * 60)) -timeout=30 -rss_limit_mb=4000 \
        -print_final_stats=1 -artifact_prefix="$found/$name-" "$found/$name" "$corpora/$name" || result=$?
} >"$log" 2>&1
took=$(tail -n 1 "$log")
[ $result != 0 ] || "$programs/fuzz_$name" -runs=0 -timeout=30 -rss_limit_mb=4000 -artifact_prefix="$found/$name-" \
    "$found/$name" "$corpora/$name" >>"$log" 2>&1 || result=$?
inputs=$(sed -nE 's/^stat::number_of_executed_units: *//p' "$log")
if [ $result != 0 ]; then
    echo "$name: broke after ${inputs:-some} inputs; see $log and $found/$name-*"
    exit 1
fi
echo "$name: $inputs inputs in $took, all held"
