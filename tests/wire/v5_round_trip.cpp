// SPDX-License-Identifier: BSL-1.0
// What is written is read back, and what is read is written back, for every packet of 5.0 with any properties. A
// failure names the seed of its packet.
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "dice.hpp"
#include "support/catch.hpp"
#include "v5_recode.hpp"
#include "v5_samples.hpp"

using namespace barelink;
using namespace wire_tests;

namespace {

constexpr std::uint64_t seeds = 1500;

bytes_in as_bytes(std::string const& s) { return {s.data(), s.size()}; }

// An encoder's output in exactly as many bytes as it needs: the sanitizer sees a byte too many.
template <class Encode>
std::string exactly(Encode const& encode) {
    std::string room(200'000, '\0');
    auto const first = encode(bytes_out{room});
    REQUIRE(first);
    std::vector<char> tight(first.value);
    auto const second = encode(bytes_out{tight});
    REQUIRE(second);
    REQUIRE(std::string_view{tight.data(), tight.size()} == std::string_view{room.data(), first.value});
    std::vector<char> less(first.value - 1);
    REQUIRE_FALSE(encode(bytes_out{less}));
    return {tight.data(), tight.size()};
}

// Any properties that may stand there, and the texts they point to.
struct any_properties {
    std::deque<std::string> texts = {};
    std::vector<property> list = {};

    any_properties(dice& r, property_place where) {
        bool const login = where == property_place::auth || where == property_place::connect ||
                           where == property_place::connack;
        if (where == property_place::auth || (login && r.coin())) {
            list.push_back({property_id::authentication_method, keep(r.text(r.below(9)))});
            if (r.coin()) list.push_back({property_id::authentication_data, keep(r.octets(r.size() / 64))});
        }
        for (auto const& rule : property_rules) {
            bool const there = (rule.places & (1U << static_cast<unsigned>(where))) != 0;
            bool const done = rule.id == property_id::authentication_method ||
                              rule.id == property_id::authentication_data;
            if (!there || done || r.coin()) continue;
            auto const times = may_repeat(rule.kind) ? 1 + r.below(3) : 1;
            for (std::uint32_t i = 0; i < times; ++i) list.push_back(any(r, rule));
        }
        // In any order.
        for (auto n = list.size(); n > 1; --n) std::swap(list[n - 1], list[r.below(static_cast<std::uint32_t>(n))]);
    }

private:
    std::string_view keep(std::string s) { return texts.emplace_back(std::move(s)); }

    property any(dice& r, property_rule const& rule) {
        auto const bits = static_cast<std::uint32_t>(r.bits());
        switch (rule.kind) {
        case property_kind::flag: return {rule.id, bits & 1};
        case property_kind::u16: return {rule.id, bits & 0xFFFF};
        case property_kind::positive_u16: return {rule.id, r.packet_id()};
        case property_kind::u32: return {rule.id, bits};
        case property_kind::positive_u32: return {rule.id, bits | 1};
        case property_kind::positive_length:
        case property_kind::positive_lengths: return {rule.id, 1 + (bits & remaining_length_max) / (1U << r.below(28))};
        case property_kind::text: return {rule.id, keep(r.text(r.size() / 64, true))};
        case property_kind::topic: return {rule.id, keep(r.text(1 + r.below(9)))};
        case property_kind::data: return {rule.id, keep(r.octets(r.size() / 64))};
        case property_kind::pair: break;
        }
        auto const name = keep(r.text(r.below(9), true));
        return {name, keep(r.text(r.size() / 64, true))};
    }
};

// A code that the packet may carry, refusals as often as the others.
reason_code any_code(dice& r, packet_type type, sender from) {
    for (;;) {
        auto const code = static_cast<reason_code>(r.below(0x23) + (r.coin() ? 0x80 : 0));
        if (allowed(code, type, from)) return code;
    }
}

std::string any_connect(dice& r) {
    auto const client_id = r.text(r.size() / 64), topic = r.text(1 + r.size() / 64), payload = r.octets(r.size());
    auto const user = r.text(r.below(9)), password = r.octets(r.below(9));
    connect_packet c{.clean_session = r.coin(), .keep_alive_s = static_cast<std::uint16_t>(r.bits()),
                     .client_id = client_id};
    bool const will = r.coin();
    if (will) c.will = {topic, payload, static_cast<qos>(r.below(3)), r.coin()};
    if (r.coin()) c.user_name = user;
    if (r.coin()) c.password = password;
    any_properties const with{r, property_place::connect};
    any_properties const will_with{r, property_place::will};
    auto const mine = will ? property_list{will_with.list} : property_list{};
    REQUIRE(v5::check_connect(c, {with.list, {}}, mine) == errc::ok);
    auto const packet = exactly([&](bytes_out out) {
        return v5::encode_connect(out, c, property_list{with.list}, mine);
    });
    auto const got = v5::decode_connect(body_of(as_bytes(packet)));
    REQUIRE(got);
    c.protocol = version::v5;
    REQUIRE(got.value.packet == c);
    REQUIRE(connect_flags(got.value.packet) == connect_flags(c));
    REQUIRE(listed(got.value.with) == with.list);
    REQUIRE(listed(got.value.will_properties) == std::vector<property>(mine.begin(), mine.end()));
    return packet;
}

std::string any_publish(dice& r, sender from) {
    auto const place = place_of(packet_type::publish, from);
    any_properties const with{r, place};
    REQUIRE(check_properties(property_list{with.list}, place) == errc::ok);
    bool const bare = has(with.list, property_id::topic_alias) && r.coin();
    auto const topic = bare ? std::string{} : r.text(1 + r.size() / 64);
    auto const payload = r.octets(r.size());
    auto const id = r.packet_id();
    message const m{topic, payload, static_cast<qos>(r.below(3)), r.coin()};
    auto const size = v5::publish_header_size(topic.size(), m.level, property_list{with.list});
    std::vector<char> packet(packet_size(size + payload.size()));
    auto* const end = v5::write_publish_header(packet.data(), m, id, payload.size(), property_list{with.list});
    REQUIRE(end + payload.size() == packet.data() + packet.size());
    move_bytes(end, payload.data(), payload.size());
    REQUIRE(is_whole(packet, version::v5));
    auto const header = read_header(packet, version::v5).value;
    auto const body = bytes_in{packet}.subspan(header.size);
    auto const got = v5::decode_publish(header.flags, body, from);
    REQUIRE(got);
    REQUIRE(got.value.topic == topic);
    REQUIRE(got.value.id == (m.level == qos::at_most_once ? packet_id{0} : id));
    REQUIRE(got.value.level == m.level);
    REQUIRE(got.value.retain == m.retain);
    REQUIRE(got.value.size == size);
    REQUIRE(listed(got.value.with) == with.list);
    REQUIRE(text_of(body.subspan(size)) == payload);
    return {packet.data(), packet.size()};
}

std::string any_request(dice& r, packet_type type) {
    any_properties const with{r, static_cast<property_place>(type)};
    std::vector<std::string> names(1 + r.below(6));
    std::vector<v5::topic_request> requests;
    std::vector<std::string_view> filters;
    for (auto& n : names) {
        n = r.text(1 + r.below(20), true);
        requests.push_back({n, static_cast<qos>(r.below(3)), r.coin() && !is_shared(n), r.coin(),
                            static_cast<retain_handling>(r.below(3))});
        filters.push_back(n);
    }
    auto const id = r.packet_id();
    auto const packet = exactly([&](bytes_out out) {
        return type == packet_type::subscribe ? v5::encode_subscribe(out, id, requests, property_list{with.list})
                                              : v5::encode_unsubscribe(out, id, filters, property_list{with.list});
    });
    v5::topic_list list{body_of(as_bytes(packet)), type};
    REQUIRE(list.id() == id);
    REQUIRE(listed(list.with()) == with.list);
    for (auto const& expected : requests) {
        REQUIRE(list.next());
        bool const whole = type == packet_type::subscribe;
        REQUIRE(list.request() == (whole ? expected : v5::topic_request{.filter = expected.filter}));
    }
    REQUIRE_FALSE(list.next());
    REQUIRE(list.error() == errc::ok);
    return packet;
}

std::string any_suback(dice& r, packet_type type) {
    any_properties const with{r, static_cast<property_place>(type)};
    std::string codes(1 + r.below(200), '\0');
    for (auto& c : codes) c = static_cast<char>(any_code(r, type, sender::server));
    auto const id = r.packet_id();
    return exactly([&](bytes_out out) {
        return v5::encode_suback(out, type, id, as_bytes(codes), property_list{with.list});
    });
}

std::string any_ack(dice& r, packet_type type) {
    any_properties const with{r, static_cast<property_place>(type)};
    auto const list = r.coin() ? property_list{with.list} : property_list{};
    auto const code = any_code(r, type, sender::client);
    auto const id = r.packet_id();
    auto const packet = exactly([&](bytes_out out) { return v5::encode_ack(out, type, id, code, list); });
    auto const got = v5::decode_ack(type, body_of(as_bytes(packet)));
    REQUIRE(got);
    REQUIRE(got.value.id == id);
    REQUIRE(got.value.reason == code);
    REQUIRE(listed(got.value.with) == std::vector<property>(list.begin(), list.end()));
    return packet;
}

std::string any_reason(dice& r, packet_type type, sender from) {
    any_properties const with{r, place_of(type, from)};
    auto const code = any_code(r, type, from);
    REQUIRE(v5::check_reason(type, from, code, {with.list, {}}) == errc::ok);
    auto const packet = exactly([&](bytes_out out) {
        return v5::encode_reason(out, type, code, property_list{with.list});
    });
    auto const got = v5::decode_reason(type, body_of(as_bytes(packet)), from);
    REQUIRE(got);
    REQUIRE(got.value.reason == code);
    REQUIRE(listed(got.value.with) == with.list);
    return packet;
}

std::string any_connack(dice& r) {
    any_properties const with{r, property_place::connack};
    auto const code = any_code(r, packet_type::connack, sender::server);
    bool const present = !refused(code) && r.coin();
    auto const packet = exactly([&](bytes_out out) {
        return v5::encode_connack(out, present, code, property_list{with.list});
    });
    auto const got = v5::decode_connack(body_of(as_bytes(packet)));
    REQUIRE(got);
    REQUIRE(got.value.session_present == present);
    REQUIRE(got.value.reason == code);
    REQUIRE(listed(got.value.with) == with.list);
    return packet;
}

std::string any_packet(dice& r, sender from) {
    using enum packet_type;
    auto const type = static_cast<packet_type>(1 + r.below(15));
    switch (type) {
    case connect: return any_connect(r);
    case connack: return any_connack(r);
    case publish: return any_publish(r, from);
    case puback:
    case pubrec:
    case pubrel:
    case pubcomp: return any_ack(r, type);
    case subscribe:
    case unsubscribe: return any_request(r, type);
    case suback:
    case unsuback: return any_suback(r, type);
    case disconnect:
    case auth: return any_reason(r, type, from);
    default: break;
    }
    std::string small(2, '\0');
    write_empty(small.data(), r.coin() ? pingreq : pingresp);
    return small;
}

}  // namespace

TEST_CASE("whatever is written of 5.0 is read, and written again the same", "[wire][v5][round_trip]") {
    for (std::uint64_t seed = 0; seed < 3 * seeds; ++seed) {
        CAPTURE(seed);
        dice r{seed};
        auto const from = r.coin() ? sender::client : sender::server;
        auto const packet = any_packet(r, from);
        auto const again = recode_v5(packet, from);
        REQUIRE(again.error == errc::ok);
        REQUIRE(again.lawful);
        REQUIRE(again.bytes == packet);
    }
}

TEST_CASE("every sample of 5.0 is read, and written again the same", "[wire][v5][round_trip][vectors]") {
    for (auto const& s : v5_sample::all) {
        CAPTURE(s.name);
        auto const again = recode_v5(s.bytes, s.from);
        CHECK(again.error == errc::ok);
        CHECK(again.lawful);
        CHECK(again.bytes == s.bytes);
    }
}

TEST_CASE("a random packet of 5.0 that is cut at any byte is refused or another one", "[wire][v5][round_trip]") {
    for (std::uint64_t seed = 0; seed < seeds / 10; ++seed) {
        dice r{seed};
        auto const from = r.coin() ? sender::client : sender::server;
        auto const packet = any_packet(r, from);
        auto const header = read_header(as_bytes(packet), version::v5).value;
        for (std::size_t n = 0; n < header.remaining && n < 600; ++n) {
            std::string cut(packet.substr(0, 1));
            char length[4] = {};
            cut.append(length, write_length(length, static_cast<std::uint32_t>(n)));
            cut += packet.substr(header.size, n);
            std::vector<char> const tight(cut.begin(), cut.end());
            auto const again = recode_v5({tight.data(), tight.size()}, from);
            bool const good = again.error == errc::ok ? again.lawful && again.bytes == normal_form_v5(cut)
                                                      : culprit_of(again.error) == culprit::peer;
            if (!good) FAIL("seed " << seed << ", cut to " << n);
        }
    }
}

TEST_CASE("a damaged packet of 5.0 is refused, or is another one that is written again the same",
          "[wire][v5][round_trip]") {
    std::size_t taken = 0, denied = 0;
    for (std::uint64_t seed = 0; seed < 40 * seeds; ++seed) {
        dice r{seed};
        auto const& s = v5_sample::all[r.below(static_cast<std::uint32_t>(v5_sample::all.size()))];
        std::string packet{s.bytes};
        for (auto n = 1 + r.below(3); n > 0; --n) {
            auto& c = packet[r.below(static_cast<std::uint32_t>(packet.size()))];
            c = r.coin() ? static_cast<char>(octet(c) ^ (1U << r.below(8))) : static_cast<char>(r.bits());
        }
        auto const again = recode_v5(packet, s.from);
        again.error == errc::ok ? ++taken : ++denied;
        if (again.error != errc::ok) continue;
        if (!again.lawful) FAIL("seed " << seed << ", " << s.name << " is against the standard");
        auto const used = read_header(as_bytes(packet), version::v5).value.packet_size();
        if (again.bytes != normal_form_v5(packet.substr(0, used))) FAIL("seed " << seed << ", " << s.name);
    }
    CHECK(taken > seeds);
    CHECK(denied > seeds);
}
