#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# What the size job costs on a Cortex-M: one line "program cpu options text data bss" an image, each figure the
# difference to an image with the empty job, and a failure when one is above its budget.
#   run.sh              sizes against budgets.txt
#   run.sh --stack      worst stack of each job function against stack-budgets.txt
#   run.sh --quick      both, of -Os alone
#   run.sh --tls        the program over TLS against tls-budgets.txt, whole and by owner; fetches wolfSSL's source
#   run.sh --features   what each feature adds, with the worst stack, against features-budgets.txt
#   run.sh --update     with each: writes the budgets instead of checking them
#   run.sh --host       builds the programs for this machine and runs them against the scripted broker
#   run.sh --symbols PROGRAM CPU OPTIONS    the biggest symbols of one image, for example qos1 m0plus -Os
# Options: --sources DIR (where the programs are), --budgets DIR (where the budgets are), --only PROGRAM, --cpu CPU
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../packages.sh"
. "$here/build.sh"
sources=$here
budgets=$here
mode=sizes
update=
only=
only_cpu=
symbols=
while [ $# -gt 0 ]; do
    case $1 in
    --stack | --quick | --host | --tls | --features) mode=${1#--} ;;
    --update) update=yes ;;
    --symbols) mode=symbols && symbols="$2 $3 $4" && shift 3 ;;
    --sources) sources=$(cd "$2" && pwd) && shift ;;
    --budgets) budgets=$(cd "$2" && pwd) && shift ;;
    --only) only=$2 && shift ;;
    --cpu) only_cpu=$2 && shift ;;
    *) sed -n '3,14s/^# *//p' "$0" >&2 && exit 2 ;;
    esac
    shift
done

# shellcheck disable=SC2086 # a list of words
need_packages $size_packages $riscv_packages
[ -z "$only" ] || programs=$only
[ -z "$only_cpu" ] || cpus=$only_cpu
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
trap 'exit 1' HUP INT TERM

for program in $programs; do
    case $program in with*) continue ;; esac
    [ -f "$sources/$program.cpp" ] || { echo "size: there is no program $program.cpp" >&2 && exit 1; }
done

# image_list OPTIONS...: every image with these options, the empty ones first.
image_list() {
    for options in "$@"; do
        for cpu in $cpus; do
            is_measured "$cpu" "$options" || continue
            for program in base $programs; do echo "$program $cpu $options"; done
        done
    done
}

# build_all OPTIONS...: two at a time; fails if any fails.
build_all() {
    export here sources out
    # shellcheck disable=SC2016 # the inner shell expands it
    image_list "$@" | xargs -P 2 -L 1 sh -c '. "$here/build.sh"; build_image "$@" || {
        echo "size: $* does not build" >&2; exit 1; }' sh || exit 1
}

print_sizes() {
    echo 'program cpu options text data bss'
    for options in $option_sets; do
        for cpu in $cpus; do
            is_measured "$cpu" "$options" || continue
            base=$(sections "$cpu" "$out/base-$cpu$options.elf")
            for program in $programs; do
                echo "$program $cpu $options $(sections "$cpu" "$out/$program-$cpu$options.elf") $base" |
                    awk '{ print $1, $2, $3, $4 - $7, $5 - $8, $6 - $9 }'
            done
        done
    done
}

# For docs/footprint.md.
print_functions() {
    for cpu in m0plus m4; do
        python3 "$here/functions.py" "$cpu" "$out/qos1-$cpu-Os.elf" "$out/base-$cpu-Os.elf" || exit 1
    done
}

print_stacks() {
    echo 'program cpu function stack'
    for cpu in $cpus; do
        for program in $programs; do
            python3 "$here/stack.py" "$program" "$cpu" "$out/$program-$cpu-Os" || exit 1
        done
    done
}

# Each line is a key of three words and figures; a header line names them.
check() {
    awk -v file="$2" '
        FNR == 1 && NR != FNR { for (i = 4; i <= NF; i++) name[i] = $i }
        FNR == 1 { next }
        NR == FNR { known[$1, $2, $3] = $0; next }
        !(($1, $2, $3) in known) { print "size: " file " has no line for " $1, $2, $3; bad = 1; next }
        {
            split(known[$1, $2, $3], limit)
            for (i = 4; i <= NF; i++) if ($i !~ /^-?[0-9]+$/ || $i + 0 > limit[i] + 0) {
                print "size: " $1, $2, $3 ": " name[i] " is " $i ", above its budget of " limit[i] " by " $i - limit[i]
                bad = 1
            }
        }
        END { exit bad }' "$budgets/$2" "$1" >&2
}

# A second client with other sizes may cost 150 bytes of flash on an M4: code must not depend on sizes.
check_second() {
    awk '
        $2 == "m4" && $3 == "-Os" { flash[$1] = $4 + $5 }
        END {
            cost = flash["two-clients"] - flash["qos1"]
            if (!("two-clients" in flash) || !("qos1" in flash) || cost < 150) exit 0
            print "size: a second client of other sizes takes " cost " bytes of flash"
            exit 1
        }' "$out/figures" >&2
}

# finish FILE: prints $out/figures, then checks it against the budgets or makes them the budgets.
finish() {
    cat "$out/figures"
    if [ -n "$update" ]; then
        [ -z "$only$only_cpu" ] && [ "$mode" != quick ] || { echo 'size: --update needs all images' >&2 && exit 2; }
        cp "$out/figures" "$budgets/$1"
    elif [ ! -f "$budgets/$1" ]; then
        echo "size: there is no $1; run.sh --update writes it" >&2 && exit 1
    else
        check "$out/figures" "$1" && check_second
    fi
}

