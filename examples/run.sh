#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Builds the examples and shows one: mqtt-example talks to a mosquitto that is started here, on a free port of the
# loopback interface, and stopped again. On Debian 12 it installs what is missing, as root or through sudo.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
. tools/packages.sh

build=build/examples
work=
broker=

stop_broker() {
    if [ -n "$broker" ]; then
        kill "$broker" 2>/dev/null
        wait "$broker" 2>/dev/null
        broker=
    fi
}
clean_up() {
    stop_broker
    if [ -n "$work" ]; then rm -rf "$work"; fi
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

die() {
    echo "$*" >&2
    exit 1
}

free_port() {
    python3 -c 'import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])'
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Another program may take the port between the question and the start: then the broker ends, and we ask again.
start_broker() {
    local tries
    for tries in 1 2 3 4 5; do
        port=$(free_port) || return 1
        printf 'listener %d 127.0.0.1\nallow_anonymous true\npersistence false\n' "$port" >"$work/mosquitto.conf"
        mosquitto -c "$work/mosquitto.conf" >"$work/mosquitto.log" 2>&1 &
        broker=$!
        for _ in $(seq 100); do
            if answers "$port" && kill -0 "$broker" 2>/dev/null; then return 0; fi
            kill -0 "$broker" 2>/dev/null || break
            sleep 0.1
        done
        stop_broker
        echo "mosquitto did not start on port $port (try $tries):"
        cat "$work/mosquitto.log"
    done
    return 1
}

echo "== packages"
need_packages g++ meson ninja-build pkgconf libc-ares-dev mosquitto python3 || exit 1
# Brokers live where a user without root has no path to.
export PATH="$PATH:/usr/sbin:/sbin"

echo "== build"
options=(-Dtests=false -Dexamples=true)
if ! meson setup --reconfigure "$build" "${options[@]}" >/dev/null 2>&1; then
    rm -rf "$build"
    meson setup "$build" "${options[@]}" || die "could not configure"
fi
ninja -C "$build" || die "could not build"

echo "== mqtt-example"
work=$(mktemp -d) || die "no temporary folder"
start_broker || die "no broker"
echo "mosquitto listens on 127.0.0.1:$port"
timeout 60 "$build/examples/mqtt-example" --host 127.0.0.1 --port "$port" </dev/null
status=$?
stop_broker
if [ "$status" -ne 0 ]; then
    echo "the broker's side:"
    cat "$work/mosquitto.log"
    die "mqtt-example ended with status $status"
fi
echo "The broker is stopped. All went well."
