/* SPDX-License-Identifier: BSL-1.0
 * What the compiler calls by itself, for a core without a C library. To be compiled with
 * -fno-tree-loop-distribute-patterns, or it finds these loops to be calls of themselves. */
#include <stddef.h>

void* memcpy(void* restrict to, void const* restrict from, size_t count) {
    char*       t = to;
    char const* f = from;
    while (count-- != 0) *t++ = *f++;
    return to;
}

void* memmove(void* to, void const* from, size_t count) {
    char*       t = to;
    char const* f = from;
    if (t < f) return memcpy(to, from, count);
    while (count-- != 0) t[count] = f[count];
    return to;
}

void* memset(void* to, int value, size_t count) {
    for (char* t = to; count != 0; count--) *t++ = (char)value;
    return to;
}

int memcmp(void const* a, void const* b, size_t count) {
    unsigned char const* x = a;
    unsigned char const* y = b;
    for (; count != 0; count--, x++, y++) {
        if (*x != *y) return *x - *y;
    }
    return 0;
}
