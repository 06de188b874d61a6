#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# Instructions and stack on a Cortex-M, emulated: the very objects of the size job, linked with a broker that is not
# counted, run by QEMU. One line "cpu options kind what figure" each; instructions, not cycles.
#   run.sh [PROGRAM]    default: qos1
set -eu
here=$(cd "$(dirname "$0")" && pwd)
program=${1:-qos1}
. "$here/../packages.sh"
need_packages gcc-arm-none-eabi libnewlib-arm-none-eabi libstdc++-arm-none-eabi-dev qemu-system-arm

folder=$here
here=$folder/../size
sources=$here
. "$here/build.sh"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
trap 'exit 1' HUP INT TERM

echo 'cpu options kind what figure'
for cpu in $cpus; do
    for options in -Os -O2; do
        build_image "$program" "$cpu" "$options"
        thumb="-mcpu=cortex-$cpu -mthumb"
        # shellcheck disable=SC2086 # a list of words
        arm-none-eabi-gcc $thumb -std=gnu11 -O2 -Wall -Wextra -ffunction-sections -fno-unwind-tables -nostartfiles \
            -T "$folder/image.ld" -Wl,--gc-sections --specs=nano.specs --specs=nosys.specs "$folder/board.S" \
            "$folder/board.c" "$folder/measure.c" "$out/$program-$cpu$options.job.o" -o "$out/image.elf" 2>"$out/log" ||
            { cat "$out/log" >&2 && exit 1; }
        timeout 60 qemu-system-arm -M mps2-an386 -kernel "$out/image.elf" -display none -monitor none -serial none \
            -icount shift=10 -semihosting-config enable=on,target=native </dev/null >"$out/lines" 2>&1 ||
            { cat "$out/lines" >&2 && exit 1; }
        sed "s/^/$cpu $options /" "$out/lines"
    done
done
