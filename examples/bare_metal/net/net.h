/* SPDX-License-Identifier: BSL-1.0
 * lwIP on the board's Ethernet, with the addresses that QEMU's network has: 10.0.2.2 and fec0::2 are the host that runs
 * the emulator. */
#ifndef BARE_METAL_NET_H
#define BARE_METAL_NET_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/* Starts lwIP and the chip. Ends the program if there is no chip. `dns_port`: where the host's name server listens. */
void net_start(uint16_t dns_port);
/* Gives lwIP the frames that have come. To be called in each turn, before lwIP's timers. */
void net_poll(void);
/* From now on this part of all frames is lost, in both directions: for tests. */
void net_lose(uint32_t percent);
/* How many frames that were. */
uint32_t net_lost(void);

/* What lwipopts.h and arch/cc.h hook in. */
extern uint16_t net_dns_port;
unsigned        net_random(void);
uint32_t        net_initial_sequence(void);

#ifdef __cplusplus
}
#endif
#endif
