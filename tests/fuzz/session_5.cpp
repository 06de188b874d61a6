// SPDX-License-Identifier: BSL-1.0
// Drives a session of 5.0 with whatever an input says, as session.cpp does one of 3.1.1: what the Server grants, its
// packets with properties and reasons, commands of the user, a transport that takes little, links that break. What
// leaves must be packets that the Server allows: within its receive maximum, its packet size and its aliases.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include <barelink/wire/header.hpp>

#include "fuzz/driver.hpp"
#include "support/session_kit.hpp"
#include "testing/raw_v5.hpp"

namespace {

using namespace kit;
using id = property_id;

std::string_view whole_input;  // for the message

[[noreturn]] void fail(char const* what, std::string const& detail = {}) {
    std::fprintf(stderr, "session_5: %s: %s\ninput", what, detail.c_str());
    for (char const c : whole_input) std::fprintf(stderr, " %02x", static_cast<unsigned>(octet(c)));
    std::fputc('\n', stderr);
    std::abort();
}

// Reads an input from the front; gives zeros behind its end.
class script {
public:
    explicit script(std::string_view input) : rest_{input} {}
    bool empty() const { return rest_.empty(); }
    unsigned next() { return rest_.empty() ? 0 : octet(take(1)[0]); }
    std::string_view take(std::size_t size) {
        auto const part = rest_.substr(0, size);
        rest_.remove_prefix(part.size());
        return part;
    }

private:
    std::string_view rest_;
};

// What the Server grants on a connection.
struct grant {
    unsigned receives = 65'535;
    unsigned aliases  = 0;
    unsigned packet   = 0;
    unsigned top      = 2;
    bool     retain   = true;
};

// What a Server may expect of the stream of one connection.
class stream_judge {
public:
    grant granted = {};

    void take(bytes_in bytes, bool connected) {
        rest_ += text_of(bytes);
        for (;;) {
            bytes_in const all{rest_.data(), rest_.size()};
            auto const     h = read_header(all, version::v5);
            if (rest_.empty() || h.error == errc::would_block) return;
            if (!h) fail("a header that is none");
            auto const size = h.value.packet_size();
            if (size > all.size()) return;
            if (connected && granted.packet != 0 && size > granted.packet) fail("a packet that is too large");
            judge(h.value, all.subspan(h.value.size, h.value.remaining), connected);
            rest_.erase(0, size);
        }
    }
    void free(packet_id which) { open_.erase(which); }

private:
    void judge(fixed_header const& h, bytes_in body, bool connected) {
        bool const first = h.type == packet_type::connect;
        if (left_) fail("a packet behind DISCONNECT");
        if (first == began_) fail("CONNECT is not the first packet, or not the only one");
        if (!first && !connected && h.type != packet_type::disconnect) fail("a packet before CONNACK");
        began_ = true;
        left_  = h.type == packet_type::disconnect;
        switch (h.type) {
        case packet_type::connect:
            if (!v5::decode_connect(body)) fail("CONNECT");
            return;
        case packet_type::publish: return judge_publish(h, body);
        case packet_type::puback:
        case packet_type::pubrec:
        case packet_type::pubrel:
        case packet_type::pubcomp:
            if (!v5::decode_ack(h.type, body)) fail("an acknowledgement");
            return;
        case packet_type::subscribe:
        case packet_type::unsubscribe: {
            v5::topic_list list{body, h.type};
            while (list.next()) {}
            if (list.error() != errc::ok) fail("SUBSCRIBE or UNSUBSCRIBE");
            return;
        }
        case packet_type::pingreq:
            if (!body.empty()) fail("PINGREQ");
            return;
        case packet_type::disconnect:
            if (!v5::decode_reason(h.type, body, sender::client)) fail("DISCONNECT");
            return;
        default: fail("a packet that no client sends");
        }
    }
    void judge_publish(fixed_header const& h, bytes_in body) {
        auto const p = v5::decode_publish(h.flags, body, sender::client);
        if (!p) fail("PUBLISH", std::string{name(p.error)});
        if (number(p.value.level) > granted.top) fail("a QoS that is not granted");
        if (p.value.retain && !granted.retain) fail("RETAIN");
        if (p.value.alias > granted.aliases) fail("an alias that is not granted");
        if (p.value.topic.empty() && aliases_.count(p.value.alias) == 0) fail("an alias without a topic");
        if (p.value.alias != 0) aliases_.insert(p.value.alias);
        if (p.value.level == qos::at_most_once) return;
        if (!open_.insert(p.value.id).second) fail("an identifier in use");
        if (open_.size() > granted.receives) fail("more than the receive maximum");
    }

