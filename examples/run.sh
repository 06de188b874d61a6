#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Builds the examples and shows them: mqtt-example talks to a mosquitto that is started here, on a free port of the
# loopback interface, and stopped again. They speak TLS, with certificates of an authority that is made here and thrown
# away; `run.sh plain` does without. Then devices of five clouds connect to a stand-in for them. On Debian 12 it
# installs what is missing, as root or through sudo.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
. tools/packages.sh

build=build/examples
work=
broker=
secured=yes
case "${1-}" in
'') ;;
plain) secured= ;;
*) echo "usage: run.sh [plain]" >&2 && exit 2 ;;
esac

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

# make_authority DIRECTORY: an authority that nobody else knows, and a certificate of it for localhost and its
# addresses.
make_authority() (
    cd "$1" || exit 1
    key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }
    key authority
    openssl req -x509 -new -key authority.key -days 2 -subj "/CN=throwaway authority" -out authority.crt \
        -addext keyUsage=critical,keyCertSign || exit 1
    key server
    printf '%s\n' basicConstraints=CA:FALSE extendedKeyUsage=serverAuth \
        subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1 >server.ext
    openssl req -new -key server.key -subj "/CN=localhost" -out server.csr &&
        openssl x509 -req -in server.csr -CA authority.crt -CAkey authority.key -CAcreateserial -days 2 \
            -extfile server.ext -out server.crt 2>server.log || { cat server.log >&2; exit 1; }
)

# Another program may take the port between the question and the start: then the broker ends, and we ask again.
start_broker() {
    local tries
    for tries in 1 2 3 4 5; do
        port=$(free_port) || return 1
        {
            printf 'listener %d 127.0.0.1\nallow_anonymous true\npersistence false\n' "$port"
            if [ -n "$secured" ]; then printf 'certfile %s/server.crt\nkeyfile %s/server.key\n' "$work" "$work"; fi
            # Started by root it would become another user, whom the key is closed to.
            if [ "$(id -u)" -eq 0 ]; then echo 'user root'; fi
        } >"$work/mosquitto.conf"
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
need_packages g++ meson ninja-build pkgconf libc-ares-dev libwolfssl-dev libjsmn-dev openssl mosquitto python3 \
    ${secured:+nginx-light} || exit 1
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
options=(--host localhost)
if [ -n "$secured" ]; then
    make_authority "$work" || die "no certificates"
    options+=(--tls --ca-file "$work/authority.crt")
fi
start_broker || die "no broker"
echo "mosquitto listens on 127.0.0.1:$port${secured:+, over TLS}"
timeout 60 "$build/examples/mqtt-example" "${options[@]}" --port "$port" </dev/null
status=$?
stop_broker
if [ "$status" -ne 0 ]; then
    echo "the broker's side:"
    cat "$work/mosquitto.log"
    die "mqtt-example ended with status $status"
fi
echo "The broker is stopped."

# as_device PROGRAM ARGUMENT...: against a stand-in of its own, which fills in ports and files and ends with it.
as_device() {
    local program=$1
    shift
    printf '\n== %s\n' "$program $1 ..."
    timeout 60 python3 tests/platform/stand_in.py \
        "$build/examples/$program" "$@" --ca-file '{ca}' </dev/null ||
        die "$program ended with status $?"
}
if [ -n "$secured" ]; then
    device=(--product-key a1AbCdEfGhI --device-name dev01 --device-secret 0123456789abcdef0123456789abcdef)
    as_device mqtt-example --auth direct "${device[@]}" --host localhost --port '{mqtts}'
    as_device mqtt-example --auth https "${device[@]}" --auth-host localhost --auth-port '{https}'
    as_device aws x us-east-1 thing01 --host localhost --port '{aws}' --cert-file '{thing}' --key-file '{thing-key}'
    hub=myhub.azure-devices.net
    as_device azure "$hub" dev01 ZGV2aWNlLWtleS0wMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1 --host localhost --port '{mqtts}' \
        --server-name "$hub"
    as_device tencent ABC123DEF4 dev01 dGVuY2VudC1wc2stMDEyMw== --host localhost --port '{mqtts}'
    as_device huawei 5e06bfee334dd4f33759f5b3_dev01 12345678 --host localhost --port '{mqtts}'
fi
printf '\nAll went well.\n'
