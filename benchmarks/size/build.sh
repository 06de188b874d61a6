# SPDX-License-Identifier: BSL-1.0
# shellcheck shell=sh disable=SC2034,SC2154 # variables go both ways
# Sourced: how one image of the size job is built. $here is this folder, $sources where the programs are, $out a
# scratch folder. An image is named PROGRAM CPU OPTIONS, for example: qos1 m0plus -Os-flto.

programs='qos0 qos1 qos1-reconnect qos2 mqtt5'
cpus='m0plus m4'
option_sets='-Os -Os-flto -O2 -O2-flto'

job_defines() {
    case $1 in
    qos0) echo -DJOB_MAXQOS=0 ;;
    qos2) echo -DJOB_MAXQOS=2 ;;
    mqtt5) echo -DJOB_MAXQOS=1 -DJOB_V5=1 ;;
    qos1-reconnect) echo -DJOB_MAXQOS=1 -DJOB_DROP=1 ;;
    *) echo -DJOB_MAXQOS=1 ;;
    esac
}

# build_image PROGRAM CPU OPTIONS: writes $out/PROGRAM-CPUOPTIONS.elf; program "base" is the empty job.
build_image() {
    image=$out/$1-$2$3
    target="-mcpu=cortex-$2 -mthumb"
    optimise=${3%-flto}
    lto=
    [ "$optimise" = "$3" ] || lto=-flto
    flags="$target $optimise -ffunction-sections -fdata-sections -DNDEBUG -fno-unwind-tables"
    flags="$flags -fno-asynchronous-unwind-tables -I$here $(job_defines "$1")"
    cxx="-std=c++20 -fno-exceptions -fno-rtti -fno-threadsafe-statics -fcallgraph-info=su"
    cxx="$cxx -I${BARELINK_INCLUDE:-$here/../../include}"
    link="$target $optimise -Wl,--gc-sections --specs=nano.specs --specs=nosys.specs"
    # Linked by gcc, not g++: a program that needs anything of the C++ library fails here. nosys warns by design.
    link="$link -Wl,-Map=$image.map"
    main=main.c
    [ "$1" != base ] || main=base_main.c
    # shellcheck disable=SC2086 # flags are lists of words
    {
        arm-none-eabi-gcc -std=c11 $flags -c "$here/stub.c" -o "$image.stub.o" &&
            arm-none-eabi-gcc -std=c11 $flags $lto -c "$here/$main" -o "$image.main.o" || return 1
        objects="$image.stub.o $image.main.o"
        if [ "$1" != base ]; then
            arm-none-eabi-g++ $flags $cxx $lto -c "$sources/$1.cpp" -o "$image.job.o" || return 1
            objects="$objects $image.job.o"
        fi
        arm-none-eabi-gcc $link $lto $objects -o "$image.elf" 2>"$image.link" || {
            cat "$image.link" >&2
            return 1
        }
    }
}

# sections ELF: "text data bss", where text is code, constants, constructor arrays and the exception index.
sections() {
    arm-none-eabi-size -A "$1" | awk '
        $1 ~ /^\.(text|rodata|init|fini|preinit_array)/ || $1 ~ /^\.(ARM\.ex|eh_frame)/ { text += $2 }
        $1 ~ /^\.data/ { data += $2 }
        $1 ~ /^\.bss/ { bss += $2 }
        END { print text + 0, data + 0, bss + 0 }'
}
