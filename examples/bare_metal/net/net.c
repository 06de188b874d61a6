/* SPDX-License-Identifier: BSL-1.0 */
#include "net.h"

#include "board/board.h"
#include "board/lan9118.h"
#include "lwip/dns.h"
#include "lwip/ethip6.h"
#include "lwip/init.h"
#include "lwip/netif.h"
#include "lwip/sys.h"
#include "netif/ethernet.h"
#include "netif/etharp.h"

uint16_t net_dns_port;

static struct netif ethernet;
static uint32_t     percent_lost, loss_state, frames_lost;

/* --- what lwIP asks for */

u32_t sys_now(void) {
    return board_ms();
}

unsigned net_random(void) {
    unsigned drawn;
    board_random(&drawn, sizeof drawn);
    return drawn;
}

/* With a source of true random numbers each connection begins anywhere. Without one: barelink/port/lwip/
 * initial_sequence.hpp. */
uint32_t net_initial_sequence(void) {
    return net_random();
}

/* --- frames */

/* A series of its own, the same in each run. */
static int lost(void) {
    if (percent_lost == 0) return 0;
    loss_state = loss_state * 1664525u + 1013904223u;
    if ((loss_state >> 16) % 100 >= percent_lost) return 0;
    frames_lost++;
    return 1;
}

static err_t send(struct netif* to, struct pbuf* frame) {
    (void)to;
    if (lost()) return ERR_OK;
    if (lan9118_tx_begin(frame->tot_len) != 0) return ERR_IF; /* TCP sends it again */
    for (struct pbuf const* piece = frame; piece != NULL; piece = piece->next) {
        lan9118_tx_bytes(piece->payload, piece->len);
    }
    lan9118_tx_end();
    return ERR_OK;
}

/* Straight into the buffers that the client will read from. */
static void receive(uint32_t length) {
    struct pbuf* const frame = lost() ? NULL : pbuf_alloc(PBUF_RAW, (u16_t)length, PBUF_POOL);
    if (frame == NULL) return;
    for (struct pbuf* piece = frame; piece != NULL; piece = piece->next) {
        lan9118_rx_bytes(piece->payload, piece->len);
    }
    if (ethernet.input(frame, &ethernet) != ERR_OK) pbuf_free(frame);
}

void net_poll(void) {
    lan9118_listen();
    for (uint32_t length; (length = lan9118_rx_begin()) != 0; lan9118_rx_end()) receive(length);
}

void net_lose(uint32_t percent) {
    percent_lost = percent;
}

uint32_t net_lost(void) {
    return frames_lost;
}

/* --- start */

static err_t set_up(struct netif* it) {
    it->name[0]    = 'e';
    it->name[1]    = 'n';
    it->mtu        = 1500;
    it->hwaddr_len = 6;
    it->flags      = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET;
    it->output     = etharp_output;
    it->output_ip6 = ethip6_output;
    it->linkoutput = send;
    return lan9118_start(it->hwaddr) == 0 ? ERR_OK : ERR_IF;
}

void net_start(uint16_t dns_port) {
    ip4_addr_t own, mask, host;
    IP4_ADDR(&own, 10, 0, 2, 15);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    IP4_ADDR(&host, 10, 0, 2, 2);
    net_dns_port = dns_port;
    lwip_init();
    if (netif_add(&ethernet, &own, &mask, &host, NULL, set_up, ethernet_input) == NULL) board_fail("no Ethernet");
    ip6_addr_t six;
    IP6_ADDR(&six, PP_HTONL(0xFEC00000), 0, 0, PP_HTONL(0x15));
    netif_ip6_addr_set(&ethernet, 0, &six);
    netif_ip6_addr_set_state(&ethernet, 0, IP6_ADDR_PREFERRED);
    netif_set_default(&ethernet);
    netif_set_up(&ethernet);
    netif_set_link_up(&ethernet);
    ip_addr_t server;
    ip_addr_copy_from_ip4(server, host);
    dns_setserver(0, &server);
}
