/* SPDX-License-Identifier: BSL-1.0
 * The board "virt" of QEMU with a RISC-V core: output, end and instruction count. The first function starts it. */
#include "board.h"

extern uint32_t bss_begin[], bss_end[];
int             main(void);

static uint8_t volatile* const  uart0    = (uint8_t volatile*)0x10000000u;
static uint32_t volatile* const finisher = (uint32_t volatile*)0x00100000u;
enum { good = 0x5555, bad = 0x3333 };

__attribute__((section(".start"), naked, used)) void start(void) {
    __asm volatile(".option arch, +zicsr\n la sp, stack_end\n la t0, fault\n csrw mtvec, t0\n j run");
}

__attribute__((used, noreturn, aligned(4))) static void fault(void) {
    board_print("a fault\n");
    board_exit(99);
}

__attribute__((used)) static void run(void) {
    for (uint32_t* to = bss_begin; to != bss_end; to++) *to = 0;
    board_exit(main());
}

void board_exit(int status) {
    *finisher = status == 0 ? good : ((uint32_t)status << 16 | bad);
    for (;;) continue;
}

void board_start(void) {}

void board_write(char const* text, uint32_t size) {
    for (; size != 0; size--) *uart0 = (uint8_t)*text++;
}

static uint32_t begun;

static uint32_t retired(void) {
    uint32_t count;
    __asm volatile("rdinstret %0" : "=r"(count));
    return count;
}
void board_count_begin(void) {
    begun = retired();
}
uint32_t board_count_end(void) {
    return retired() - begun;
}
