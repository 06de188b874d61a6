// SPDX-License-Identifier: BSL-1.0
#ifndef BENCHMARKS_TARGET_BOARD_H
#define BENCHMARKS_TARGET_BOARD_H
#include <stdint.h>

void board_print(char const* text);
void board_print_number(uint32_t value);
void board_exit(int status) __attribute__((noreturn));
void board_fail(char const* what) __attribute__((noreturn));

void     thousand(void); // takes 1000 instructions
int      hundred(void);  // takes 100 bytes of stack
unsigned stack_of(int (*call)(void));

// Counting: QEMU gives each instruction 1024 ns, the timer ticks every 40 ns.
void count_go(void);
void count_stop(void);
#endif
