#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# Builds the sink and the peers with -O2 and measures them: run.sh [options of measure.py]. Without options: small
# messages, 16 KiB messages, round trips, and the memory per idle client. Everything happens on loopback; about 8
# minutes. FIGURES=FILE appends the figures to a file for report.py.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../packages.sh"
need_packages gcc g++ libc6-dev libmosquitto-dev libpaho-mqtt-dev mosquitto python3 strace valgrind

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
trap 'exit 1' HUP INT TERM

flags='-O2 -g -DNDEBUG'
cc="gcc -std=gnu11 $flags"
cxx="g++ -std=c++20 $flags -I${BARELINK_INCLUDE:-$here/../../include}"
$cxx "$here/sink.cpp" -o "$out/sink"
$cc -shared -fPIC "$here/count_malloc.c" -o "$out/count_malloc.so"
$cc "$here/peer_raw.c" -o "$out/peer_raw"
$cc "$here/peer_mosquitto.c" -o "$out/peer_mosquitto" -lmosquitto
$cc "$here/peer_paho.c" -o "$out/peer_paho" -lpaho-mqtt3a -pthread
$cxx -fno-exceptions -fno-rtti "$here/peer_barelink.cpp" -o "$out/peer_barelink"

# measure [option of measure.py]...
measure() { python3 "$here/measure.py" "$out" ${FIGURES:+--figures "$FIGURES"} "$@"; }
if [ $# -gt 0 ]; then
    measure "$@"
else
    measure
    measure --size 16384 --what instructions,syscalls,mallocs --servers sink
    measure --servers mosquitto --rtt
    measure --servers mosquitto --rtt --size 16384
    measure --servers mosquitto --fleet 1000
fi
