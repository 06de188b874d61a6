/* SPDX-License-Identifier: BSL-1.0
 * lwIP in a test on a PC. */
#pragma once
#include <stdlib.h>

#define LWIP_PLATFORM_DIAG(x) \
    do {                      \
    } while (0)
#define LWIP_PLATFORM_ASSERT(what) abort()
#define LWIP_RAND() ((u32_t)rand())
