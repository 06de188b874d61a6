#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# What a profile adds to the image of a client that comes back by itself (the job qos1-reconnect): one line "profile cpu
# options flash ram" each, and a failure when one is above its budget. MACs, base64 and the calendar are outside.
#   run.sh              compares with budgets.txt
#   run.sh --update     writes the budgets instead
set -eu
update=${1-}
here=$(cd "$(dirname "$0")/../size" && pwd)
home=$here/../profiles
profiles='none aliyun-direct aliyun-https aliyun-x509 aws-certificate azure-key tencent-key huawei-secret'
. "$here/../packages.sh"
. "$here/build.sh"
need_packages gcc-arm-none-eabi libnewlib-arm-none-eabi libstdc++-arm-none-eabi-dev libjsmn-dev
out=$(mktemp -d)
sources=$out/sources
trap 'rm -rf "$out"' EXIT
trap 'exit 1' HUP INT TERM

# jsmn is one header that needs nothing; the folder that it lies in has headers of the host.
mkdir "$out/jsmn" "$sources"
cp /usr/include/jsmn.h "$out/jsmn/"
number=0
for profile in $profiles; do
    printf '#define PROFILE %d\n#include "device.cpp"\n' "$number" >"$sources/$profile.cpp"
    number=$((number + 1))
done
job_defines() { echo "-DJOB_MAXQOS=1 -I$home -isystem $out/jsmn"; }

{
    echo 'profile cpu options flash ram'
    before=
    for profile in $profiles; do
        build_image "$profile" m0plus -Os
        # shellcheck disable=SC2046 # three numbers
        set -- $(sections m0plus "$out/$profile-m0plus-Os.elf")
        if [ -z "$before" ]; then
            before="$(($1 + $2)) $(($2 + $3))"
        else
            echo "$profile m0plus -Os $(($1 + $2 - ${before% *})) $(($2 + $3 - ${before#* }))"
        fi
    done
} >"$out/figures"
cat "$out/figures"
if [ "$update" = --update ]; then
    cp "$out/figures" "$home/budgets.txt"
else
    # Two figures a line: each is a line of its own to the check.
    for name in figures budgets; do
        from=$out/figures
        [ "$name" = figures ] || from=$home/budgets.txt
        awk 'NR > 1 { print $1, "flash", $4; print $1, "ram", $5 }' "$from" >"$out/$name.lines"
    done
    # The difference of two images moves by some bytes with what is in neither of them.
    awk -v slack=1.01 -f "$here/../check.awk" "$out/budgets.lines" "$out/figures.lines" >&2
fi
