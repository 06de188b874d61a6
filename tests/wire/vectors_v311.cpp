// SPDX-License-Identifier: BSL-1.0
// Every packet of 3.1.1 byte for byte: written from its fields, and its fields read from the bytes.
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include <barelink/wire/ack.hpp>
#include <barelink/wire/connack.hpp>
#include <barelink/wire/connect.hpp>
#include <barelink/wire/publish.hpp>
#include <barelink/wire/subscribe.hpp>

#include "base/check_both.hpp"
#include "packets.hpp"
#include "samples.hpp"

using namespace barelink;
using namespace wire_tests;
using namespace std::string_view_literals;

namespace {

constexpr auto v = version::v3_1_1;

constexpr connect_packet least{};
constexpr connect_packet kept{.clean_session = false, .keep_alive_s = 300, .client_id = "dev"};
constexpr connect_packet will{
    .keep_alive_s = 0,
    .client_id = "dev",
    .will = {.topic = "w/t", .payload = "\0\xFF"sv, .level = qos::at_least_once, .retain = true}};
constexpr connect_packet user{.keep_alive_s = 65'535, .client_id = "d", .user_name = "us\xC3\xA4"};
constexpr connect_packet all{.keep_alive_s = 10,
                             .client_id = "d",
                             .will = {.topic = "wt", .payload = "bye", .level = qos::exactly_once, .retain = true},
                             .user_name = "u",
                             .password = "\0\x80"sv};
constexpr connect_packet empty_fields{.client_id = "", .will = {.topic = "w", .payload = ""}, .user_name = "",
                                      .password = ""};

constexpr connack_packet fresh{.session_present = false, .code = connect_return::accepted};
constexpr connack_packet old{.session_present = true, .code = connect_return::accepted};
constexpr connack_packet no{.session_present = false, .code = connect_return::not_authorized};

constexpr written_packet written_connect(connect_packet const& c) {
    return written([&](bytes_out out) { return encode_connect(out, c); });
}

constexpr written_packet written_publish(message const& m, packet_id id, bool dup = false) {
    auto p = poked([&](char* to) {
        auto* const end = write_publish_header(to, m, id, m.payload.size());
        move_bytes(end, m.payload.data(), m.payload.size());
        return end + m.payload.size();
    });
    if (dup) p.data[0] = static_cast<char>(octet(p.data[0]) | publish_flag::dup);
    return p;
}

// True if the packet reads as this message, this identifier and this DUP.
constexpr bool publishes(bytes_in packet, message const& m, packet_id id, bool dup = false) {
    auto const h = read_header(packet, v);
    auto const p = decode_publish(h.value.flags, body_of(packet));
    return is_whole(packet) && p && p.value.topic == m.topic && p.value.level == m.level &&
           p.value.retain == m.retain && p.value.dup == dup && p.value.id == id &&
           text_of(body_of(packet).subspan(p.value.size)) == m.payload;
}

constexpr bool acknowledges(bytes_in packet, packet_type type, packet_id id) {
    return is_whole(packet) && read_header(packet, v).value.type == type &&
           decode_ack(body_of(packet)) == result<packet_id>{id};
}

constexpr bool requests(bytes_in packet, packet_type type, packet_id id, std::array<topic_request, 2> const& expected,
                        std::size_t count) {
    topic_list list{body_of(packet), type};
    std::size_t n = 0;
    for (; list.next(); ++n) {
        if (n >= count || list.filter() != expected[n].filter || list.level() != expected[n].level) return false;
    }
    return is_whole(packet) && read_header(packet, v).value.type == type && list.error() == errc::ok &&
           list.id() == id && n == count;
}

}  // namespace

TEST_CASE("CONNECT vectors", "[wire][vectors][connect][MQTT-3.1.3-1]") {
    CHECK_BOTH(written_connect(least) == sample::connect_least);
    CHECK_BOTH(written_connect(kept) == sample::connect_kept);
    CHECK_BOTH(written_connect(will) == sample::connect_will);
    CHECK_BOTH(written_connect(user) == sample::connect_user);
    CHECK_BOTH(written_connect(all) == sample::connect_all);
    CHECK_BOTH(written_connect(empty_fields) == sample::connect_empty_fields);

    CHECK_BOTH(decode_connect(body_of(sample::connect_least)) == result<connect_packet>{least});
    CHECK_BOTH(decode_connect(body_of(sample::connect_kept)) == result<connect_packet>{kept});
    CHECK_BOTH(decode_connect(body_of(sample::connect_will)) == result<connect_packet>{will});
    CHECK_BOTH(decode_connect(body_of(sample::connect_user)) == result<connect_packet>{user});
    CHECK_BOTH(decode_connect(body_of(sample::connect_all)) == result<connect_packet>{all});
    CHECK_BOTH(decode_connect(body_of(sample::connect_empty_fields)) == result<connect_packet>{empty_fields});
}

TEST_CASE("fields of a CONNECT are absent or empty, as they were sent", "[wire][vectors][connect][MQTT-3.1.2-19]") {
    auto const full = decode_connect(body_of(sample::connect_empty_fields)).value;
    CHECK(connect_flags(full) == 0xC6);
    auto const none = decode_connect(body_of(sample::connect_least)).value;
    CHECK(connect_flags(none) == 0x02);
}

TEST_CASE("CONNACK vectors", "[wire][vectors][connack][3.2.2]") {
    CHECK_BOTH(poked([](char* to) { return write_connack(to, fresh); }) == sample::connack_new);
    CHECK_BOTH(poked([](char* to) { return write_connack(to, old); }) == sample::connack_kept);
    CHECK_BOTH(poked([](char* to) { return write_connack(to, no); }) == sample::connack_refused);

    CHECK_BOTH(decode_connack(body_of(sample::connack_new), v) == result<connack_packet>{fresh});
    CHECK_BOTH(decode_connack(body_of(sample::connack_kept), v) == result<connack_packet>{old});
    CHECK_BOTH(decode_connack(body_of(sample::connack_refused), v) == result<connack_packet>{no});
}

TEST_CASE("PUBLISH vectors", "[wire][vectors][publish][3.3]") {
    constexpr message hello{.topic = "a/b", .payload = "hello"};
    constexpr message erase{.topic = "/", .payload = {}, .retain = true};
    constexpr message one{.topic = "a/b", .payload = "\0\xFF"sv, .level = qos::at_least_once};
    constexpr message two{.topic = "a/b", .payload = "2", .level = qos::exactly_once, .retain = true};
    constexpr message euro{.topic = "\xE2\x82\xAC", .payload = {}, .level = qos::exactly_once};
    CHECK_BOTH(written_publish(hello, 0) == sample::publish_0);
    CHECK_BOTH(written_publish(erase, 0) == sample::publish_0_empty);
    CHECK_BOTH(written_publish(one, 10) == sample::publish_1);
    CHECK_BOTH(written_publish(one, 10, true) == sample::publish_1_again);
    CHECK_BOTH(written_publish(two, 0xFFFF) == sample::publish_2);
    CHECK_BOTH(written_publish(euro, 0x8000, true) == sample::publish_2_again);

    CHECK_BOTH(publishes(sample::publish_0, hello, 0));
    CHECK_BOTH(publishes(sample::publish_0_empty, erase, 0));
    CHECK_BOTH(publishes(sample::publish_1, one, 10));
    CHECK_BOTH(publishes(sample::publish_1_again, one, 10, true));
    CHECK_BOTH(publishes(sample::publish_2, two, 0xFFFF));
    CHECK_BOTH(publishes(sample::publish_2_again, euro, 0x8000, true));
}

TEST_CASE("vectors of the acknowledgements", "[wire][vectors][ack][3.4][3.5][3.6][3.7][3.11][MQTT-2.3.1-6]") {
    CHECK_BOTH(poked([](char* to) { return write_ack(to, packet_type::puback, 10); }) == sample::puback);
    CHECK_BOTH(poked([](char* to) { return write_ack(to, packet_type::pubrec, 0xFFFF); }) == sample::pubrec);
    CHECK_BOTH(poked([](char* to) { return write_ack(to, packet_type::pubrel, 0x1234); }) == sample::pubrel);
    CHECK_BOTH(poked([](char* to) { return write_ack(to, packet_type::pubcomp, 1); }) == sample::pubcomp);
    CHECK_BOTH(poked([](char* to) { return write_ack(to, packet_type::unsuback, 0x8000); }) == sample::unsuback);

    CHECK_BOTH(acknowledges(sample::puback, packet_type::puback, 10));
    CHECK_BOTH(acknowledges(sample::pubrec, packet_type::pubrec, 0xFFFF));
    CHECK_BOTH(acknowledges(sample::pubrel, packet_type::pubrel, 0x1234));
    CHECK_BOTH(acknowledges(sample::pubcomp, packet_type::pubcomp, 1));
    CHECK_BOTH(acknowledges(sample::unsuback, packet_type::unsuback, 0x8000));
}

TEST_CASE("SUBSCRIBE and UNSUBSCRIBE vectors", "[wire][vectors][subscribe][3.8][3.10]") {
    constexpr std::array<topic_request, 2> one = {{{"#", qos::at_most_once}}};
    constexpr std::array<topic_request, 2> more = {{{"a/b", qos::at_least_once}, {"+/c/#", qos::exactly_once}}};
    constexpr std::array<topic_request, 2> names = {{{"a/b"}, {"+/c/#"}}};
    constexpr std::array<std::string_view, 2> filters = {"a/b", "+/c/#"};
    constexpr std::array<std::string_view, 1> hash = {"#"};
    CHECK_BOTH(written([=](bytes_out out) { return encode_subscribe(out, 1, std::span{one}.first(1)); }) ==
               sample::subscribe_one);
    CHECK_BOTH(written([=](bytes_out out) { return encode_subscribe(out, 10, more); }) == sample::subscribe_more);
    CHECK_BOTH(written([=](bytes_out out) { return encode_unsubscribe(out, 1, hash); }) == sample::unsubscribe_one);
    CHECK_BOTH(written([=](bytes_out out) { return encode_unsubscribe(out, 10, filters); }) ==
               sample::unsubscribe_more);

    CHECK_BOTH(requests(sample::subscribe_one, packet_type::subscribe, 1, one, 1));
    CHECK_BOTH(requests(sample::subscribe_more, packet_type::subscribe, 10, more, 2));
    CHECK_BOTH(requests(sample::unsubscribe_one, packet_type::unsubscribe, 1, one, 1));
    CHECK_BOTH(requests(sample::unsubscribe_more, packet_type::unsubscribe, 10, names, 2));
}

TEST_CASE("SUBACK vectors", "[wire][vectors][suback][3.9][MQTT-3.9.3-1]") {
    constexpr auto one = bytes(2);
    constexpr auto more = bytes(0, 1, 2, 0x80);
    CHECK_BOTH(written([=](bytes_out out) { return encode_suback(out, 1, one); }) == sample::suback_one);
    CHECK_BOTH(written([=](bytes_out out) { return encode_suback(out, 10, more); }) == sample::suback_more);

    CHECK_BOTH(decode_suback(body_of(sample::suback_one)).value.id == 1);
    CHECK_BOTH(text_of(decode_suback(body_of(sample::suback_one)).value.codes) == text(one));
    CHECK_BOTH(decode_suback(body_of(sample::suback_more)).value.id == 10);
    CHECK_BOTH(text_of(decode_suback(body_of(sample::suback_more)).value.codes) == text(more));
}

TEST_CASE("PINGREQ, PINGRESP and DISCONNECT vectors", "[wire][vectors][3.12][3.13][MQTT-3.14.1-1]") {
    CHECK_BOTH(poked([](char* to) { return write_empty(to, packet_type::pingreq); }) == sample::pingreq);
    CHECK_BOTH(poked([](char* to) { return write_empty(to, packet_type::pingresp); }) == sample::pingresp);
    CHECK_BOTH(poked([](char* to) { return write_empty(to, packet_type::disconnect); }) == sample::disconnect);

    CHECK_BOTH(read_header(sample::pingreq, v).value == fixed_header{packet_type::pingreq, 0, 2, 0});
    CHECK_BOTH(read_header(sample::pingresp, v).value == fixed_header{packet_type::pingresp, 0, 2, 0});
    CHECK_BOTH(read_header(sample::disconnect, v).value == fixed_header{packet_type::disconnect, 0, 2, 0});
}

TEST_CASE("every sample is one whole packet", "[wire][vectors][2.2.3]") {
    for (auto const& s : sample::all) {
        CAPTURE(s.name);
        CHECK(is_whole({s.bytes.data(), s.bytes.size()}, s.protocol));
    }
}
