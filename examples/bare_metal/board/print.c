/* SPDX-License-Identifier: BSL-1.0 */
#include "board.h"

void board_print(char const* text) {
    uint32_t size = 0;
    while (text[size] != '\0') size++;
    board_write(text, size);
}

void board_print_number(uint32_t value) {
    char  text[11];
    char* at = text + sizeof text - 1;
    *at      = '\0';
    do *--at = (char)('0' + value % 10);
    while ((value /= 10) != 0);
    board_print(at);
}
