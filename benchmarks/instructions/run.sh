#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# Instructions on this host (x86-64, g++ -O2), counted by callgrind: one line "what instructions goal best_peer" each,
# and a failure when one is above its budget.
#   run.sh              measures and compares with budgets.txt
#   run.sh --update     writes the budgets instead
#   run.sh --lines WHAT where the instructions are, by line of source
# Counts hold for one compiler and one C library only, so the budgets are for g++ 12 on x86-64 (anything else: status
# 77, skipped) and leave 2 % for another patch level of the C library's memmove.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mode=check
lines=
case ${1-} in
'') ;;
--update) mode=update ;;
--lines) mode=lines && lines=$2 ;;
*) sed -n '3,9s/^# *//p' "$0" >&2 && exit 2 ;;
esac

. "$here/../packages.sh"
need_packages g++ python3 valgrind
case $(g++ -dumpmachine)-$(g++ -dumpversion) in
x86_64-*-12) ;;
*) echo "instructions: the budgets are for g++ 12 on x86-64" && exit 77 ;;
esac

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
trap 'exit 1' HUP INT TERM
flags="-std=c++20 -O2 -g -DNDEBUG -fno-exceptions -fno-rtti -I${BARELINK_INCLUDE:-$here/../../include}"
# shellcheck disable=SC2086 # a list of words
{
    g++ $flags "$here/codec.cpp" -o "$out/codec"
    g++ $flags "$here/client.cpp" -o "$out/small"
    g++ $flags -DDEFAULT_LIMITS "$here/client.cpp" -o "$out/default"
}

# callgrind PROGRAM WHAT COUNT: instructions inside measured_* and not inside outside_*.
callgrind() {
    LD_BIND_NOW=1 GLIBC_TUNABLES=glibc.cpu.hwcaps=-ERMS,-FSRM valgrind --tool=callgrind --toggle-collect='measured_*' \
        --toggle-collect='outside_*' --compress-pos=no --compress-strings=no --callgrind-out-file="$out/callgrind" \
        "$out/$1" "$2" "$3" \
        2>"$out/log" || { cat "$out/log" >&2 && return 1; }
    sed -n 's/.*Collected : *//p' "$out/log"
}

# measure NAME: the mean of 1000, to the nearest whole one. A name is WHAT, or WHAT-PROGRAM for the client.
measure() {
    case $1 in
    encode* | decode) program=codec ;;
    *-default) program=default ;;
    *) program=small ;;
    esac
    more=$(callgrind "$program" "${1%-default}" 2000) && less=$(callgrind "$program" "${1%-default}" 1000) || exit 1
    echo $(((more - less + 500) / 1000))
}

if [ "$mode" = lines ]; then
    measure "$lines"
    python3 "$here/lines.py" "$out/callgrind" 1000
    exit 0
fi

echo 'what instructions goal best_peer' >"$out/table"
echo 'what instructions' >"$out/figures"
# Goal and best peer of each; the client with default limits has none.
sed -n 's/^instructions *//p' "$here/../goals.txt" | awk -F ' *[|] *' '{ print $1, $3, $4 == "-" ? "-" : $4 ":" $5 }' |
    sed 's/ embedded /-/' >"$out/goals"
for name in publish_0 publish_1 inbound_1 idle; do echo "$name-default - -" >>"$out/goals"; done
while read -r name goal peer; do
    count=$(measure "$name")
    echo "$name $count $goal $peer" >>"$out/table"
    echo "$name $count" >>"$out/figures"
done <"$out/goals"
cat "$out/table"

if [ "$mode" = update ]; then
    sed 's/^what/# SPDX-License-Identifier: BSL-1.0\n&/' "$out/figures" >"$here/budgets.txt"
else
    awk -v slack=1.02 -f "$here/../check.awk" "$here/budgets.txt" "$out/figures" >&2
fi
