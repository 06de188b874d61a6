/* SPDX-License-Identifier: BSL-1.0
 * A wolfSSL for barelink's tls/ on a device without an operating system: TLS 1.3 and 1.2, client only, P-256 and RSA of
 * 2048 bits, AES-GCM, session tickets, PSK. Compile wolfSSL and your program with -DWOLFSSL_USER_SETTINGS and this file
 * on the include path. As it is, an image of wolfSSL and barelink's tls/ has 126 KB of flash and 2.5 KB of static RAM
 * beside the pool. The prices are differences to that, on a Cortex-M3 at -Os; benchmarks/tls/target/run.py --prices
 * measures them, docs/tls.md has the pool, the stack and the time. Where no RAM is named, there is none. */
#pragma once

/* The platform: one thread, no files, no sockets, no libc that allocates. */
#define SINGLE_THREADED
#define WC_NO_ASYNC_THREADING
#define NO_FILESYSTEM
#define NO_WRITEV
#define NO_MAIN_DRIVER
#define WOLFSSL_USER_IO
#define NO_DEV_RANDOM
#define WOLFSSL_IGNORE_FILE_WARN
#define NO_SIG_WRAPPER
#define NO_ERROR_STRINGS /* 5.0 KB of flash less: barelink keeps the numbers */
#define SIZEOF_LONG_LONG 8
#define WOLFSSL_GENERAL_ALIGNMENT 4

/* Memory: XMALLOC, XFREE and XREALLOC are functions of yours, that call tls::wolfssl_library. Not
 * WOLFSSL_STATIC_MEMORY: its buckets need three to eight times the RAM. Not WOLFSSL_NO_MALLOC: RSA certificates then
 * fail. */
#define XMALLOC_USER
/* #define WOLFSSL_SMALL_STACK: 6.6 KB of stack become 1.5 KB, for 3.9 KB of flash and 2.9 KB more of the pool */

/* Time and randomness are yours. time_t is 64 bits wide in newlib. */
#define USER_TIME
#define HAVE_TIME_T_TYPE
#define HAVE_TM_TYPE
#include <time.h>
#ifdef __cplusplus
extern "C" {
#endif
extern time_t device_time(time_t* t); /* seconds since 1970: wolfssl_library sets the clock, this is never asked */
extern int    device_seed(unsigned char* out, unsigned int size); /* from a true noise source; 0: good */
#ifdef __cplusplus
}
#endif
#define XTIME device_time
#define USER_TICKS /* LowResTimer() in s and TimeNowInMilliseconds() are yours: the age of tickets */
#define CUSTOM_RAND_GENERATE_SEED device_seed
#define HAVE_HASHDRBG

/* The protocol. 1.3 alone saves 20.5 KB (define WOLFSSL_NO_TLS12), 1.2 alone 24.6 KB and 0.3 KB of RAM (leave out
 * WOLFSSL_TLS13, HAVE_HKDF and WC_RSA_PSS). The server's side would cost flash for nothing. */
#define NO_WOLFSSL_SERVER
#define NO_OLD_TLS
#define WOLFSSL_TLS13
#define HAVE_HKDF
#define WC_RSA_PSS
#define HAVE_TLS_EXTENSIONS
#define HAVE_SUPPORTED_CURVES
#define HAVE_EXTENDED_MASTER /* 0.5 KB: binds a session of 1.2 to its handshake */
#define HAVE_SNI
#define HAVE_ALPN         /* 1.2 KB; for port 443 */
#define HAVE_MAX_FRAGMENT /* 0.4 KB; records of 2 KiB instead of 16: the pool may be 10 KB smaller */
/* Without HAVE_ENCRYPT_THEN_MAC, 1.2 KB: it is for CBC, and barelink offers none. */

/* What barelink needs: its name check sees each certificate, good ones too. */
#define WOLFSSL_ALWAYS_VERIFY_CB

/* Sessions that outlive a connection, 5.2 KB of flash, 2.2 KB of RAM and 0.2 KB of the pool. Without: define
 * NO_SESSION_CACHE, and leave out the five. */
#define HAVE_SESSION_TICKET
#define HAVE_EXT_CACHE
#define SMALL_SESSION_CACHE
#define NO_CLIENT_CACHE
#define NO_SESSION_CACHE_REF

/* Shared keys, 3.1 KB and 1.5 KB of the pool; define NO_PSK instead if you have none. */
#define WOLFSSL_STATIC_PSK

/* Algorithms. RSA is there by itself: 15.2 KB, 2.4 KB of the pool and 3.0 KB of the stack; if no certificate has such a
 * key, define NO_RSA and leave out WC_RSA_PSS, WC_RSA_BLINDING and WOLFSSL_HAVE_SP_RSA. */
#define HAVE_ECC
#define ECC_USER_CURVES /* P-256 alone */
#define ECC_TIMING_RESISTANT /* the three together 0.1 KB and a thousandth of the time: never without */
#define TFM_TIMING_RESISTANT
#define WC_RSA_BLINDING
#define HAVE_AESGCM
#define GCM_SMALL                /* GCM_TABLE_4BIT instead: 0.8 KB and 0.5 KB of the pool, and faster records */
#define NO_AES_192               /* 0.2 KB less */
#define WOLFSSL_AES_SMALL_TABLES /* 13.4 KB less, and slower records */
#define WOLFSSL_SHA384           /* the two 6.4 KB and 0.7 KB of the pool, for certificates signed with them */
#define WOLFSSL_SHA512
#define USE_SLOW_SHA256 /* 0.4 KB less */
#define USE_SLOW_SHA512 /* 6.8 KB less */
/* #define HAVE_CHACHA and HAVE_POLY1305: 4.5 KB */
#define NO_DH
#define NO_DSA
#define NO_RC4
#define NO_MD4
#define NO_MD5
#define NO_SHA
#define NO_DES3
#define NO_PWDBASED
#define NO_PKCS12
#define WOLFSSL_PEM_TO_DER /* certificates in PEM, 1.9 KB; for DER alone define WOLFSSL_NO_PEM */

/* Numbers: portable C, the least flash. WOLFSSL_SP_ASM and WOLFSSL_SP_ARM_CORTEX_M_ASM are five times as fast, for
 * 8.0 KB and 1.2 KB of the stack. Without WOLFSSL_SP_SMALL, in C: four times as fast, for 31.8 KB and 5.7 KB of the
 * stack. */
#define WOLFSSL_SP_MATH
#define WOLFSSL_SP_SMALL
#define WOLFSSL_HAVE_SP_ECC
#define WOLFSSL_HAVE_SP_RSA
#define WOLFSSL_SP_NO_3072
#ifndef SP_WORD_SIZE
#define SP_WORD_SIZE 32
#endif
