/* SPDX-License-Identifier: BSL-1.0 */
#include "lan9118.h"
#include "board.h"

/* Registers and bits by the names of the data sheet, as word offsets. */
enum {
    rx_data = 0x00 / 4, tx_data = 0x20 / 4, rx_status = 0x40 / 4, tx_status = 0x48 / 4, irq_cfg = 0x54 / 4,
    int_sts = 0x58 / 4, int_en = 0x5C / 4, byte_test = 0x64 / 4, fifo_int = 0x68 / 4, rx_cfg = 0x6C / 4,
    tx_cfg = 0x70 / 4, hw_cfg = 0x74 / 4, rx_fifo_inf = 0x7C / 4, tx_fifo_inf = 0x80 / 4, mac_csr_cmd = 0xA4 / 4,
    mac_csr_data = 0xA8 / 4
};
enum { mac_cr = 1, addrh = 2, addrl = 3 };
enum { soft_reset = 1, must_be_one = 1 << 20, tx_fifo_5k = 5 << 16, tx_on = 2, first_and_last = 3 << 12 };
enum { full_duplex = 1 << 20, transmits = 1 << 3, receives = 1 << 2, rx_error = 1 << 15, checksum = 4 };
enum { frame_came = 1 << 3, irq_enable = 1 << 8, active_high_push_pull = 1 << 4 | 1, ethernet_irq = 13 };

static uint32_t volatile* const chip        = (uint32_t volatile*)0x40200000u;
static uint32_t volatile* const set_enabled = (uint32_t volatile*)0xE000E100u;

/* A word of which some bytes are filled or still to be read, and the words of the frame behind it. */
static uint32_t word, bytes_in_word, words_left;

static void mac_wait(void) {
    while ((chip[mac_csr_cmd] & 0x80000000u) != 0) continue;
}
static uint32_t mac_read(uint32_t index) {
    chip[mac_csr_cmd] = 0xC0000000u | index;
    mac_wait();
    return chip[mac_csr_data];
}
static void mac_write(uint32_t index, uint32_t value) {
    chip[mac_csr_data] = value;
    chip[mac_csr_cmd]  = 0x80000000u | index;
    mac_wait();
}

int lan9118_start(uint8_t mac[6]) {
    if (chip[byte_test] != 0x87654321u) return -1;
    chip[hw_cfg] = soft_reset;
    for (int i = 0; (chip[hw_cfg] & soft_reset) != 0; i++) {
        if (i == 100000) return -1;
    }
    chip[hw_cfg]   = must_be_one | tx_fifo_5k;
    chip[rx_cfg]   = 0;
    chip[tx_cfg]   = tx_on;
    chip[fifo_int] = 0; /* one frame is enough for an interrupt */
    chip[int_sts]  = ~0u;
    chip[irq_cfg]  = irq_enable | active_high_push_pull;
    /* The chip has read its address from an EEPROM. */
    uint32_t const low  = mac_read(addrl);
    uint32_t const high = mac_read(addrh);
    for (int i = 0; i < 6; i++) mac[i] = (uint8_t)(i < 4 ? low >> (8 * i) : high >> (8 * (i - 4)));
    mac_write(mac_cr, full_duplex | transmits | receives);
    lan9118_listen();
    *set_enabled = 1u << ethernet_irq;
    return 0;
}

void lan9118_listen(void) {
    chip[int_sts] = frame_came;
    chip[int_en]  = frame_came;
}

void ethernet_interrupt(void) {
    chip[int_en] = 0;
    board_wake();
}

int lan9118_tx_begin(uint32_t length) {
    /* The chip stops when nobody takes its reports. */
    for (uint32_t reports = (chip[tx_fifo_inf] >> 16) & 0xFF; reports != 0; reports--) (void)chip[tx_status];
    if ((chip[tx_fifo_inf] & 0xFFFF) < ((length + 3) & ~3u) + 8) return -1;
    chip[tx_data] = first_and_last | length;
    chip[tx_data] = length;
    bytes_in_word = 0;
    word          = 0;
    return 0;
}

void lan9118_tx_bytes(void const* from, uint32_t count) {
    for (uint8_t const* at = from; count != 0; count--) {
        word |= (uint32_t)*at++ << (8 * bytes_in_word);
        if (++bytes_in_word == 4) lan9118_tx_end();
    }
}

void lan9118_tx_end(void) {
    if (bytes_in_word != 0) chip[tx_data] = word;
    bytes_in_word = 0;
    word          = 0;
}

uint32_t lan9118_rx_begin(void) {
    while (((chip[rx_fifo_inf] >> 16) & 0xFF) != 0) {
        uint32_t const status = chip[rx_status];
        uint32_t const length = (status >> 16) & 0x3FFF;
        words_left    = (length + 3) / 4;
        bytes_in_word = 0;
        if ((status & rx_error) == 0 && length > checksum) return length - checksum;
        lan9118_rx_end();
    }
    return 0;
}

void lan9118_rx_bytes(void* into, uint32_t count) {
    for (uint8_t* at = into; count != 0; count--) {
        if (bytes_in_word == 0) {
            word          = chip[rx_data];
            bytes_in_word = 4;
            words_left--;
        }
        *at++ = (uint8_t)word;
        word >>= 8;
        bytes_in_word--;
    }
}

/* All words of a frame have to be read, or the next one is out of step. */
void lan9118_rx_end(void) {
    for (; words_left != 0; words_left--) (void)chip[rx_data];
    bytes_in_word = 0;
}
