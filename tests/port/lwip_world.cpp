// SPDX-License-Identifier: BSL-1.0
#include "lwip_world.hpp"

#include <cstdlib>
#include <cstring>

#include <lwip/init.h>
#include <lwip/netif.h>
#include <lwip/pbuf.h>
#include <lwip/sys.h>
#include <lwip/timeouts.h>

extern "C" {
u32_t sys_now() { return lwip_world::world().now; }

void* test_malloc(std::size_t size) {
    auto& w = lwip_world::world();
    if (w.no_memory && w.no_memory(size)) return nullptr;
    ++w.allocations;
    return std::malloc(size);
}
void* test_calloc(std::size_t count, std::size_t size) {
    void* const p = test_malloc(count * size);
    return p != nullptr ? std::memset(p, 0, count * size) : p;
}
int test_input(pbuf* packet, netif*) {
    ++lwip_world::world().packets;
    if (!lwip_world::world().silent) return 0;
    pbuf_free(packet);
    return 1;
}
std::uint32_t test_initial_sequence(void const*, std::uint16_t own_port, void const*, std::uint16_t) {
    auto& seen = lwip_world::world().sequences;
    seen.push_back(0xFFFF'F000U + own_port);  // close to the wrap
    return seen.back();
}
}

namespace lwip_world {

knobs& world() {
    static knobs w;
    return w;
}

void turn() {
    for (int i = 0; i < 32; ++i) netif_poll_all();
    sys_check_timeouts();
    netif_poll_all();
}

void pass(std::uint32_t ms) {
    for (std::uint32_t passed = 0; passed < ms; passed += 50) {
        world().now += 50;
        turn();
    }
}

void begin() {
    static bool const started = (lwip_init(), true);
    static_cast<void>(started);
    world().silent    = false;
    world().no_memory = {};
    pass(20'000);  // questions of the last test have failed by now
    while (tcp_active_pcbs != nullptr) tcp_abort(tcp_active_pcbs);
    while (tcp_tw_pcbs != nullptr) tcp_abort(tcp_tw_pcbs);
    world().sequences.clear();
    for (u8_t i = 0; i < DNS_MAX_SERVERS; ++i) dns_setserver(i, nullptr);
}

// --- server

server::server(std::uint16_t port, ip_addr_t const* address) {
    auto* const fresh = tcp_new_ip_type(IPADDR_TYPE_ANY);
    REQUIRE(tcp_bind(fresh, address != nullptr ? address : IP_ANY_TYPE, port) == ERR_OK);
    listener_ = tcp_listen(fresh);
    REQUIRE(listener_ != nullptr);
    tcp_arg(listener_, this);
    tcp_accept(listener_, on_accept);
}
server::~server() {
    tcp_close(listener_);
    // It may have accepted several.
    for (auto* p = tcp_active_pcbs; p != nullptr;) {
        bool const ours = p->callback_arg == this;
        if (ours) {
            tcp_err(p, nullptr);
            tcp_abort(p);
        }
        p = ours ? tcp_active_pcbs : p->next;
    }
    turn();
}

void server::send(std::string_view bytes) {
    waiting_.append(bytes);
    push();
}
void server::push() {
    if (pcb_ == nullptr) return;
    auto const room = static_cast<std::size_t>(tcp_sndbuf(pcb_));
    auto const n    = waiting_.size() < room ? waiting_.size() : room;
    if (n == 0 || tcp_write(pcb_, waiting_.data(), static_cast<u16_t>(n), TCP_WRITE_FLAG_COPY) != ERR_OK) return;
    waiting_.erase(0, n);
    tcp_output(pcb_);
}
void server::close() {
    tcp_close(pcb_);
    pcb_ = nullptr;
    turn();
}
void server::reset() {
    tcp_abort(pcb_);
    turn();
}

err_t server::on_accept(void* self, tcp_pcb* fresh, err_t) {
    auto& me = *static_cast<server*>(self);
    ++me.accepted;
    me.pcb_ = fresh;
    tcp_arg(fresh, self);
    tcp_recv(fresh, on_recv);
    tcp_sent(fresh, on_sent);
    tcp_err(fresh, on_err);
    me.push();
    return ERR_OK;
}
err_t server::on_recv(void* self, tcp_pcb* pcb, pbuf* p, err_t) {
    auto& me = *static_cast<server*>(self);
    if (p == nullptr) {
        me.ended = true;
        return ERR_OK;
    }
    std::string bytes(p->tot_len, '\0');
    pbuf_copy_partial(p, bytes.data(), p->tot_len, 0);
    me.received += bytes;
    if (me.reads) tcp_recved(pcb, p->tot_len);
    pbuf_free(p);
    return ERR_OK;
}
err_t server::on_sent(void* self, tcp_pcb*, u16_t) {
    static_cast<server*>(self)->push();
    return ERR_OK;
}
void server::on_err(void* self, err_t) {
    auto& me  = *static_cast<server*>(self);
    me.pcb_   = nullptr;
    me.broken = errc::connection_reset;
}

// --- name server

name_server::name_server() {
    pcb_ = udp_new();
    ip_addr_t here{};
    ipaddr_aton("127.0.0.1", &here);
    REQUIRE(udp_bind(pcb_, &here, 53) == ERR_OK);
    udp_recv(pcb_, on_recv, this);
    dns_setserver(0, &here);
}
name_server::~name_server() { udp_remove(pcb_); }

void name_server::on_recv(void* self, udp_pcb*, pbuf* p, ip_addr_t const* from, u16_t port) {
    auto&    me = *static_cast<name_server*>(self);
    question q{std::string(p->tot_len, '\0'), *from, port};
    pbuf_copy_partial(p, q.bytes.data(), p->tot_len, 0);
    pbuf_free(p);
    ++me.questions;
    if (me.answers) {
        me.answer(q);
    } else {
        me.late_.push_back(q);
    }
}
void name_server::answer_late() {
    for (auto const& q : late_) answer(q);
    late_.clear();
    turn();
}

void name_server::answer(question const& q) {
    std::string name;
    std::size_t at = 12;
    for (; q.bytes[at] != 0; at += 1 + static_cast<std::size_t>(q.bytes[at])) {
        if (!name.empty()) name += '.';
        name.append(q.bytes, at + 1, static_cast<std::size_t>(q.bytes[at]));
    }
    bool const  six   = q.bytes[at + 2] == 28;
    std::string reply = q.bytes;
    reply[2]          = static_cast<char>(0x81);
    reply[3]          = static_cast<char>(0x83);  // no such name
    for (auto const& r : records) {
        if (r.name != name || !(six ? r.v6 : r.v4)) continue;
        reply[3] = static_cast<char>(0x80);
        reply[7] = 1;
        auto const seconds = [&](int shift) { return static_cast<char>(r.ttl >> shift & 0xFF); };
        reply += {'\xC0', '\x0C', 0, static_cast<char>(six ? 28 : 1), 0, 1};
        reply += {seconds(24), seconds(16), seconds(8), seconds(0), 0, static_cast<char>(six ? 16 : 4)};
        reply += six ? std::string(15, '\0') + '\1' : std::string{'\x7F', 0, 0, 1};
    }
    auto* const p = pbuf_alloc(PBUF_TRANSPORT, static_cast<u16_t>(reply.size()), PBUF_RAM);
    pbuf_take(p, reply.data(), static_cast<u16_t>(reply.size()));
    udp_sendto(pcb_, p, &q.from, q.port);
    pbuf_free(p);
}

// --- the device's side

lwip::tcp& fresh_tcp() {
    static lwip::tcp   all[64];
    static std::size_t used = 0;
    begin();
    return all[used++];
}

result<connect_stage> connect(lwip::tcp& tcp, endpoint const& to, std::uint32_t ms_max) {
    auto const since = world().now;
    for (;;) {
        auto const r = tcp.connect(to);
        if (!r || r.value == connect_stage::done || world().now - since >= ms_max) return r;
        pass(50);
    }
}

errc drain(lwip::tcp& tcp, std::string& into, std::size_t piece) {
    std::string buffer(piece, '\0');
    for (;;) {
        auto const r = tcp.read(buffer);
        if (!r) return r.error;
        into.append(buffer, 0, r.value);
    }
}

}  // namespace lwip_world
