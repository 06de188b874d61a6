// SPDX-License-Identifier: BSL-1.0
// A client that sends what it is told to, right or wrong, and hears in words what comes back.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <barelink/testing/broker.hpp>
#include <barelink/testing/packet_words.hpp>
#include <barelink/testing/pipe.hpp>
#include <barelink/wire/ack.hpp>
#include <barelink/wire/connect.hpp>
#include <barelink/wire/publish.hpp>
#include <barelink/wire/subscribe.hpp>

namespace raw {

using namespace barelink;
using barelink::testing::memory_pipe;

inline std::string connect(connect_packet const& c = {.client_id = "pump"}) {
    char       bytes[400] = {};
    auto const size       = encode_connect(bytes, c);
    return {bytes, size.value};
}
inline std::string publish(message const& m, packet_id id = 0, bool dup = false) {
    char        bytes[1000] = {};
    char* const end         = write_publish_header(bytes, m, id, m.payload.size());
    if (dup) bytes[0] = static_cast<char>(octet(bytes[0]) | publish_flag::dup);
    return std::string{bytes, static_cast<std::size_t>(end - bytes)} + std::string{m.payload};
}
inline std::string ack(packet_type type, packet_id id) {
    char bytes[ack_size] = {};
    write_ack(bytes, type, id);
    return {bytes, ack_size};
}
inline std::string subscribe(packet_id id, std::string_view filter, qos level) {
    char                bytes[300] = {};
    topic_request const wish[]     = {{filter, level}};
    return {bytes, encode_subscribe(bytes, id, wish).value};
}
inline std::string unsubscribe(packet_id id, std::string_view filter) {
    char                   bytes[300] = {};
    std::string_view const wish[]     = {filter};
    return {bytes, encode_unsubscribe(bytes, id, wish).value};
}
inline std::string empty(packet_type type) {
    char bytes[2] = {};
    write_empty(bytes, type);
    return {bytes, 2};
}
inline std::string disconnect() {
    return empty(packet_type::disconnect);
}

template <class Broker>
class client {
public:
    client(Broker& b, instant& now, version v = version::v3_1_1) : broker_{b}, now_{now}, version_{v} {}

    // Opens a connection and sends CONNECT. Returns what came back.
    std::string come(connect_packet const& c) {
        dial();
        return say(connect(c));
    }
    std::string come(std::string_view client_id = "pump", bool clean = true) {
        return come({.clean_session = clean, .keep_alive_s = 0, .client_id = client_id});
    }
    bool dial() {
        turn();
        wire_.client().close();
        turn();
        return wire_.client().connect({}).value == connect_stage::done;
    }
    // Sends bytes. Returns the packets that came back, in words, with ` | ` between them; `closed` if that is the end.
    std::string say(std::string_view bytes) {
        while (!bytes.empty()) {
            auto const n = wire_.client().write(bytes);
            if (!n) return "closed";
            bytes.remove_prefix(n.value);
            turn();
        }
        return hear();
    }
    std::string hear() {
        std::string text;
        for (;;) {
            turn();
            char       piece[256] = {};
            auto const n          = wire_.client().read(piece);
            rest_.append(piece, n.value);
            if (n) continue;
            take(text);
            if (n.error != errc::would_block) text += text.empty() ? "closed" : " | closed";
            return text;
        }
    }
    // The network breaks.
    void vanish() {
        wire_.client().close();
        turn();
        rest_.clear();
    }
    void turn() {
        for (int i = 0; i < 50; ++i) {
            if (!wire_.server().open() || !broker_.serve(wire_.server(), now_)) return;
        }
    }
    memory_pipe<>& wire() { return wire_; }

private:
    void take(std::string& text) {
        for (;;) {
            auto const h = read_header(rest_, version_);
            if (!h || h.value.packet_size() > rest_.size()) return;
            auto const body = bytes_in{rest_}.subspan(h.value.size, h.value.remaining);
            if (!text.empty()) text += " | ";
            text += barelink::testing::describe(h.value, body, version_).view();
            rest_.erase(0, h.value.packet_size());
        }
    }

    Broker&       broker_;
    instant&      now_;
    version       version_;
    memory_pipe<> wire_;
    std::string   rest_;
};

}  // namespace raw
