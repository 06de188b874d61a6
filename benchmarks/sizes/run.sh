#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# Bytes of RAM of a client beside its buffers, of its parts and of one more of each that limits count: one line
# "cpu what bytes" each, for this host and for Cortex-M0+, and a failure when one is above its budget.
#   run.sh              compares with budgets.txt
#   run.sh --update     writes the budgets instead
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../packages.sh"
need_packages binutils g++ gcc-arm-none-eabi libnewlib-arm-none-eabi libstdc++-arm-none-eabi-dev
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
trap 'exit 1' HUP INT TERM

# sizes CPU PREFIX OPTIONS...
sizes() {
    cpu=$1
    prefix=$2
    shift 2
    "${prefix}g++" "$@" -std=c++20 -O2 -fno-exceptions -fno-rtti "-I${BARELINK_INCLUDE:-$here/../../include}" \
        -c "$here/sizes.cpp" -o "$out/$cpu.o"
    "${prefix}nm" -S -t d "$out/$cpu.o" | sed -n "s/^[0-9]* 0*\([0-9]\{1,\}\) [A-Z] size_of_/$cpu \1 /p" |
        awk '{ print $1, $3, $2 }'
}

{
    echo 'cpu what bytes'
    sizes "$(uname -m)" ''
    sizes m0plus arm-none-eabi- -mcpu=cortex-m0plus -mthumb
} >"$out/figures"
cat "$out/figures"
if [ "${1-}" = --update ]; then
    sed 's/^cpu/# SPDX-License-Identifier: BSL-1.0\n&/' "$out/figures" >"$here/budgets.txt"
else
    awk -v slack=1.0 -f "$here/../check.awk" "$here/budgets.txt" "$out/figures" >&2
fi
