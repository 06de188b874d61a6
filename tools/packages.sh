# SPDX-License-Identifier: BSL-1.0
# need_packages NAME...: installs the Debian packages that are missing, and only those. To be sourced.
# Returns 1, after saying what to do, if it can't.

# Services that a package brings must not start: the project starts its own brokers on free ports.
policy=/usr/sbin/policy-rc.d

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo ${CI:+-n} "$@"
    fi
}

missing_packages() {
    for name in "$@"; do
        case "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" in
            installed) ;;
            *) echo "$name" ;;
        esac
    done
}

install_packages() {
    written=no
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null && as_root chmod 755 "$policy" && written=yes
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120 update </dev/null &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 \
            -o Dpkg::Options::=--force-confold install --no-install-recommends "$@" </dev/null
    status=$?
    if [ "$written" = yes ]; then as_root rm -f "$policy"; fi
    return "$status"
}

need_packages() {
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        echo "This is no Debian: please have the counterparts of these packages installed: $*"
        return 0
    fi
    missing=$(missing_packages "$@")
    if [ -z "$missing" ]; then return 0; fi
    echo "Installing" $missing
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        echo "This needs root or sudo. As root: apt-get install --no-install-recommends" $missing >&2
        return 1
    fi
    # shellcheck disable=SC2086
    if ! install_packages $missing; then
        echo "Could not install. As root: apt-get install --no-install-recommends" $missing >&2
        return 1
    fi
}
