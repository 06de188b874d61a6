#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# Instructions and stack on a Cortex-M, emulated: the very objects of the size job, linked with a broker that is not
# counted, run by QEMU. One line "cpu options kind what figure" each, and a failure when one is above its budget.
# Instructions, not cycles; a mean of 32.
#   run.sh              measures the programs qos1 and mqtt5 (v5_...) and compares with budgets.txt
#   run.sh --update     writes the budgets instead
#   run.sh --functions CPU OPTIONS    where the instructions are, for example m0plus -Os
set -eu
folder=$(cd "$(dirname "$0")" && pwd)
mode=check
program=qos1
case ${1-} in
'') ;;
--update) mode=update ;;
--functions) mode=functions && profiled_cpu=$2 && profiled_options=$3 ;;
*) sed -n '3,8s/^# *//p' "$0" >&2 && exit 2 ;;
esac
. "$folder/../packages.sh"
need_packages gcc-arm-none-eabi libnewlib-arm-none-eabi libstdc++-arm-none-eabi-dev python3 qemu-system-arm

here=$folder/../size
sources=$here
. "$here/build.sh"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
trap 'exit 1' HUP INT TERM

# board_image CPU OPTIONS
board_image() {
    build_image "$program" "$1" "$2" || exit 1
    arm-none-eabi-gcc "-mcpu=cortex-$1" -mthumb -std=gnu11 -O2 -Wall -Wextra -ffunction-sections -fno-unwind-tables \
        -nostartfiles -T "$folder/image.ld" -Wl,--gc-sections --specs=nano.specs --specs=nosys.specs \
        $(job_defines "$program") "$folder/board.S" "$folder/board.c" "$folder/measure.c" \
        "$out/$program-$1$2.job.o" -o "$out/image.elf" \
        2>"$out/log" || { cat "$out/log" >&2 && exit 1; }
}

# emulate OPTIONS...: with shift=10 an instruction takes 1024 ns.
emulate() {
    timeout 120 qemu-system-arm -M mps2-an386 -kernel "$out/image.elf" -display none -monitor none -serial none \
        -icount shift=10 -semihosting-config enable=on,target=native "$@" </dev/null 2>&1
}

if [ "$mode" = functions ]; then
    board_image "$profiled_cpu" "$profiled_options"
    mkfifo "$out/trace"
    emulate -singlestep -d exec,nochain -D "$out/trace" >/dev/null &
    python3 "$folder/profile.py" "$out/image.elf" <"$out/trace"
    wait
    exit 0
fi

echo 'cpu options kind what figure' >"$out/figures"
for program in qos1 mqtt5; do
    mark=
    [ "$program" = qos1 ] || mark=v5_
    for cpu in $cpus; do
        for options in -Os -O2; do
            board_image "$cpu" "$options"
            emulate >"$out/lines" || { cat "$out/lines" >&2 && exit 1; }
            sed "s/^\([a-z]*\) /$cpu $options \1 $mark/" "$out/lines" >>"$out/figures"
        done
    done
done
cat "$out/figures"
if [ "$mode" = update ]; then
    sed 's/^cpu/# SPDX-License-Identifier: BSL-1.0\n&/' "$out/figures" >"$folder/budgets.txt"
else
    awk -v slack=1.0 -f "$folder/../check.awk" "$folder/budgets.txt" "$out/figures" >&2
fi
