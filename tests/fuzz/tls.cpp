// SPDX-License-Identifier: BSL-1.0
// What may come from a server and the network: the input says how the bytes of OpenSSL's server are damaged, in the
// handshake and in the records behind it, or it is all that the server says. Nobody is trusted because of it, no byte
// comes out that the server has not sent, and nothing is left in the pool. meson.build says how to let libFuzzer run.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fuzz/driver.hpp"
#include "tls/kit.hpp"

namespace {

using namespace barelink;
using kit::pair;

void require(bool good, char const* what) {
    if (good) return;
    std::fprintf(stderr, "tls: %s\n", what);
    std::abort();
}

// The bytes of the input, one after the other; then zeros.
class script {
public:
    explicit script(bytes_in bytes) : left_{bytes} {}
    std::uint32_t byte() {
        if (left_.empty()) return 0;
        auto const b = octet(left_[0]);
        left_        = left_.subspan(1);
        return b;
    }
    std::uint32_t below(std::size_t limit) {
        auto const high = byte();
        return static_cast<std::uint32_t>((high << 8 | byte()) % limit);
    }
    bytes_in rest() const { return left_; }

private:
    bytes_in left_;
};

void damage(std::string& bytes, script& s) {
    if (bytes.empty()) return;
    auto const at = s.below(bytes.size());
    auto const n  = 1 + s.byte() % 8;
    switch (s.byte() % 6) {
    case 0: bytes[at] = static_cast<char>(octet(bytes[at]) ^ (1U << s.byte() % 8)); break;
    case 1: bytes[at] = static_cast<char>(s.byte()); break;
    case 2: bytes.erase(at, n); break;
    case 3: bytes.insert(at, bytes.substr(at, n)); break;
    case 4: bytes.insert(at, std::string(n, static_cast<char>(s.byte()))); break;
    default: bytes.resize(at); break;
    }
}

// Whoever waits for bytes that are lost learns that there are none.
errc connect(pair& p, script* s) {
    p.between = {};
    p.server.accept();
    for (int i = 0; i < 60; ++i) {
        auto const r = p.link.connect({p.host, 8883});
        if (!r) return r.error;
        if (r.value == connect_stage::done) return errc::ok;
        p.server.take(p.between.up);
        p.between.up.clear();
        auto flight = p.server.give();
        if (flight.empty()) p.between.at_end = errc::closed_by_peer;
        if (s != nullptr && s->byte() % 2 == 0) damage(flight, *s);
        p.between.down += flight;
    }
    return errc::would_block;
}

void handshake(pair& p, script& s, bool right_server) {
    auto const e = connect(p, &s);
    require(e != errc::would_block, "a handshake without an end");
    require(e != errc::ok || right_server, "a wrong server is trusted");
    if (e == errc::ok) {
        // The damage has met what nobody has to look at: both have seen the same handshake.
        p.carry();
        require(p.server.established(), "the two do not agree");
    } else {
        require(culprit_of(e) == culprit::transport, "an error that blames somebody else");
    }
}

void records(pair& p, script& s) {
    require(connect(p, nullptr) == errc::ok, "no connection without damage");
    std::string came, sent;
    require(p.read(came) == errc::would_block, "an end before the damage");
    for (int i = 0; i < 4; ++i) {
        std::string const text(1 + s.below(400), static_cast<char>('a' + i));
        p.server.send(text);
        sent += text;
    }
    auto       all    = p.server.give();
    auto const before = all;
    damage(all, s);
    p.between.down += all;
    p.between.at_end = errc::closed_by_peer;
    auto const e     = p.read(came);
    require(e == errc::tls_protocol || e == errc::tls_cut, "damage that has another name");
    require(sent.compare(0, came.size(), came) == 0, "bytes that the server has not sent");
    require(came.size() < sent.size() || all == before, "damage that nobody has seen");
}

void words(pair& p, script& s) {
    p.between              = {};
    p.between.largest_read = 1 + s.byte();
    require(p.link.connect({p.host, 8883}) == result<connect_stage>{connect_stage::secure}, "no greeting");
    p.between.down.assign(s.rest().data(), s.rest().size());
    p.between.at_end = errc::closed_by_peer;
    result<connect_stage> r{connect_stage::secure};
    for (int i = 0; i < 60 && r == result<connect_stage>{connect_stage::secure}; ++i) {
        r = p.link.connect({p.host, 8883});
    }
    require(!r && culprit_of(r.error) == culprit::transport, "words without a handshake are not refused");
}

pair& with(char const* certificate, bool newest) {
    using openssl::version;
    static pair right_2{{.highest = version::v1_2}}, right_3{};
    static pair wrong_2{{.certificate = "wrong", .highest = version::v1_2}}, wrong_3{{.certificate = "wrong"}};
    return std::string_view{certificate} == "wrong" ? (newest ? wrong_3 : wrong_2) : newest ? right_3 : right_2;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    script     s{{reinterpret_cast<char const*>(data), size}};
    auto const head   = s.byte();
    bool const newest = (head & 4) != 0;
    auto&      p      = with(head % 4 == 1 ? "wrong" : "good", newest);
    switch (head % 4) {
    case 0: handshake(p, s, true); break;
    case 1: handshake(p, s, false); break;
    case 2: records(p, s); break;
    default: words(p, s); break;
    }
    p.link.close();
    require(kit::leaked() == 0, "something is left in the pool");
    return 0;
}

#ifndef BARELINK_LIBFUZZER
int main(int argc, char** argv) {
    wire_tests::dice d{1};
    for (int i = 0; i < 400; ++i) {
        auto input = d.octets(1 + d.below(40));
        input[0]   = static_cast<char>(i % 8 == 3 || i % 8 == 7 ? i % 8 - 1 : i % 8);
        fuzz::feed(input);
    }
    // What a server has said to somebody else: whole, cut and damaged.
    for (bool const newest : {false, true}) {
        auto&       p = with("good", newest);
        std::string flight;
        p.server.accept();
        p.between = {};
        static_cast<void>(p.link.connect({p.host, 8883}));
        p.server.take(p.between.up);
        flight = p.server.give();
        p.link.close();
        for (int i = 0; i < 60; ++i) {
            auto changed = flight;
            if (i % 3 == 1) changed.resize(d.below(static_cast<std::uint32_t>(flight.size())));
            if (i % 3 == 2) changed[d.below(static_cast<std::uint32_t>(flight.size()))] = static_cast<char>(d.bits());
            auto const step = static_cast<char>(i % 2 == 0 ? 255 : d.below(9));
            fuzz::feed(std::string{newest ? '\x07' : '\x03', step} + changed);
        }
    }
    return fuzz::finish("tls", argc, argv);
}
#endif
