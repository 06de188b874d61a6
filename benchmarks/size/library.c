// SPDX-License-Identifier: BSL-1.0
// What a program for a RISC-V needs of a C library, small rather than fast, and where it starts.
#include <stddef.h>

// Or the compiler would see what these loops are, and call them.
#pragma GCC optimize("no-tree-loop-distribute-patterns")

int main(void);

void start(void) {
    main();
    for (;;) continue;
}

void* memcpy(void* restrict to, void const* restrict from, size_t size) {
    char*       t = to;
    char const* f = from;
    for (; size != 0; size--) *t++ = *f++;
    return to;
}

void* memmove(void* to, void const* from, size_t size) {
    char*       t = to;
    char const* f = from;
    if (t <= f) return memcpy(to, from, size);
    for (; size != 0; size--) t[size - 1] = f[size - 1];
    return to;
}

void* memset(void* to, int value, size_t size) {
    for (char* t = to; size != 0; size--) *t++ = (char)value;
    return to;
}

int memcmp(void const* a, void const* b, size_t size) {
    unsigned char const* x = a;
    unsigned char const* y = b;
    for (; size != 0; size--, x++, y++) {
        if (*x != *y) return *x - *y;
    }
    return 0;
}

size_t strlen(char const* text) {
    size_t size = 0;
    while (text[size] != 0) size++;
    return size;
}
