/* SPDX-License-Identifier: BSL-1.0
 * SMSC LAN9118 Ethernet: frames go straight between its FIFOs and the caller's memory, in pieces of any size. */
#ifndef BARE_METAL_LAN9118_H
#define BARE_METAL_LAN9118_H
#include <stdint.h>

/* Switches it on, with an interrupt for each frame that comes, and reads its MAC address. Returns 0, or -1: no chip. */
int lan9118_start(uint8_t mac[6]);

/* A frame to send: its length, its bytes, its end. Returns 0, or -1: no room now. */
int  lan9118_tx_begin(uint32_t length);
void lan9118_tx_bytes(void const* from, uint32_t count);
void lan9118_tx_end(void);

/* A frame that has come: its length without the checksum, 0 if there is none; its bytes; the rest is dropped. */
uint32_t lan9118_rx_begin(void);
void     lan9118_rx_bytes(void* into, uint32_t count);
void     lan9118_rx_end(void);

/* The interrupt switches itself off. Call this before the frames are taken out: a later one interrupts again. */
void lan9118_listen(void);
#endif
