/* SPDX-License-Identifier: BSL-1.0
 * Time without ticks: one timer runs on for ever, another one ends a sleep. Both go on while the core sleeps; on a part
 * that stops them, a low-power timer does the same. SysTick, which sees 0.6 s only, measures how long the core is
 * awake. */
#include "board.h"

typedef struct {
    uint32_t volatile control, value, reload, interrupt;
} timer; /* CMSDK, counts down */
static timer* const              alarm       = (timer*)0x40000000u;
static timer* const              passing     = (timer*)0x40001000u;
static uint32_t volatile* const  systick     = (uint32_t volatile*)0xE000E010u; /* control, reload, value */
static uint32_t volatile* const  set_enabled = (uint32_t volatile*)0xE000E100u;
enum { timer_enable = 1, timer_interrupts = 8, systick_core_clock = 5, systick_mask = 0xFFFFFF, alarm_irq = 8 };
enum { cycles_per_ms = 25000, longest_sleep_ms = 100000 };

static uint32_t            milliseconds, counted; /* and where `passing` stood then */
static uint32_t            awake_since, awake_cycles, wake_ups;
static uint32_t volatile   woken;

static uint32_t awake_for(void) {
    return (awake_since - systick[2]) & systick_mask;
}

void board_start(void) {
    passing->reload  = 0xFFFFFFFFu;
    passing->value   = 0xFFFFFFFFu;
    passing->control = timer_enable;
    counted          = passing->value;
    systick[1]       = systick_mask;
    systick[2]       = 0;
    systick[0]       = systick_core_clock;
    awake_since      = systick[2];
    *set_enabled     = 1u << alarm_irq;
}

uint32_t board_ms(void) {
    uint32_t const passed = (counted - passing->value) / cycles_per_ms;
    milliseconds += passed;
    counted -= passed * cycles_per_ms;
    return milliseconds;
}

void board_wake(void) {
    woken = 1;
}

void timer0_interrupt(void) {
    alarm->control   = 0;
    alarm->interrupt = 1;
    board_wake();
}

/* With interrupts masked the question "has one come?" and the sleep are one step: a masked interrupt ends wfi, too, and
 * is served right after. */
void board_sleep(uint32_t ms_max) {
    if (ms_max > longest_sleep_ms) ms_max = longest_sleep_ms;
    __asm volatile("cpsid i" ::: "memory");
    if (woken == 0 && ms_max != 0) {
        alarm->value   = ms_max * cycles_per_ms;
        alarm->reload  = ms_max * cycles_per_ms;
        alarm->control = timer_enable | timer_interrupts;
        awake_cycles += awake_for();
        __asm volatile("dsb\n wfi" ::: "memory");
        awake_since = systick[2];
        wake_ups++;
        __asm volatile("cpsie i\n isb\n cpsid i" ::: "memory");
        alarm->control   = 0;
        alarm->interrupt = 1;
    }
    woken = 0;
    __asm volatile("cpsie i" ::: "memory");
}

static uint32_t begun;

void board_count_begin(void) {
    begun = systick[2];
}
/* An instruction takes 1024 ns then, a cycle 40 ns. */
uint32_t board_count_end(void) {
    return ((begun - systick[2]) & systick_mask) * 5 / 128;
}

struct board_effort board_measure(void) {
    return (struct board_effort){wake_ups, awake_cycles + awake_for()};
}