# What three sessions of each program must show in the broker's report.
expected() {
    qos2_flow='pubrec=0 pubrel=0 pubcomp=0'
    case $1 in
    qos0) echo connect=3 subscribe=3 pub0=3 pub1=0 pub2=0 puback=0 msg0=3 msg1=0 msg2=0 acked=0 ;;
    qos1 | mqtt5 | two-clients) echo connect=3 subscribe=3 pub0=3 pub1=3 pub2=0 puback=3 msg0=0 msg1=3 msg2=0 acked=3 ;;
    qos1-reconnect) echo connect=6 subscribe=6 pub0=3 pub1=6 pub2=0 puback=6 msg0=0 msg1=6 msg2=0 acked=3 ;;
    qos2)
        echo connect=3 subscribe=3 pub0=3 pub1=3 pub2=3 puback=3 msg0=0 msg1=3 msg2=3 acked=6
        qos2_flow='pubrec=3 pubrel=3 pubcomp=3'
        ;;
    *) echo unknown=program ;;
    esac
    echo "$qos2_flow disconnect=3 results=3 errs=0"
}

run_on_host() {
    # shellcheck disable=SC2046 # job_defines is a list of words
    {
        set -- -O2 -g -Wall -Wextra -fsanitize=address,undefined -fno-sanitize-recover=all
        set -- "$@" "-I$here" $(job_defines "$program")
        gcc -std=c11 "$@" -c "$here/broker.c" -o "$out/broker.o"
        gcc -std=c11 "$@" -c "$here/main.c" -o "$out/main.o"
        g++ -std=c++20 -fno-exceptions -fno-rtti "$@" "-I${BARELINK_INCLUDE:-$here/../../include}" \
            "$sources/$program.cpp" "$out/broker.o" "$out/main.o" -o "$out/$program"
    }
    if ! report=$(timeout 60 "$out/$program"); then
        echo "size: $program failed on the host" >&2
        return 1
    fi
    echo "$program $report"
    wrong=
    for word in $(expected "$program"); do
        case " $report " in *" $word "*) ;; *) wrong="$wrong $word" ;; esac
    done
    pings=${report#*ping=}
    # One ping in each session at least: the inner loop is longer than the keep-alive.
    [ "${pings%% *}" -ge 3 ] || wrong="$wrong ping>=3"
    [ -z "$wrong" ] || echo "size: $program on the host: the broker expected$wrong" >&2
    [ -z "$wrong" ]
}

case $mode in
sizes)
    # shellcheck disable=SC2086 # a list of words
    build_all $option_sets
    print_sizes >"$out/figures"
    finish budgets.txt
    [ -z "$update" ] || print_functions >"$budgets/functions.txt"
    ;;
features)
    option_sets=-Os
    programs='qos1 mqtt5'
    for feature in $features; do programs="$programs with-$feature"; done
    for feature in $features_5; do programs="$programs with5-$feature"; done
    cpus=${only_cpu:-m0plus m4}
    build_all -Os
    print_sizes >"$out/sizes"
    print_stacks >"$out/stacks"
    awk '
        FNR == 1 { next }
        NR == FNR { if ($4 > deepest[$1, $2]) deepest[$1, $2] = $4; next }
        FNR == 2 { print "program cpu options text data bss stack" }
        { print $0, deepest[$1, $2] }' "$out/stacks" "$out/sizes" >"$out/figures"
    finish features-budgets.txt
    ;;
tls)
    need_packages dpkg-dev
    wolfssl=$("$here/../../tools/debian_sources.sh" wolfssl)
    echo 'program cpu options text data bss' >"$out/figures"
    for cpu in ${only_cpu:-m0plus m4}; do
        wolfssl_archive "$cpu" "$wolfssl"
        build_image base "$cpu" -Os
        more=$wolfssl_flags archive=$out/wolfssl-$cpu.a
        build_image tls "$cpu" -Os
        more='' archive=''
        image=$out/tls-$cpu-Os
        {
            echo "tls $(sections "$cpu" "$image.elf")"
            python3 "$here/shares.py" "$image.map" job.o=tls/barelink "wolfssl-$cpu.a=tls/wolfssl"
        } | awk -v cpu="$cpu" -v base="$(sections "$cpu" "$out/base-$cpu-Os.elf")" '
            { split($1 == "tls" ? base : "0 0 0", empty) }
            { print $1, cpu, "-Os", $2 - empty[1], $3 - empty[2], $4 - empty[3] }' >>"$out/figures"
    done
    finish tls-budgets.txt
    ;;
stack)
    [ -n "$only" ] || programs="$programs $call_programs"
    build_all -Os
    print_stacks >"$out/figures"
    finish stack-budgets.txt
    ;;
quick)
    option_sets=-Os
    jobs=$programs
    [ -n "$only" ] || programs="$programs $call_programs"
    build_all -Os
    print_stacks >"$out/stacks"
    programs=$jobs
    print_sizes >"$out/figures"
    (finish budgets.txt) || failed=yes
    mv "$out/stacks" "$out/figures"
    finish stack-budgets.txt
    [ -z "${failed-}" ]
    ;;
symbols)
    # shellcheck disable=SC2086 # a list of words
    {
        set -- $symbols
        build_image "$@"
        "${tools}nm" -S -t d --size-sort -r -C "$out/$1-$2$3.elf" >"$out/symbols"
        awk 'NR <= 40 { size = $2 + 0; $1 = $2 = ""; printf "%6d %s\n", size, $0 }' "$out/symbols"
    }
    ;;
host)
    failed=0
    for program in $programs; do run_on_host || failed=1; done
    exit $failed
    ;;
esac
