#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# What TLS takes on the host, with Debian's wolfSSL: one line "cpu version key handshake what figure" each. Fails when a
# figure is above its budget, or when a session that goes on is not cheaper than a full handshake, in bytes or in
# instructions.
#   run.sh PROGRAM           PROGRAM is what host.cpp was built to (build/.../benchmarks/tls-host)
#   run.sh PROGRAM --update  writes the budgets instead
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { sed -n '3,7s/^# *//p' "$0" >&2 && exit 2; }
. "$here/../packages.sh"
need_packages valgrind openssl

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
trap 'exit 1' HUP INT TERM
"$1" >"$out/figures" || { cat "$out/figures" >&2 && exit 1; }
# Once more for the instructions: within our calls, without the server.
valgrind --tool=callgrind --collect-atstart=no --callgrind-out-file="$out/callgrind" "$1" >/dev/null 2>"$out/log" ||
    { cat "$out/log" >&2 && exit 1; }
for file in "$out"/callgrind.*; do
    sed -n 's/^desc: Trigger: Client Request: \(host .*\)/\1 instructions/p; s/^totals: //p' "$file" | paste -s -d ' '
done | grep '^host ' >>"$out/figures"
sort "$out/figures"

awk '
    { figure[$1 " " $2 " " $3 " " $4 " " $5] = $6 }
    END {
        for (i in figure) {
            if (split(i, word, " ") < 5 || word[4] != "full" || word[5] !~ /^(in|instructions)$/) continue
            full = figure[i]; sub(" full ", " resumed ", i); resumed = figure[i]
            if (word[5] == "in") {
                o = i; sub(" in$", " out", o); resumed += figure[o]; sub(" resumed ", " full ", o); full += figure[o]
            }
            compared++
            if (resumed == 0 || resumed >= full) { print i ": " resumed " is not less than " full; bad = 1 }
        }
        exit bad || compared != 16
    }' "$out/figures" >&2
if [ "${2-}" = --update ]; then
    { echo '# SPDX-License-Identifier: BSL-1.0' && sort "$out/figures"; } >"$here/budgets.txt"
else
    awk -v slack=1.15 -f "$here/../check.awk" "$here/budgets.txt" "$out/figures" >&2
fi
