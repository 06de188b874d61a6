/* SPDX-License-Identifier: BSL-1.0
 * Semihosting: calls of the host that runs the emulator or holds the debugger. */
#include "board.h"

enum { sys_open = 1, sys_close = 2, sys_write0 = 4, sys_read = 6, sys_time = 0x11, sys_get_cmdline = 0x15 };
enum { sys_exit_extended = 0x20, stopped_by_application = 0x20026, mode_rb = 1 };

static int call_host(int operation, void const* argument) {
    register int         r0 __asm("r0") = operation;
    register void const* r1 __asm("r1") = argument;
    __asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

void board_exit(int status) {
    uint32_t const block[] = {stopped_by_application, (uint32_t)status};
    call_host(sys_exit_extended, block);
    for (;;) continue;
}

void board_fail(char const* what) {
    board_trace(what);
    board_trace("\n");
    board_exit(99);
}

void board_trace(char const* text) {
    call_host(sys_write0, text);
}

int board_command_line(char* into, uint32_t size) {
    uint32_t block[] = {(uint32_t)(uintptr_t)into, size};
    return call_host(sys_get_cmdline, block) == 0 ? (int)block[1] : -1;
}

int board_read_file(char const* path, void* into, uint32_t size) {
    uint32_t length = 0;
    while (path[length] != '\0') length++;
    uint32_t const open[] = {(uint32_t)(uintptr_t)path, mode_rb, length};
    int const      file   = call_host(sys_open, open);
    if (file < 0) return -1;
    uint32_t const read[]  = {(uint32_t)file, (uint32_t)(uintptr_t)into, size};
    int const      missing = call_host(sys_read, read);
    uint32_t const close[] = {(uint32_t)file};
    call_host(sys_close, close);
    return missing < 0 ? -1 : (int)size - missing;
}

uint32_t board_calendar(void) {
    return (uint32_t)call_host(sys_time, 0);
}

void board_random(void* into, uint32_t size) {
    if (board_read_file("/dev/urandom", into, size) != (int)size) board_fail("no random bytes");
}
