// SPDX-License-Identifier: BSL-1.0
// Drives a session with whatever an input says: time, bytes and packets of the server, commands of the user, a
// transport that takes little, links that break. What leaves must always be whole packets in a legal order, no memory
// of others is touched, and a deadline is never a lie. With clang++ -fsanitize=fuzzer this is the target of libFuzzer;
// without, a program that feeds inputs from seeds, and then the files that it is given.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "support/session_kit.hpp"
#include "wire/dice.hpp"

namespace {

using namespace kit;

std::string_view whole_input;  // for the message

[[noreturn]] void fail(char const* what, std::string const& detail) {
    std::fprintf(stderr, "session: %s: %s\ninput", what, detail.c_str());
    for (char const c : whole_input) std::fprintf(stderr, " %02x", static_cast<unsigned>(octet(c)));
    std::fputc('\n', stderr);
    std::abort();
}

// Reads an input from the front; gives zeros behind its end.
class script {
public:
    explicit script(std::string_view input) : rest_{input} {}
    bool empty() const { return rest_.empty(); }
    unsigned next() {
        if (rest_.empty()) return 0;
        auto const value = octet(rest_[0]);
        rest_.remove_prefix(1);
        return value;
    }
    std::string_view take(std::size_t size) {
        auto const part = rest_.substr(0, size);
        rest_.remove_prefix(part.size());
        return part;
    }

private:
    std::string_view rest_;
};

// What a server may expect of the stream of one connection.
class stream_judge {
public:
    void take(bytes_in bytes, bool connected) {
        rest_ += text_of(bytes);
        for (;;) {
            auto const before = rest_.size();
            stream_reader reader{rest_};
            if (reader.empty()) return;
            auto const packet = next_whole(before);
            if (packet.empty()) return;
            judge(packet, connected);
        }
    }
    void free(packet_id id) { open_.erase(id); }

private:
    // The first packet of rest_, which it removes; nothing if it is not complete.
    std::string next_whole(std::size_t size) {
        std::size_t length = 0;
        std::size_t at = 1;
        for (;; ++at) {
            if (at >= size) return {};
            length |= static_cast<std::size_t>(octet(rest_[at]) & 0x7F) << (7 * (at - 1));
            if (octet(rest_[at]) < 0x80) break;
            if (at == 4) fail("length of five bytes", words(rest_));
        }
        if (size < at + 1 + length) return {};
        auto const packet = words(std::string_view{rest_}.substr(0, at + 1 + length));
        rest_.erase(0, at + 1 + length);
        return packet;
    }
    void judge(std::string const& packet, bool connected) {
        if (packet.substr(0, 3) == "BAD" || packet.substr(0, 4) == "PART") fail("a packet that is none", packet);
        if (left_) fail("a packet behind DISCONNECT", packet);
        if ((packet == "CONNECT") == began_) fail("CONNECT is not the first packet, or not the only one", packet);
        began_ = true;
        if (packet != "CONNECT" && !connected) fail("a packet before CONNACK", packet);
        left_ = packet == "DISCONNECT";
        if (packet.substr(0, 8) != "PUBLISH ") return;
        auto const at = packet.rfind(" #");
        bool const has_id = at != std::string::npos && packet.rfind(" q0") == std::string::npos;
        if (!has_id) return;
        auto const id = static_cast<unsigned>(std::strtoul(packet.c_str() + at + 2, nullptr, 10));
        if (!open_.insert(id).second) fail("an identifier in use", packet);
    }

    std::string rest_ = {};
    std::set<unsigned> open_ = {};  // sent on this connection and not acknowledged
    bool began_ = false;
    bool left_ = false;
};

constexpr std::string_view topics[] = {"a", "b/c", "long/long/long/long/long/long/long/topic", "$x"};
constexpr std::string_view filters[] = {"a", "b/+", "#", "+/c/long/long/long/long/long/filter"};

std::size_t source_limit = 0;

std::size_t read_source(void*, std::uint32_t offset, bytes_out into) {
    for (auto& c : into) c = 's';
    return offset + into.size() > source_limit ? into.size() / 2 : into.size();
}

template <features F>
class drive {
public:
    explicit drive(std::string_view input) : script_{input}, r_{std::make_unique<device>(0U - 3000)} {
        auto const bits = script_.next();
        r_->o.clean_session = (bits & 1) != 0;
        r_->o.keep_alive_s = (bits & 2) != 0 ? 3 : 60;
        r_->o.chunks = F.chunks && (bits & 4) != 0;
        r_->o.protocol = F.v3_1 && (bits & 8) != 0 ? version::v3_1 : version::v3_1_1;
        if constexpr (F.deferred_ack) r_->s.manual_ack((bits & 16) != 0);
        source_limit = (bits & 32) != 0 ? 150 : 100'000;
        link((bits & 64) != 0);
        while (!script_.empty()) step();
        r_->s.end();
    }

private:
    using device = rig<F, sizes{.rx = 64, .tx = 128, .answers = 3, .inflight = 4, .subscriptions = 4, .inbound = 4,
                               .sources = 2, .requests = 2}>;

