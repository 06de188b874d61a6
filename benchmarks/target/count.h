// SPDX-License-Identifier: BSL-1.0
// Instructions of the emulated core: QEMU gives each 1024 ns, the timer ticks every 40 ns. At most 650,000 at a time.
#ifndef BENCHMARKS_TARGET_COUNT_H
#define BENCHMARKS_TARGET_COUNT_H
#include <stdint.h>

void count_go(void);
void count_stop(void);

// Call first: measures what counting itself takes, and fails if 1000 instructions are not 1000.
void count_calibrate(void);

// What COUNTED() has counted since count_begin(), the doors of board.S left out.
void     count_begin(void);
uint32_t count_ticks(void);
uint32_t count_instructions(uint32_t ticks);

extern uint32_t count_spent, count_doors, count_own;

#define COUNTED(call)                                                                                                  \
    do {                                                                                                               \
        count_go();                                                                                                    \
        call;                                                                                                          \
        count_stop();                                                                                                  \
        count_spent -= count_own;                                                                                      \
        count_doors--;                                                                                                 \
    } while (0)
#endif
