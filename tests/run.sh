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

# check NAME TEST_OPTION... : builds build/NAME, runs its tests and counts them.
check() {
    local name=$1 status count
    shift
    title "$name: build"
    if ! ninja -C "build/$name" -k 0; then
        fail "$name: build"
        return
    fi
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

trap 'trap - INT TERM; fail interrupted; finish' INT TERM
mkdir -p build

title "packages"
need_packages "${packages[@]}" || { fail "packages"; finish; }
# Brokers live where a user without root has no path to.
export PATH="$PATH:/usr/sbin:/sbin"
# Without them the port to lwIP would go untested, and so would the images.
tools/debian_sources.sh lwip wolfssl || fail "the sources of Debian's packages"

# Not optimised: most of the time goes into compiling, and a third of that into making fast what runs once. For the same
# reason the longest simulations run with the sanitizers only, and the brokers of others meet one build.
common=(--werror -Doptimization=0 -Dcpp_args=-D_GLIBCXX_ASSERTIONS)
if CXX=g++ configure g++ "${common[@]}" -Dbenchmarks=true -Dleft_out=sim; then
    check g++
else
    fail "g++: configure"
fi

# The suites left out do not depend on the compiler that builds the tests, or do not run code of ours.
export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
sanitizers=("-Db_sanitize=address,undefined" -Db_lundef=false -Dexamples=false -Dleft_out=interop)
if CC=clang-14 CXX=clang++-14 configure clang++-sanitizers "${common[@]}" "${sanitizers[@]}"; then
    check clang++-sanitizers --no-suite tidy --no-suite headers --no-suite usage --no-suite size --no-suite docs \
        --no-suite console
else
    fail "clang++-sanitizers: configure"
fi

finish
