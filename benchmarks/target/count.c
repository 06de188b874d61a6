// SPDX-License-Identifier: BSL-1.0
#include "count.h"
#include "../size/hal.h"
#include "board.h"

enum { ticks_per_10_instructions = 256 };

static uint32_t volatile* const systick = (uint32_t volatile*)0xe000e010u; // control, reload, value

static uint32_t started, door_cost;

uint32_t count_spent, count_doors, count_own;

__attribute__((noinline)) void count_go(void) {
    started = systick[2];
}

__attribute__((noinline)) void count_stop(void) {
    count_spent += (started - systick[2]) & 0xffffffu;
    count_doors++;
}

uint32_t count_instructions(uint32_t ticks) {
    return (ticks * 10 + ticks_per_10_instructions / 2) / ticks_per_10_instructions;
}

void count_begin(void) {
    count_spent = count_doors = 0;
}

uint32_t count_ticks(void) {
    // One instruction of each door is the library's: the call.
    return count_spent - count_doors * (door_cost - ticks_per_10_instructions / 10);
}

void count_calibrate(void) {
    systick[1] = 0xffffff;
    systick[2] = 0;
    systick[0] = 5;
    COUNTED((void)0);
    count_own = count_spent;
    count_begin();
    COUNTED(thousand());
    if (count_instructions(count_spent) != 1000) board_fail("1000 instructions are not counted as 1000");
    if (STACK_OF(hundred) != 100) board_fail("100 bytes of stack are not seen as 100");
    count_begin();
    COUNTED(hal_ms());
    door_cost = count_spent;
    count_begin();
}