    std::string        rest_    = {};
    std::set<unsigned> open_    = {};  // sent on this connection and not acknowledged
    std::set<unsigned> aliases_ = {};
    bool               began_   = false;
    bool               left_    = false;
};

constexpr std::string_view topics[] = {"a", "b/c", "long/long/long/long/long/long/long/topic", "$x"};
constexpr std::string_view filters[] = {"a", "b/+", "#", "$share/g/+/c/long/long/long"};
constexpr reason_code reasons[] = {reason_code::success, reason_code::no_matching_subscribers,
                                   reason_code::quota_exceeded, reason_code::packet_identifier_not_found};
constexpr packet_type acks[] = {packet_type::puback, packet_type::pubrec, packet_type::pubrel, packet_type::pubcomp};
constexpr property user[] = {{"name", "value"}};

std::size_t read_source(void*, std::uint32_t offset, bytes_out into) {
    for (auto& c : into) c = 's';
    return offset + into.size() > 300 ? into.size() / 2 : into.size();
}

template <features F>
class drive {
public:
    explicit drive(std::string_view input) : script_{input}, r_{std::make_unique<device>(0U - 3000)} {
        auto const bits = script_.next();
        auto const more = script_.next();
        auto& o = r_->o;
        o.protocol = version::v5;
        r_->s.announce(asks_);
        o.clean_session = (bits & 1) != 0;
        o.keep_alive_s = (bits & 2) != 0 ? 3 : 60;
        o.chunks = F.chunks && (bits & 4) != 0;
        if constexpr (F.deferred_ack) r_->s.manual_ack((bits & 8) != 0);
        asks_.session_expiry_s = (bits & 16) != 0 ? 0xFFFF'FFFF : 0;
        asks_.check_payload_format = (bits & 32) != 0;
        asks_.refuse_problem_information = (bits & 64) != 0;
        asks_.receive_maximum = static_cast<std::uint16_t>(more & 7);
        asks_.topic_alias_maximum = F.aliases_in ? (more >> 3) & 3 : 0;
        asks_.maximum_packet_size = (more & 32) != 0 ? 100 : 0;
        link();
        while (!script_.empty()) step();
        r_->s.end();
    }

private:
    using device = rig<F, sizes{.rx = 80, .tx = 160, .answers = 3, .inflight = 6, .subscriptions = 4, .inbound = 4,
                               .sources = 2, .requests = 2}>;

