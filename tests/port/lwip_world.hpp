// SPDX-License-Identifier: BSL-1.0
// lwIP in one process: a device and its peer talk over lwIP's loopback interface, in virtual time.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <lwip/dns.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/tcp.h>
#include <lwip/udp.h>

#include <barelink/port/lwip/tcp.hpp>

#include "support/catch.hpp"

namespace lwip_world {

using namespace barelink;

// lwIP's own state is global, so this is, too.
struct knobs {
    std::uint32_t                    now         = 0;
    bool                             silent      = false;  // no packet arrives
    std::function<bool(std::size_t)> no_memory   = {};     // by the size that is asked for
    std::size_t                      allocations = 0;
    std::size_t                      packets     = 0;  // that arrived, lost ones too
    std::vector<std::uint32_t>       sequences   = {};
};
knobs& world();

// Delivers what is on the way and runs what is due, until nothing more moves at this moment.
void turn();
// Lets time pass in small steps.
void pass(std::uint32_t ms);
// No connection, no name, no knob is left from the last test.
void begin();

// A server on one port of all addresses, or of one.
class server {
public:
    explicit server(std::uint16_t port, ip_addr_t const* address = nullptr);
    ~server();
    server(server const&)            = delete;
    server& operator=(server const&) = delete;

    [[nodiscard]] bool connected() const { return pcb_ != nullptr; }
    // Sends as much as there is room for, the rest when there is.
    void send(std::string_view bytes);
    void close();
    void reset();

    std::string   received;
    bool          ended    = false;  // the device has said its last byte
    errc          broken   = errc::ok;
    std::uint32_t accepted = 0;
    bool          reads    = true;  // false: the window closes

private:
    static err_t on_accept(void*, tcp_pcb*, err_t);
    static err_t on_recv(void*, tcp_pcb*, pbuf*, err_t);
    static err_t on_sent(void*, tcp_pcb*, u16_t);
    static void  on_err(void*, err_t);
    void         push();

    tcp_pcb*    listener_ = nullptr;
    tcp_pcb*    pcb_      = nullptr;
    std::string waiting_;
};

// A name server on 127.0.0.1 that knows the names that a test gives it.
class name_server {
public:
    name_server();
    ~name_server();
    name_server(name_server const&)            = delete;
    name_server& operator=(name_server const&) = delete;

    struct record {
        std::string   name;
        bool          v4 = true, v6 = false;
        std::uint32_t ttl = 3600;
    };
    std::vector<record> records;
    bool                answers   = true;
    std::uint32_t       questions = 0;
    // Answers what was asked while `answers` was off.
    void answer_late();

private:
    struct question {
        std::string bytes;
        ip_addr_t   from;
        u16_t       port;
    };
    static void on_recv(void*, udp_pcb*, pbuf*, ip_addr_t const*, u16_t);
    void        answer(question const& q);

    udp_pcb*              pcb_ = nullptr;
    std::vector<question> late_;
};

// A transport like new. It lives as long as the program, for a question to DNS may stay open; with begin().
lwip::tcp& fresh_tcp();

inline constexpr interest for_bytes{.bytes = true, .room = false};
inline constexpr interest for_room{.bytes = false, .room = true};

// Goes on until the attempt has ended, or `ms_max` have passed: then the last stage.
result<connect_stage> connect(lwip::tcp& tcp, endpoint const& to, std::uint32_t ms_max = 60'000);
// All that is there now. Returns why there is no more.
errc drain(lwip::tcp& tcp, std::string& into, std::size_t piece = 512);

}  // namespace lwip_world
