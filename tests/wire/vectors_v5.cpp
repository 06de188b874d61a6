// SPDX-License-Identifier: BSL-1.0
// The examples in the text of the standard, MQTT 5.0, completed to whole packets.
#include <string_view>

#include <barelink/wire/v5/connect.hpp>
#include <barelink/wire/v5/publish.hpp>
#include <barelink/wire/v5/suback.hpp>
#include <barelink/wire/v5/subscribe.hpp>

#include "base/check_both.hpp"
#include "packets.hpp"

using namespace barelink;
using namespace wire_tests;

TEST_CASE("the standard's CONNECT: user name, password, will at QoS 1, clean start, ten seconds",
          "[wire][v5][vectors][MQTT5-3.1.2.12]") {
    static constexpr auto packet = bytes(0x10, 36, 0, 4, 'M', 'Q', 'T', 'T', 5, 0xCE, 0, 10, 5, 0x11, 0, 0, 0, 10,
                                         0, 1, 'c', 0, 0, 1, 'w', 0, 1, 'm', 0, 2, 'u', 's', 0, 2, 'p', 'w', 0);
    static constexpr auto body = bytes(0, 4, 'M', 'Q', 'T', 'T', 5, 0xCE, 0, 10, 5, 0x11, 0, 0, 0, 10,
                                       0, 1, 'c', 0, 0, 1, 'w', 0, 1, 'm', 0, 2, 'u', 's', 0, 2, 'p', 'w');
    constexpr auto got = v5::decode_connect(body);
    CHECK_BOTH(got.error == errc::ok);
    CHECK_BOTH(got.value.packet.clean_session);
    CHECK_BOTH(got.value.packet.keep_alive_s == 10);
    CHECK_BOTH(got.value.packet.will == will_message{"w", "m", qos::at_least_once, false});
    CHECK_BOTH(got.value.packet.user_name == "us");
    CHECK_BOTH(got.value.packet.password == "pw");
    CHECK_BOTH(got.value.with.number(property_id::session_expiry_interval) == 10);
    constexpr property expiry[] = {{property_id::session_expiry_interval, 10U}};
    constexpr connect_packet c{.keep_alive_s = 10,
                               .client_id = "c",
                               .will = {"w", "m", qos::at_least_once, false},
                               .user_name = "us",
                               .password = "pw"};
    constexpr auto written_c = written([&](bytes_out out) {
        return v5::encode_connect(out, c, property_list{expiry}, property_list{});
    });
    CHECK_BOTH(written_c.view().substr(2) == text(body));
    // One byte too many behind the last field.
    CHECK_BOTH(v5::decode_connect(bytes_in{packet}.subspan(2)).error == errc::malformed_packet);
}

TEST_CASE("the standard's PUBLISH: a/b, identifier 10, no properties", "[wire][v5][vectors][MQTT5-3.3.2]") {
    constexpr auto packet = poked([](char* to) {
        return v5::write_publish_header(to, {.topic = "a/b", .level = qos::at_least_once}, 10, 0, property_list{});
    });
    CHECK_BOTH(packet == bytes(0x32, 8, 0x00, 0x03, 0x61, 0x2F, 0x62, 0x00, 0x0A, 0x00));
    static constexpr auto body = bytes(0x00, 0x03, 0x61, 0x2F, 0x62, 0x00, 0x0A, 0x00);
    CHECK_BOTH(v5::decode_publish(publish_flag::qos_1, body, sender::server).value.id == 10);
}

TEST_CASE("the standard's SUBSCRIBE: a/b at QoS 1, c/d at QoS 2, identifier 10", "[wire][v5][vectors][MQTT5-3.8.3]") {
    static constexpr v5::topic_request requests[] = {{"a/b", qos::at_least_once}, {"c/d", qos::exactly_once}};
    constexpr auto packet = written([](bytes_out out) {
        return v5::encode_subscribe(out, 10, requests, property_list{});
    });
    CHECK_BOTH(packet == bytes(0x82, 15, 0, 10, 0, 0, 3, 0x61, 0x2F, 0x62, 1, 0, 3, 0x63, 0x2F, 0x64, 2));
}

TEST_CASE("the standard's UNSUBSCRIBE: a/b and c/d", "[wire][v5][vectors][MQTT5-3.10.3]") {
    static constexpr std::string_view filters[] = {"a/b", "c/d"};
    constexpr auto packet = written([](bytes_out out) {
        return v5::encode_unsubscribe(out, 10, filters, property_list{});
    });
    CHECK_BOTH(packet == bytes(0xA2, 13, 0, 10, 0, 0, 3, 0x61, 0x2F, 0x62, 0, 3, 0x63, 0x2F, 0x64));
}

TEST_CASE("the standard's string: A and an ideogram of four bytes", "[wire][v5][vectors][MQTT5-1.5.4]") {
    static constexpr auto with = bytes(0x1F, 0x00, 0x05, 0x41, 0xF0, 0xAA, 0x9B, 0x94);
    CHECK_BOTH(check_properties(bytes_in{with}, property_place::suback) == errc::ok);
    CHECK_BOTH(properties{bytes_in{with}}.text(property_id::reason_string).size() == 5);
}

TEST_CASE("the standard's sizes of a variable byte integer", "[wire][v5][vectors][MQTT5-1.5.5]") {
    struct size {
        std::uint32_t value;
        std::size_t bytes;
    };
    constexpr size sizes[] = {{1, 1}, {127, 1}, {128, 2}, {16'383, 2}, {16'384, 3}, {2'097'151, 3},
                              {2'097'152, 4}, {268'435'455, 4}};
    for (auto const& s : sizes) {
        property const list[] = {{property_id::subscription_identifier, s.value}};
        char room[8] = {};
        writer w{bytes_out{room}};
        write_properties(w, property_list{list});
        CHECK(w.size() == 2 + s.bytes);
        reader r{bytes_in{room}.first(w.size())};
        properties read{};
        CHECK(take_properties(r, property_place::subscribe, read) == errc::ok);
        CHECK(read.number(property_id::subscription_identifier) == s.value);
    }
}
