/* SPDX-License-Identifier: BSL-1.0
 * Vectors and what comes before main(), for every Cortex-M. The C library is asked for nothing. */
#include "board.h"

extern uint32_t stack_begin[], stack_end[], data_image[], data_begin[], data_end[], bss_begin[], bss_end[];
int             main(void);

enum { paint = 0x5AC3A53C };

__attribute__((noreturn, used)) static void tell_fault(void) {
    board_fail("a fault");
}

/* The stack may be what has ended, and the host is told by what lies there: it begins anew. */
__attribute__((naked, noreturn)) static void fault(void) {
    __asm volatile("ldr r0, =stack_end\n mov sp, r0\n bl tell_fault");
}

/* The stack is painted from its far end up to where we stand. */
__attribute__((noreturn)) void start(void) {
    uint32_t* here;
    __asm volatile("mov %0, sp" : "=r"(here));
    for (uint32_t* to = stack_begin; to < here - 8; to++) *to = paint;
    uint32_t const* from = data_image;
    for (uint32_t* to = data_begin; to != data_end; to++) *to = *from++;
    for (uint32_t* to = bss_begin; to != bss_end; to++) *to = 0;
    board_exit(main());
}

uint32_t board_stack_used(void) {
    uint32_t const* at = stack_begin;
    while (at != stack_end && *at == paint) at++;
    return (uint32_t)(stack_end - at) * (uint32_t)sizeof *at;
}

/* An interrupt that the program does not have is a fault. */
__attribute__((weak)) void timer0_interrupt(void) {
    fault();
}
__attribute__((weak)) void ethernet_interrupt(void) {
    fault();
}

typedef void (*handler)(void);

__attribute__((section(".vectors"), used)) static struct {
    uint32_t* stack;
    handler   start, exceptions[14], interrupts[16];
} const vectors = {
    .stack      = stack_end,
    .start      = start,
    .exceptions = {fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault},
    .interrupts = {fault, fault, fault, fault, fault, fault, fault, fault, timer0_interrupt, fault, fault, fault, fault,
                   ethernet_interrupt, fault, fault},
};
