/* SPDX-License-Identifier: BSL-1.0
 * The board: an Arm MPS2 with a Cortex-M3 (AN385) or M4 (AN386) as QEMU models it. What a real board has in its place
 * is said at each function. */
#ifndef BARE_METAL_BOARD_H
#define BARE_METAL_BOARD_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/* --- the host that runs the emulator, by semihosting; a product has none */

/* Ends the emulator with this exit status. */
void board_exit(int status) __attribute__((noreturn));
/* Says so and ends with status 99. */
void board_fail(char const* what) __attribute__((noreturn));
/* To the host's standard error. */
void board_trace(char const* text);
/* The words of `-semihosting-config arg=`, spaces between. Returns its length, or -1 if it does not fit. */
int board_command_line(char* into, uint32_t size);
/* Returns how many bytes of a file of the host's were read, or -1. */
int board_read_file(char const* path, void* into, uint32_t size);
/* Seconds since 1970: a clock with a battery, or the network. */
uint32_t board_calendar(void);
/* Random bytes, good enough for keys: a true random number generator. Ends the program if there are none. */
void board_random(void* into, uint32_t size);

/* --- UART0 */

void board_write(char const* text, uint32_t size);
void board_print(char const* text);
void board_print_number(uint32_t value);

/* --- time */

/* Starts clock and interrupts. */
void board_start(void);
/* Milliseconds since board_start(), also of sleep; wraps after 2^32. To be asked at least every 171 s. */
uint32_t board_ms(void);
/* Sleeps until an interrupt has come since the last call, or `ms_max` milliseconds are over. */
void board_sleep(uint32_t ms_max);
/* What an interrupt calls so that board_sleep() ends. */
void board_wake(void);

/* How often the core woke, and how many cycles of SysTick it was awake for: with -icount shift=0 of QEMU a cycle are 40
 * instructions. */
struct board_effort {
    uint32_t wake_ups;
    uint32_t cycles;
};
struct board_effort board_measure(void);

/* --- instructions between two calls, with -icount of QEMU (shift=10 on a Cortex-M); at most 600,000 */

void     board_count_begin(void);
uint32_t board_count_end(void);

/* --- stack */

/* The most bytes that the stack has had. */
uint32_t board_stack_used(void);

#ifdef __cplusplus
}
#endif
#endif
