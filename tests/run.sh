#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Builds and runs every test: all suites with g++, then the suites of test cases and of compiler messages with clang
# and the address and undefined-behaviour sanitizers. The last line is `N passed, N failed`; a build that fails is a
# failure. On Debian 12 it installs what is missing, as root or through sudo.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
. tools/packages.sh

packages=(
    g++ clang-14 libclang-rt-14-dev binutils
    meson ninja-build pkgconf cmake python3
    catch2
    libc-ares-dev libwolfssl-dev libjsmn-dev libssl-dev openssl ca-certificates mosquitto nginx-light ejabberd
    libmosquitto-dev libpaho-mqtt-dev valgrind
    gcc-arm-none-eabi libnewlib-arm-none-eabi libstdc++-arm-none-eabi-dev qemu-system-arm
    dpkg-dev gcc-riscv64-unknown-elf qemu-system-misc
)
passed=0
failed=0
skipped=0

title() { printf '\n== %s (%d s)\n' "$*" "$SECONDS"; }

# Says so and counts it; what follows from it is not run.
fail() {
    echo "FAILED  $*"
    failed=$((failed + 1))
}

# Ends with the count, whatever happened.
finish() {
    printf '\n%d s\n' "$SECONDS"
    if [ $((passed + failed)) -eq 0 ]; then fail "no test was run"; fi
    if [ "$skipped" -gt 0 ]; then
        echo "$passed passed, $failed failed, $skipped skipped"
    else
        echo "$passed passed, $failed failed"
    fi
    if [ "$failed" -gt 0 ]; then exit 1; fi
    exit 0
}

# configure NAME OPTION...: sets up build/NAME. An old folder is kept if it still can be configured.
configure() {
    local name=$1
    shift
    title "$name: configure"
    meson setup --reconfigure "build/$name" "$@" >"build/$name.log" 2>&1 ||
        { rm -rf "build/$name" && meson setup "build/$name" "$@" >"build/$name.log" 2>&1; } ||
        { cat "build/$name.log" && return 1; }
}

# build NAME: builds build/NAME, all that can be built.
build() {
    ninja -C "build/$1" -k 0
}

# check NAME TEST_OPTION... : runs the tests of build/NAME and counts them.
check() {
    local name=$1 status count
    shift
    title "$name: test"
    rm -f "build/$name/meson-logs/testlog.json"
    meson test -C "build/$name" --no-rebuild --print-errorlogs "$@" </dev/null
    status=$?
    count=$(python3 tools/tally.py "build/$name" "$status") || count="0 1 0"
    sed '$d' <<<"$count"
    read -r p f s <<<"$(tail -n 1 <<<"$count")"
    passed=$((passed + p))
    failed=$((failed + f))
    skipped=$((skipped + s))
}

builder=
# Ends the build that runs beside the tests, if there is one.
stop_building() {
    if [ -n "$builder" ]; then kill "$builder" 2>/dev/null; fi
}

trap 'trap - INT TERM; stop_building; fail interrupted; finish' INT TERM
mkdir -p build

title "packages"
need_packages "${packages[@]}" || { fail "packages"; finish; }
# Brokers live where a user without root has no path to.
export PATH="$PATH:/usr/sbin:/sbin"
# Without them the port to lwIP would go untested, and so would the images.
tools/debian_sources.sh lwip wolfssl || fail "the sources of Debian's packages"

# Not optimised, without the debugger's tables: most of the time goes into compiling, and much of that into what runs
# once. For the same reason the longest simulations, and the tests of what is there for tests, run with the sanitizers
# only, and the brokers of others meet one build.
common=(--werror -Doptimization=0 -Ddebug=false)
sanitizers=("-Db_sanitize=address,undefined" -Db_lundef=false -Dexamples=false -Dleft_out=interop)
sanitizers+=("-Dcpp_args=-D_GLIBCXX_ASSERTIONS -gline-tables-only")
CXX=g++ configure g++ "${common[@]}" -Dcpp_args=-D_GLIBCXX_ASSERTIONS -Dbenchmarks=true -Dleft_out=sim,testing
plain=$?
CC=clang-14 CXX=clang++-14 configure clang++-sanitizers "${common[@]}" "${sanitizers[@]}"
watched=$?

if [ "$plain" -eq 0 ]; then
    title "g++: build"
    build g++
    plain=$?
fi
# Tests wait for brokers, deadlines and each other: the second build takes the time that they leave.
if [ "$watched" -eq 0 ]; then
    nice ninja -C build/clang++-sanitizers -k 0 >build/clang++-sanitizers.build.log 2>&1 &
    builder=$!
fi
if [ "$plain" -eq 0 ]; then check g++; else fail "g++: build"; fi
if [ "$watched" -eq 0 ]; then
    title "clang++-sanitizers: build"
    wait "$builder" || {
        cat build/clang++-sanitizers.build.log
        watched=1
    }
    builder=
fi

# The suites left out do not depend on the compiler that builds the tests, or do not run code of ours.
export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
if [ "$watched" -eq 0 ]; then
    check clang++-sanitizers --no-suite tidy --no-suite headers --no-suite usage --no-suite size --no-suite docs \
        --no-suite console
else
    fail "clang++-sanitizers: build"
fi

finish
