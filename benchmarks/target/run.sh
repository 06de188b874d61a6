#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# Instructions and stack on a Cortex-M, emulated: the very objects of the size job, linked with a broker that is not
# counted, run by QEMU. One line "cpu options kind what figure" each, and a failure when one is above its budget.
# Instructions, not cycles; a mean of 32.
#   run.sh              measures the programs qos1 and mqtt5 (v5_...) and compares with budgets.txt; then each call of
#                       calls-default and calls-mqtt5 in every state of a connection, and states-budgets.txt
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
*) sed -n '3,9s/^# *//p' "$0" >&2 && exit 2 ;;
esac
. "$folder/../packages.sh"
need_packages gcc-arm-none-eabi libnewlib-arm-none-eabi libstdc++-arm-none-eabi-dev python3 qemu-system-arm

target_cpus='m0plus m4'
here=$folder/../size
sources=$here
. "$here/build.sh"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
trap 'exit 1' HUP INT TERM

# drivers NAME: its source files.
drivers() {
    echo "$folder/$1.c"
    [ "$1" != states ] || echo "$folder/world.c"
}

# board_image CPU OPTIONS DRIVER
board_image() {
    build_image "$program" "$1" "$2" || exit 1
    arm-none-eabi-gcc "-mcpu=cortex-$1" -mthumb -std=gnu11 -O2 -Wall -Wextra -ffunction-sections -fno-unwind-tables \
        -nostartfiles -T "$folder/image.ld" -Wl,--gc-sections --specs=nano.specs --specs=nosys.specs \
        $(job_defines "$program") "$folder/board.S" "$folder/board.c" "$folder/count.c" $(drivers "$3") \
        "$out/$program-$1$2.job.o" -o "$out/image.elf" \
        2>"$out/log" || { cat "$out/log" >&2 && exit 1; }
}

# emulate OPTIONS...: with shift=10 an instruction takes 1024 ns.
emulate() {
    timeout 120 qemu-system-arm -M mps2-an386 -kernel "$out/image.elf" -display none -monitor none -serial none \
        -icount shift=10 -semihosting-config enable=on,target=native "$@" </dev/null 2>&1
}

# measure DRIVER MARK: runs $program for $cpu with $options under the driver. Its figures get the mark; what the call
# graph says of the stack is kept beside them.
measure() {
    board_image "$cpu" "$options" "$1"
    emulate >"$out/lines" || { cat "$out/lines" >&2 && exit 1; }
    sed "s/^\([a-z]*\) /$cpu $options \1 $2/" "$out/lines" >>"$out/$1-figures"
    python3 "$here/stack.py" "$program" "$cpu" "$out/$program-$cpu$options" |
        awk -v options="$options" -v mark="$2" '{ print $2, options, mark $3, $4 }' >>"$out/bounds" || exit 1
}

# No call may have used more stack than its call graph allows: then the graph, or this, would be wrong.
check_bounds() {
    awk '
        NR == FNR { bound[$1, $2, $3] = $4; next }
        $3 == "stack" {
            call = $4
            while (!(($1, $2, call) in bound) && sub(/_[a-z0-9]*$/, "", call)) continue
            checked++
            if (($1, $2, call) in bound && $5 <= bound[$1, $2, call]) next
            print "target: " $1, $2, $4 " used " $5 " bytes of stack, its bound is " bound[$1, $2, call]
            bad = 1
        }
        END { exit bad || !checked }' "$out/bounds" "$out/figures" >&2
}

if [ "$mode" = functions ]; then
    board_image "$profiled_cpu" "$profiled_options" measure
    mkfifo "$out/trace"
    emulate -singlestep -d exec,nochain -D "$out/trace" >/dev/null &
    python3 "$folder/profile.py" "$out/image.elf" <"$out/trace"
    wait
    exit 0
fi

for driver in measure states; do echo 'cpu options kind what figure' >"$out/$driver-figures"; done
for program in qos1 mqtt5 $call_programs; do
    for cpu in $target_cpus; do
        for options in -Os -O2; do
            case $program$options in
            qos1*) measure measure '' ;;
            mqtt5*) measure measure v5_ ;;
            calls-*-Os) measure states "${program#calls-}_" ;;
            esac
        done
    done
done
cat "$out/measure-figures"
sed 1d "$out/states-figures"
cat "$out/measure-figures" "$out/states-figures" >"$out/figures"
check_bounds
for driver in measure states; do
    budgets=$folder/budgets.txt
    [ "$driver" = measure ] || budgets=$folder/states-budgets.txt
    if [ "$mode" = update ]; then
        sed 's/^cpu/# SPDX-License-Identifier: BSL-1.0\n&/' "$out/$driver-figures" >"$budgets"
    else
        awk -v slack=1.0 -f "$folder/../check.awk" "$budgets" "$out/$driver-figures" >&2 || failed=yes
    fi
done
[ -z "${failed-}" ]