    void link(bool present) {
        r_->s.end();
        judge_ = {};
        connected_ = false;
        if (r_->begin() != errc::ok) fail("begin", "refused");
        write(1000);
        if (r_->give(connack(present))) {}
        event_open_ = false;
        take_events();
    }
    void step() {
        // Like an owner: a link with a fault, or one that has been left, is over.
        bool const over = r_->s.fault() != errc::ok || r_->s.state() == session_state::closed;
        if (over) return link((script_.next() & 1) != 0);
        auto const what = script_.next();
        auto const value = script_.next();
        switch (what % 12) {
        case 0: r_->later(value < 128 ? value : (value - 127) * 500); break;
        case 1: feed(script_.take(value % 70)); break;
        case 2: feed(publish(topics[value & 3], script_.take(script_.next() % 50), (value >> 2) & 3, (value >> 4) & 7,
                             (value & 128) != 0 ? dup_bit : 0)); break;
        case 3: feed(ack(0x40 + 0x10 * (value & 3) + ((value & 3) == 2 ? 2 : 0), (value >> 2) & 15)); break;
        case 4: feed((value & 1) != 0 ? std::string_view{suback((value >> 2) & 15, (value & 2) != 0 ? 0x80 : 1)}
                                      : std::string_view{unsuback((value >> 2) & 15)}); break;
        case 5: feed(large_publish("big", std::string(value, 'p'), value & 3, 1 + (value & 7))); break;
        case 6: command(value); break;
        case 7: write(value); break;
        case 8: write(1 + value % 5); break;
        case 9: take_event(); break;
        case 10: settle(); break;
        default:
            if ((value & 7) == 0) link((value & 8) != 0);
            else feed(pingresp());
        }
        if (!r_->intact()) fail("memory of others", "behind the control lane");
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
        switch (value & 7) {
        case 0: case 1:
            static_cast<void>(r_->s.publish({.topic = topics[which], .payload = script_.take(script_.next() % 60),
                                             .level = level}));
            break;
        case 2: static_cast<void>(r_->s.subscribe(filters[which], level)); break;
        case 3: static_cast<void>(r_->s.unsubscribe(filters[which])); break;
        case 4: if ((value & 0x78) == 0) static_cast<void>(r_->s.disconnect()); break;
        case 5:
            if constexpr (F.sources) {
                static_cast<void>(r_->s.publish({.topic = topics[which], .level = level}, script_.next() * 2,
                                                {read_source, nullptr}));
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
        if (r_->s.fault() != errc::ok && !out.empty()) fail("output after a fault", words(text_of(out)));
        judge_.take(out.first(count), connected_);
        r_->s.sent(count);
    }
    void take_event() {
        auto const before = r_->s.fault();
        auto const e = r_->s.next_event();
        event_open_ = static_cast<bool>(e);
        if (!e) return;
        bool const of_packet = e.type == event_type::message || e.type == event_type::chunk ||
                               e.type == event_type::dropped || e.type == event_type::connected ||
                               e.type == event_type::delivered;
        if (of_packet && before != errc::ok) fail("an event after a fault", words(e));
        if (e.type == event_type::connected) {
            connected_ = true;
            if constexpr (F.persistent) {
                while (!e.session_present && r_->s.take_lost_inbound() != 0) {
                }
            }
        }
        if (e.type == event_type::delivered || e.type == event_type::uncertain || e.type == event_type::rejected) {
            judge_.free(e.id);
        }
        if (e.offset + e.payload.size() > e.size) fail("a payload beyond its size", words(e));
    }
    void take_events() {
        for (int i = 0; i < 1000; ++i) {
            take_event();
            if (!event_open_) return;
        }
        fail("events without end", "");
    }
    // Takes all events and lets everything leave. Then nothing can be due at once.
    void settle() {
        for (int i = 0; i < 1000; ++i) {
            take_events();
            bool const quiet = r_->s.pending_output().empty() && !r_->s.ready();
            if (r_->s.fault() != errc::ok || r_->s.state() == session_state::closed) return;
            if (quiet) break;
            if (i == 999) fail("never settles", "");
            write(100'000);
        }
        r_->later(0);
        if (r_->s.expire() != errc::ok) return;
        take_events();
        for (auto n = 0; n < 10 && !r_->s.pending_output().empty(); ++n) write(100'000);
        if (r_->s.fault() != errc::ok || r_->s.state() == session_state::closed) return;
        if (!r_->s.hungry()) return;  // expire() blames nobody while the user holds messages
        if (r_->s.next_deadline().left({r_->clock}) == 0) fail("a deadline that nobody can meet", "");
    }

    script script_;
    std::unique_ptr<device> r_;
    stream_judge judge_ = {};
    bool connected_ = false;
    bool event_open_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string const input = size == 0 ? std::string{} : std::string{reinterpret_cast<char const*>(data), size};
    whole_input = input;
    drive<everything>{input};
    drive<plain>{input};
    drive<features{.highest_qos = qos::at_least_once, .chunks = true}>{input};
    return 0;
}

#ifndef BARELINK_LIBFUZZER

namespace {

void feed(std::string_view input) {
    auto const octets = octets_of(input);
    LLVMFuzzerTestOneInput(octets.data(), octets.size());
}

bool feed_file(char const* name) {
    auto* const file = std::fopen(name, "rb");
    if (file == nullptr) return false;
    std::string content;
    char part[4096];
    for (std::size_t n = 0; (n = std::fread(part, 1, sizeof part, file)) > 0;) content.append(part, n);
    std::fclose(file);
    feed(content);
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    feed({});
    constexpr std::uint64_t seeds = 6000;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        wire_tests::dice dice{seed};
        feed(dice.octets(20 + dice.below(400)));
    }
    for (int i = 1; i < argc; ++i) {
        if (!feed_file(argv[i])) {
            std::fprintf(stderr, "session: can't read %s\n", argv[i]);
            return 1;
        }
    }
    std::printf("session: %llu inputs\n", static_cast<unsigned long long>(seeds + 1) +
                                              static_cast<unsigned long long>(argc - 1));
}
#endif
