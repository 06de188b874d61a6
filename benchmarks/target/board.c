// SPDX-License-Identifier: BSL-1.0
// Start, end and output of the image, by semihosting.
#include "board.h"

extern uint32_t data_image[], data_begin[], data_end[], bss_begin[], bss_end[];
extern void (*init_begin[])(void);
extern void (*init_end[])(void);
int main(void);

static int semihost(int operation, void const* argument) {
    register int         r0 __asm("r0") = operation;
    register void const* r1 __asm("r1") = argument;
    __asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

void board_print(char const* text) {
    semihost(4, text);
}

void board_print_number(uint32_t value) {
    char  text[11];
    char* at = text + sizeof text - 1;
    *at      = 0;
    do *--at = (char)('0' + value % 10);
    while ((value /= 10) != 0);
    board_print(at);
}

void board_exit(int status) {
    uint32_t const block[] = {0x20026, (uint32_t)status};
    semihost(0x20, block);
    for (;;) continue;
}

void board_fail(char const* what) {
    board_print("target: ");
    board_print(what);
    board_print("\n");
    board_exit(1);
}

void fault(void) {
    board_fail("a fault");
}

void start(void) {
    uint32_t const* from = data_image;
    for (uint32_t* to = data_begin; to != data_end; to++) *to = *from++;
    for (uint32_t* to = bss_begin; to != bss_end; to++) *to = 0;
    for (void (**call)(void) = init_begin; call != init_end; call++) (*call)();
    board_exit(main());
}
