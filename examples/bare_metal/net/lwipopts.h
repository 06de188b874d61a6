/* SPDX-License-Identifier: BSL-1.0
 * lwIP for one MQTT connection, without an operating system: every byte of its memory is static, 18 KB in all. */
#pragma once

#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0 /* interrupts only wake the loop, they do not call lwIP */
#define LWIP_SOCKET 0
#define LWIP_NETCONN 0
#define LWIP_STATS 0
#define LWIP_DEBUG 0

/* Memory. */
#define MEM_LIBC_MALLOC 0
#define MEMP_MEM_MALLOC 0
#define MEM_ALIGNMENT 4
#define MEM_SIZE (6 * 1024) /* what is sent, until it is acknowledged: TCP_SND_BUF and headers */

/* Received frames. The window must fit into the pool, also when it comes in small pieces: what finds no buffer is lost,
 * and comes again a second later. */
#define PBUF_POOL_SIZE 12
#define PBUF_POOL_BUFSIZE 768 /* a full frame takes two */
#define MEMP_NUM_PBUF 4

/* Protocols. */
#define LWIP_IPV4 1
#define LWIP_IPV6 1
#define LWIP_ARP 1
#define LWIP_ICMP 1
#define LWIP_ICMP6 1
#define LWIP_UDP 1
#define LWIP_DNS 1
#define LWIP_TCP 1
#define LWIP_RAW 0
#define LWIP_DHCP 0
#define IP_REASSEMBLY 0
#define IP_FRAG 0
#define LWIP_IPV6_REASS 0
#define LWIP_IPV6_FRAG 0
#define LWIP_IPV6_MLD 0
#define LWIP_IPV6_AUTOCONFIG 0
#define LWIP_IPV6_SEND_ROUTER_SOLICIT 0
#define LWIP_IPV6_DUP_DETECT_ATTEMPTS 0
#define LWIP_IPV6_NUM_ADDRESSES 2
#define LWIP_ND6_NUM_NEIGHBORS 4
#define LWIP_ND6_NUM_DESTINATIONS 4
#define LWIP_ND6_NUM_PREFIXES 2
#define LWIP_ND6_NUM_ROUTERS 1
#define MEMP_NUM_ND6_QUEUE 4
#define ARP_TABLE_SIZE 4

/* TCP. The window is the brake: the broker stops when the device does not read. */
#define TCP_MSS 1440 /* IPv6 has the larger header */
#define TCP_WND (2 * TCP_MSS)
#define TCP_SND_BUF (2 * TCP_MSS)
#define TCP_SND_QUEUELEN 8
#define MEMP_NUM_TCP_SEG 8
#define MEMP_NUM_TCP_PCB 3 /* one in use, one that still says farewell, one in reserve */
#define MEMP_NUM_TCP_PCB_LISTEN 1
#define TCP_QUEUE_OOSEQ 1 /* a lost frame costs that frame alone */
#define TCP_OOSEQ_MAX_PBUFS 4

/* DNS. */
#define DNS_TABLE_SIZE 2
#define DNS_MAX_NAME_LENGTH 128
#define MEMP_NUM_UDP_PCB 3
#define DNS_MAX_SERVERS 1

/* What would be a counter by default, and so known to everybody. */
#include "net/net.h"
#define LWIP_HOOK_TCP_ISN(own, own_port, peer, peer_port) net_initial_sequence()

/* The name server of the tests listens where it may. A product leaves this out: 53. */
#define DNS_SERVER_PORT net_dns_port
