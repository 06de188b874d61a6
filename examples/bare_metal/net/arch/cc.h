/* SPDX-License-Identifier: BSL-1.0
 * What lwIP has to know about compiler and board. */
#pragma once

/* Formats of messages that are never printed: LWIP_DEBUG is off. */
#define LWIP_NO_INTTYPES_H 1
#define LWIP_NO_UNISTD_H 1
#define X8_F ""
#define U16_F ""
#define S16_F ""
#define X16_F ""
#define U32_F ""
#define S32_F ""
#define X32_F ""
#define SZT_F ""
#define LWIP_PLATFORM_DIAG(x) \
    do {                      \
    } while (0)

#include "board/board.h"
#include "net/net.h"
#define LWIP_PLATFORM_ASSERT(what) board_fail(what)
#define LWIP_RAND() net_random()
