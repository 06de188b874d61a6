#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# Measures and writes docs/figures.md, and docs/footprint.md of the budgets: report.sh [--update] [SECTION...].
# Sections: size, stack, features, tls, target, sizes, instructions, speed; default: all, about 15 minutes. What is not
# measured now is taken from the last time (build/figures). A figure above its budget is said and does not end the
# report; --update makes it the budget.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
figures=$here/../build/figures
mkdir -p "$figures"
update=
[ "${1-}" != --update ] || { update=--update && shift; }
[ $# -gt 0 ] || set -- size stack features tls target sizes instructions speed

for section in "$@"; do
    echo "== $section" >&2
    case $section in
    stack | features | tls) set -- size/run.sh "--$section" ;;
    size | target | sizes | instructions | speed) set -- "$section/run.sh" ;;
    *) sed -n '3,6s/^# *//p' "$0" >&2 && exit 2 ;;
    esac
    # speed writes its figures itself and prints tables.
    if [ "$section" = speed ]; then
        echo 'figures' >"$figures/new"
        FIGURES=$figures/new "$here/$1" >&2
    else
        script=$1
        shift
        # shellcheck disable=SC2086 # nothing, or one word
        "$here/$script" "$@" $update >"$figures/new" || echo "report: $section is not within its budgets" >&2
    fi
    # A script that could not run printed nothing.
    [ "$(wc -l <"$figures/new")" -gt 1 ] || { echo "report: $section could not be measured" >&2 && exit 1; }
    mv "$figures/new" "$figures/$section.txt"
done

{
    echo "Host: $(uname -m), $(g++ --version | head -n 1), C library $(ldd --version | sed -n '1s/.* //p')."
    arm-none-eabi-gcc --version | sed -n '1s/.*/Target: &./p'
} >"$figures/about.txt"
python3 "$here/report.py" "$figures" "$here/../docs/figures.md"
python3 "$here/footprint.py" --update "$here/.."
echo "wrote docs/figures.md and docs/footprint.md" >&2
