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

// The arguments of the call lie in stack_args, and what it returns in stack_result.
unsigned        stack_of(void (*call)(void));
extern uint32_t stack_args[4], stack_result;
#define STACK_OF(call) stack_of((void (*)(void))(call))
#endif