    void link() {
        auto const bits = script_.next();
        auto const more = script_.next();
        r_->s.end();
        judge_ = {};
        connected_ = false;
        if (r_->begin() != errc::ok) fail("begin");
        write(1000);
        auto& g = judge_.granted;
        g = {.receives = 1 + (bits & 7), .aliases = (bits >> 3) & 3, .packet = (more & 7) == 0 ? 30U + more : 0U,
             .top = (more & 0x18) == 0 ? 1U : 2U, .retain = (more & 0x60) != 0};
        std::string connack;
        auto const reason = (bits & 0xE0) == 0xE0 ? reason_code::server_busy : reason_code::success;
        std::array<property, 7> with{property{id::receive_maximum, g.receives},
                                     property{id::topic_alias_maximum, g.aliases},
                                     property{id::retain_available, g.retain ? 1U : 0U},
                                     property{id::wildcard_subscription_available, (bits >> 5) & 1},
                                     property{id::server_keep_alive, more & 7}};
        std::size_t count = (bits & 64) != 0 ? 5 : 3;
        if (g.packet != 0) with[count++] = {id::maximum_packet_size, g.packet};
        if (g.top != 2) with[count++] = {id::maximum_qos, g.top};
        connack = raw5::made([&](bytes_out to) {
            return v5::encode_connack(to, (more & 128) != 0, reason, property_lists{{with.data(), count}, {}});
        });
        feed(connack);
        take_events();
    }
    void step() {
        // Like an owner: a link with a fault, or one that has been left, is over.
        if (r_->s.fault() != errc::ok) {
            auto const last = r_->s.last_words();
            judge_.take(last, connected_);
        }
        if (r_->s.fault() != errc::ok || r_->s.state() == session_state::closed) return link();
        auto const what = script_.next();
        auto const value = script_.next();
        switch (what % 12) {
        case 0: r_->later(value < 128 ? value : (value - 127) * 500); break;
        case 1: feed(script_.take(value % 70)); break;
        case 2: feed(message_of_theirs(value)); break;
        case 3:
            feed(raw5::ack(acks[value & 3], static_cast<packet_id>(1 + ((value >> 2) & 15)), reasons[value >> 6]));
            break;
        case 4: feed(raw5::suback((value & 1) != 0 ? packet_type::suback : packet_type::unsuback,
                                  static_cast<packet_id>(1 + ((value >> 2) & 15)),
                                  std::string(1, (value & 2) != 0 ? '\x87' : '\0'))); break;
        case 5: feed(message_of_theirs(value, 100 + value)); break;
        case 6: command(value); break;
        case 7: write(value); break;
        case 8: write(1 + value % 5); break;
        case 9: take_event(); break;
        case 10: settle(); break;
        default:
            if ((value & 15) == 0) link();
            else if ((value & 15) == 1) feed(raw5::farewell(packet_type::disconnect, reason_code::session_taken_over));
            else feed(pingresp());
        }
        if (!r_->intact()) fail("memory of others");
    }
    std::string message_of_theirs(unsigned value, std::size_t size = 0) {
        auto const       alias = script_.next();
        property const   with[] = {{id::topic_alias, alias & 3}, {id::payload_format_indicator, 1U}, {"k", "v"},
                                   {id::subscription_identifier, 9U}};
        auto const       first = (alias & 3) == 0 ? 1U : 0U;
        auto const       list = property_list{with}.subspan(first, (alias >> 2) % (4 - first + 1));
        auto const       level = static_cast<qos>(((value >> 2) & 3) % 3);
        auto const       payload = size != 0 ? std::string(size, 'p') : std::string{script_.take(alias % 40)};
        message const    m{.topic = (alias & 64) != 0 ? "" : topics[value & 3], .payload = payload, .level = level};
        char             bytes[1000] = {};
        char* const      end = v5::write_publish_header(bytes, m, static_cast<packet_id>(1 + (value >> 5)),
                                                        payload.size(), list);
        if ((alias & 128) != 0) bytes[0] = static_cast<char>(octet(bytes[0]) | publish_flag::dup);
        return std::string{bytes, static_cast<std::size_t>(end - bytes)} + payload;
    }
    void feed(std::string_view bytes) {
        while (!bytes.empty()) {
            if (!r_->s.hungry()) take_events();
            if (!r_->s.hungry()) return;  // it has to write or to be acknowledged first
            auto const count = r_->give_some(bytes);
            event_open_ = false;
            if (count == 0) return;
            bytes.remove_prefix(count);
        }
    }
    void command(unsigned value) {
        auto const level = static_cast<qos>((value >> 3) & 3);
        auto const which = (value >> 5) & 3;
        auto const with = (value & 128) != 0 ? property_list{user} : property_list{};
        switch (value & 7) {
        case 0: case 1: {
            auto const size = script_.next();
            static_cast<void>(r_->s.publish({.topic = topics[which], .payload = script_.take(size % 60),
                                             .level = level, .retain = size > 200}, with));
            break;
        }
        case 2: static_cast<void>(r_->s.subscribe(filters[which], level, {.identifier = which, .with = with})); break;
        case 3: static_cast<void>(r_->s.unsubscribe(filters[which])); break;
        case 4:
            if ((value & 0x38) != 0) break;
            static_cast<void>(r_->s.disconnect(reason_code::disconnect_with_will, with));
            break;
        case 5:
            if constexpr (F.sources) {
                static_cast<void>(r_->s.publish({.topic = topics[which], .level = level}, script_.next() * 2,
                                                {read_source, nullptr}, with));
            }
            break;
        case 6:
            if constexpr (F.deferred_ack) static_cast<void>(r_->s.acknowledge(static_cast<packet_id>(value >> 3)));
            break;
        default:
            if constexpr (F.persistent) static_cast<void>(r_->s.take_answers());
        }
    }
    void write(std::size_t room) {
        auto const out = r_->s.pending_output();
        auto const count = out.size() < room ? out.size() : room;
        if (r_->s.fault() != errc::ok && !out.empty()) fail("output after a fault");
        judge_.take(out.first(count), connected_);
        r_->s.sent(count);
    }
    void take_event() {
        auto const e = r_->s.next_event();
        event_open_ = static_cast<bool>(e);
        if (!e) return;
        if (e.type == event_type::connected) {
            connected_ = true;
            if constexpr (F.persistent) {
                while (!e.session_present && r_->s.take_lost_inbound() != 0) {}
            }
        }
        if (e.type == event_type::delivered || e.type == event_type::uncertain || e.type == event_type::rejected) {
            judge_.free(e.id);
        }
        if (e.offset + e.payload.size() > e.size) fail("a payload beyond its size", words(e));
        for (auto const& p : e.with) seen_ += p.text.size() + p.value.size() + p.number;  // every byte is looked at
        for (char const c : e.topic) seen_ += octet(c);
        for (char const c : e.payload) seen_ += octet(c);
    }
    void take_events() {
        for (int i = 0; i < 1000; ++i) {
            take_event();
            if (!event_open_) return;
        }
        fail("events without end");
    }
    // Takes all events and lets everything leave. Then nothing can be due at once.
    void settle() {
        for (int i = 0; i < 1000; ++i) {
            take_events();
            bool const quiet = r_->s.pending_output().empty() && !r_->s.ready();
            if (r_->s.fault() != errc::ok || r_->s.state() == session_state::closed) return;
            if (quiet) break;
            if (i == 999) fail("never settles");
            write(100'000);
        }
        r_->later(0);
        if (r_->s.expire() != errc::ok) return;
        take_events();
        for (auto n = 0; n < 10 && !r_->s.pending_output().empty(); ++n) write(100'000);
        if (r_->s.fault() != errc::ok || r_->s.state() == session_state::closed || !r_->s.hungry()) return;
        if (r_->s.next_deadline().left({r_->clock}) == 0) fail("a deadline that nobody can meet");
    }

    script                  script_;
    options_5               asks_ = {};
    std::unique_ptr<device> r_;
    stream_judge            judge_ = {};
    std::size_t             seen_ = 0;
    bool                    connected_ = false;
    bool                    event_open_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string const input = size == 0 ? std::string{} : std::string{reinterpret_cast<char const*>(data), size};
    whole_input = input;
    drive<features{.v3_1 = true, .v5 = true, .chunks = true, .sources = true, .deferred_ack = true, .persistent = true,
                   .aliases_in = true, .aliases_out = true}>{input};
    drive<features{.v3_1_1 = false, .v5 = true}>{input};
    drive<features{.v3_1_1 = false, .v5 = true, .highest_qos = qos::at_least_once, .chunks = true,
                   .aliases_in = true}>{input};
    return 0;
}

#ifndef BARELINK_LIBFUZZER
int main(int argc, char** argv) {
    fuzz::feed({});
    for (std::uint64_t seed = 0; seed < 6000; ++seed) {
        wire_tests::dice dice{seed};
        fuzz::feed(dice.octets(20 + dice.below(400)));
    }
    return fuzz::finish("session_5", argc, argv);
}
#endif
