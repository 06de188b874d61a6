/* SPDX-License-Identifier: BSL-1.0
 * lwIP in a test on a PC: its own loopback interface, and malloc for all memory, so that a sanitizer sees what is used
 * after lwIP has freed it, and a test can let it fail. */
#pragma once

// The system's own names for these stand in the same program.
#define LWIP_DONT_PROVIDE_BYTEORDER_FUNCTIONS

#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_SOCKET 0
#define LWIP_NETCONN 0
#define LWIP_STATS 0

#define MEM_LIBC_MALLOC 1
#define MEMP_MEM_MALLOC 1
#define MEM_ALIGNMENT 8
#define mem_clib_malloc test_malloc
#define mem_clib_calloc test_calloc

#ifndef LWIP_IPV4
#define LWIP_IPV4 1
#endif
#ifndef LWIP_IPV6
#define LWIP_IPV6 1
#endif
#define LWIP_IPV6_MLD 0
#define LWIP_IPV6_REASS 0
#define LWIP_IPV6_FRAG 0
#define IP_REASSEMBLY 0
#define IP_FRAG 0
#define LWIP_HAVE_LOOPIF 1
#define LWIP_NETIF_LOOPBACK 1
#define LWIP_UDP 1
#ifndef LWIP_DNS
#define LWIP_DNS 1
#endif
#define LWIP_TCP 1
#define TCP_MSS 536
#define TCP_WND (4 * TCP_MSS)
#define TCP_SND_BUF (4 * TCP_MSS)
#define TCP_SND_QUEUELEN 16
#define LWIP_LOOPBACK_MAX_PBUFS 0

#include <stddef.h>
#include <stdint.h>
struct pbuf;
struct netif;
#ifdef __cplusplus
extern "C" {
#endif
void*    test_malloc(size_t size);
void*    test_calloc(size_t count, size_t size);
int      test_input(struct pbuf* packet, struct netif* from);
uint32_t test_initial_sequence(void const* own, uint16_t own_port, void const* peer, uint16_t peer_port);
#ifdef __cplusplus
}
#endif
#define LWIP_HOOK_IP4_INPUT(packet, from) test_input(packet, from)
#define LWIP_HOOK_IP6_INPUT(packet, from) test_input(packet, from)
#define LWIP_HOOK_TCP_ISN(own, own_port, peer, peer_port) test_initial_sequence(own, own_port, peer, peer_port)
