# SPDX-License-Identifier: BSL-1.0
# shellcheck shell=sh disable=SC2034,SC2154 # variables go both ways
# Sourced: how one image of the size job is built. $here is this folder, $sources where the programs are, $out a
# scratch folder. An image is named PROGRAM CPU OPTIONS, for example: qos1 m0plus -Os-flto.

programs='qos0 qos1 qos1-reconnect qos2 mqtt5 two-clients'
call_programs='calls-default calls-mqtt5' # of which only the stack is bounded, call by call
# One feature more than qos1, and than mqtt5: feature.cpp.
features='chunks manual-ack sources reconnect credentials entropy store mailbox router statistics unsubscribe will
    deadlines v3-1'
features_5='v3-1-1 aliases-in aliases-out auth assigned-id server-reference properties subscribe-options requests'
cpus='m0plus m4 rv32imac'
option_sets='-Os -Os-flto -O2 -O2-flto'
size_packages='gcc-arm-none-eabi libnewlib-arm-none-eabi libstdc++-arm-none-eabi-dev g++ python3'
riscv_packages=gcc-riscv64-unknown-elf

# is_measured CPU OPTIONS: the RISC-V compiler is here without a C library, so it gets one of ours, and no LTO.
is_measured() {
    [ "$1" != rv32imac ] || [ "${2%-flto}" = "$2" ]
}

job_defines() {
    case $1 in
    qos0) echo -DJOB_MAXQOS=0 ;;
    qos2) echo -DJOB_MAXQOS=2 ;;
    mqtt5 | calls-mqtt5) echo -DJOB_MAXQOS=1 -DJOB_V5=1 ;;
    with5-*) echo "-DJOB_MAXQOS=1 -DJOB_V5=1 -DFEATURE_$(echo "${1#with5-}" | tr a-z- A-Z_)" ;;
    with-*) echo "-DJOB_MAXQOS=1 -DFEATURE_$(echo "${1#with-}" | tr a-z- A-Z_)" ;;
    qos1-reconnect) echo -DJOB_MAXQOS=1 -DJOB_DROP=1 ;;
    *) echo -DJOB_MAXQOS=1 ;;
    esac
}

# toolchain CPU: sets $tools (the prefix of the tools' names), $target, $cxx_headers, $libraries and $library_source.
toolchain() {
    cxx_headers=
    library_source=
    case $1 in
    rv32imac)
        tools=riscv64-unknown-elf-
        target='-march=rv32imac -mabi=ilp32 -idirafter /usr/include/newlib'
        # Debian has no C++ headers for it; those of the other compiler, which is of the same version, do.
        headers=$(echo /usr/include/newlib/c++/*)
        cxx_headers="-nostdinc++ -isystem $headers -isystem $headers/arm-none-eabi"
        libraries='-nostdlib -e start'
        library_source=$here/library.c
        ;;
    *)
        tools=arm-none-eabi-
        target="-mcpu=cortex-$1 -mthumb"
        libraries='--specs=nano.specs --specs=nosys.specs'
        ;;
    esac
}

# job_flags PROGRAM OPTIONS: sets $flags for all languages, $cxx for C++ and $lto. After toolchain.
job_flags() {
    optimise=${2%-flto}
    lto=
    [ "$optimise" = "$2" ] || lto=-flto
    flags="$target $optimise -ffunction-sections -fdata-sections -DNDEBUG -fno-unwind-tables"
    flags="$flags -fno-asynchronous-unwind-tables -I$here $(job_defines "$1")"
    cxx="-std=c++20 -fno-exceptions -fno-rtti -fno-threadsafe-statics -fcallgraph-info=su $cxx_headers"
    cxx="$cxx -I${BARELINK_INCLUDE:-$here/../../include}"
}

# build_image PROGRAM CPU OPTIONS: writes $out/PROGRAM-CPUOPTIONS.elf; program "base" is the empty job. $more: flags for
# the program, $archive: a library that it needs.
build_image() {
    image=$out/$1-$2$3
    toolchain "$2"
    job_flags "$1" "$3"
    # Linked by gcc, not g++: a program that needs anything of the C++ library fails here. nosys warns by design.
    link="$target $optimise -Wl,--gc-sections $libraries -Wl,-Map=$image.map"
    main=main.c
    source=$sources/$1.cpp
    case $1 in
    base) main=base_main.c ;;
    with*) source=$here/feature.cpp ;;
    esac
    # shellcheck disable=SC2086 # flags are lists of words
    {
        "${tools}gcc" -std=c11 $flags -c "$here/stub.c" -o "$image.stub.o" &&
            "${tools}gcc" -std=c11 $flags $lto -c "$here/$main" -o "$image.main.o" || return 1
        objects="$image.stub.o $image.main.o"
        if [ "$1" != base ]; then
            "${tools}g++" $flags $cxx $lto ${more-} -c "$source" -o "$image.job.o" || return 1
            objects="$objects $image.job.o"
        fi
        if [ -n "$library_source" ]; then
            "${tools}gcc" -std=gnu11 $flags -c "$library_source" -o "$image.library.o" || return 1
            objects="$objects $image.library.o"
        fi
        "${tools}gcc" $link $lto $objects ${archive-} -lgcc -o "$image.elf" 2>"$image.link" || {
            cat "$image.link" >&2
            return 1
        }
    }
}

# sections CPU ELF: "text data bss", where text is code, constants, constructor arrays and the exception index.
sections() {
    toolchain "$1"
    "${tools}size" -A "$2" | awk '
        $1 ~ /^\.(text|s?rodata|init|fini|preinit_array)/ || $1 ~ /^\.(ARM\.ex|eh_frame)/ { text += $2 }
        $1 ~ /^\.s?data/ { data += $2 }
        $1 ~ /^\.s?bss/ { bss += $2 }
        END { print text + 0, data + 0, bss + 0 }'
}

# What examples/firmware/user_settings.h needs of wolfSSL.
wolfssl_files='src/internal src/keys src/ssl src/tls src/tls13 src/wolfio wolfcrypt/src/aes wolfcrypt/src/asn
    wolfcrypt/src/coding wolfcrypt/src/ecc wolfcrypt/src/error wolfcrypt/src/hash wolfcrypt/src/hmac wolfcrypt/src/kdf
    wolfcrypt/src/logging wolfcrypt/src/memory wolfcrypt/src/random wolfcrypt/src/rsa wolfcrypt/src/sha256
    wolfcrypt/src/sha512 wolfcrypt/src/sp_c32 wolfcrypt/src/sp_int wolfcrypt/src/wc_encrypt wolfcrypt/src/wc_port
    wolfcrypt/src/wolfmath'

# wolfssl_archive CPU SOURCE: builds wolfSSL from its source folder into $out/wolfssl-CPU.a, and sets $wolfssl_flags.
wolfssl_archive() {
    toolchain "$1"
    wolfssl_flags="-DWOLFSSL_USER_SETTINGS -I$here/../../examples/firmware -isystem $2"
    mkdir -p "$out/wolfssl-$1"
    # shellcheck disable=SC2086 # lists of words
    for file in $wolfssl_files; do echo "$out/wolfssl-$1/${file##*/}.o $2/$file.c"; done |
        xargs -P 2 -L 1 "${tools}gcc" $target -Os -ffunction-sections -fdata-sections -std=gnu11 -w $wolfssl_flags \
            -c -o 2>"$out/wolfssl.log" || { cat "$out/wolfssl.log" >&2 && return 1; }
    "${tools}ar" rc "$out/wolfssl-$1.a" "$out/wolfssl-$1"/*.o
}
