#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Builds the images for a core and runs one in QEMU: the device publishes and receives over TLS through a mosquitto that
# is started here, on a free port of the loopback interface, and stopped again; the authority is made here and thrown
# away. On Debian 12 it installs what is missing, as root or through sudo.
#   run.sh [plain] [CORE] [WORD=VALUE...]     plain: without TLS. CORE: cortex-m0plus, cortex-m3 (default), cortex-m4.
#                                             WORD=VALUE: see settings.hpp, for example loss=20 or idle_ms=60000.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tools/packages.sh

core=cortex-m3
secured=yes
words=
for word in "$@"; do
    case $word in
    plain) secured= ;;
    cortex-m0plus | cortex-m3 | cortex-m4) core=$word ;;
    *=*) words="$words,arg=$word" ;;
    *) sed -n '3,8s/^# *//p' "${BASH_SOURCE[0]}" >&2 && exit 2 ;;
    esac
done
build=${BARE_METAL_BUILD:-build/bare_metal}/$core
work=
broker=

clean_up() {
    if [ -n "$broker" ]; then kill "$broker" 2>/dev/null && wait "$broker" 2>/dev/null; fi
    if [ -n "$work" ]; then rm -rf "$work"; fi
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

die() {
    echo "$*" >&2
    exit 1
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Another program may take the port between the question and the start: then the broker ends, and we ask again.
start_broker() {
    local certificate=
    [ -z "$secured" ] || certificate="certfile $work/pki/good.crt
keyfile $work/pki/good.key"
    for _ in 1 2 3 4 5; do
        port=$(python3 -c 'import socket
print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])') || return 1
        # Started by root it would become another user, whom the key is closed to.
        printf '%s\n' "listener $port 127.0.0.1" "allow_anonymous true" "$certificate" \
            "$([ "$(id -u)" -ne 0 ] || echo user root)" >"$work/conf"
        mosquitto -c "$work/conf" >"$work/log" 2>&1 &
        broker=$!
        while kill -0 "$broker" 2>/dev/null; do
            if answers "$port"; then return 0; fi
            sleep 0.05
        done
    done
    cat "$work/log" >&2
    return 1
}

echo "== packages"
need_packages g++ meson ninja-build pkgconf dpkg-dev gcc-arm-none-eabi libnewlib-arm-none-eabi \
    libstdc++-arm-none-eabi-dev qemu-system-arm mosquitto openssl python3 || exit 1
export PATH="$PATH:/usr/sbin:/sbin"

echo "== build for $core"
if [ ! -e "$build/build.ninja" ]; then
    meson setup "$build" --cross-file "cross/$core.ini" --buildtype=minsize -Dbare_metal=true -Dtests=false \
        -Dexamples=false >/dev/null || die "could not configure"
fi
image=examples/bare_metal/device${secured:+-tls}.elf
ninja -C "$build" "$image" || die "could not build"
arm-none-eabi-size "$build/$image"

echo "== device"
work=$(mktemp -d) || die "no temporary folder"
if [ -n "$secured" ]; then
    mkdir "$work/pki"
    bash tests/tls/make_certificates.sh "$work/pki" >/dev/null 2>&1 || die "no certificates"
    words="$words,arg=authority=$work/pki/trusted.crt,arg=server=broker.test"
fi
start_broker || die "no broker"
machine=mps2-an385
[ "$core" != cortex-m4 ] || machine=mps2-an386
timeout 120 qemu-system-arm -M "$machine" -kernel "$build/$image" -display none -monitor none \
    -serial stdio -nic user,model=lan9118 \
    -semihosting-config "enable=on,target=native,arg=device,arg=port=$port$words" </dev/null
status=$?
[ "$status" -eq 0 ] || die "the device ended with status $status; the broker says: $(cat "$work/log")"
echo "The device has said and heard all that it should."
