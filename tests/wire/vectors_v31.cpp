// SPDX-License-Identifier: BSL-1.0
// What 3.1 writes and reads differently, byte for byte.
#include <barelink/wire/ack.hpp>
#include <barelink/wire/connack.hpp>
#include <barelink/wire/connect.hpp>
#include <barelink/wire/subscribe.hpp>

#include "base/check_both.hpp"
#include "packets.hpp"
#include "samples.hpp"

using namespace barelink;
using namespace wire_tests;

namespace {

constexpr auto v = version::v3_1;

constexpr connect_packet least{.protocol = v, .client_id = "d"};
constexpr connect_packet all{.protocol = v,
                             .keep_alive_s = 10,
                             .client_id = "d",
                             .will = {.topic = "wt", .payload = "bye", .level = qos::at_least_once},
                             .user_name = "u",
                             .password = "pw"};

constexpr written_packet written_connect(connect_packet const& c) {
    return written([&](bytes_out out) { return encode_connect(out, c); });
}

}  // namespace

TEST_CASE("a 3.1 CONNECT says MQIsdp and level 3", "[wire][vectors][connect][v31][MQTT31-3.1-name]") {
    CHECK_BOTH(written_connect(least) == sample::old_connect);
    CHECK_BOTH(written_connect(all) == sample::old_connect_all);
    CHECK_BOTH(check_connect(least) == errc::ok);
    CHECK_BOTH(check_connect(all) == errc::ok);

    CHECK_BOTH(decode_connect(body_of(sample::old_connect)) == result<connect_packet>{least});
    CHECK_BOTH(decode_connect(body_of(sample::old_connect_all)) == result<connect_packet>{all});
}

TEST_CASE("name and level of two versions do not mix", "[wire][vectors][connect][v31][MQTT-3.1.2-1]") {
    constexpr auto new_level = bytes(0, 6, 'M', 'Q', 'I', 's', 'd', 'p', 4, 0x02, 0, 60, 0, 1, 'd');
    constexpr auto new_name = bytes(0, 4, 'M', 'Q', 'T', 'T', 3, 0x02, 0, 60, 0, 1, 'd');
    constexpr auto bridge = bytes(0, 6, 'M', 'Q', 'I', 's', 'd', 'p', 0x83, 0x02, 0, 60, 0, 1, 'd');
    CHECK_BOTH(decode_connect(new_level).error == errc::unacceptable_version);
    CHECK_BOTH(decode_connect(new_name).error == errc::unacceptable_version);
    CHECK_BOTH(decode_connect(bridge).error == errc::unacceptable_version);
}

TEST_CASE("a server reads a 3.1 client identifier that it will refuse",
          "[wire][vectors][connect][v31][MQTT31-3.1-client-id]") {
    constexpr auto without = bytes(0, 6, 'M', 'Q', 'I', 's', 'd', 'p', 3, 0x02, 0, 60, 0, 0);
    CHECK_BOTH(decode_connect(without).error == errc::ok);
    CHECK_BOTH(check_connect(decode_connect(without).value) == errc::bad_client_id);
    constexpr auto too_long = bytes(0, 6, 'M', 'Q', 'I', 's', 'd', 'p', 3, 0x02, 0, 60, 0, 24, 'a', 'b', 'c', 'd', 'e',
                                    'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v',
                                    'w', 'x');
    CHECK_BOTH(decode_connect(too_long).error == errc::ok);
    CHECK_BOTH(check_connect(decode_connect(too_long).value) == errc::bad_client_id);
}

TEST_CASE("a 3.1 CONNACK is a code behind a reserved byte", "[wire][vectors][connack][v31]") {
    CHECK_BOTH(poked([](char* to) { return write_connack(to, {}); }) == sample::old_connack);
    CHECK_BOTH(poked([](char* to) { return write_connack(to, {.code = connect_return::identifier_rejected}); }) ==
               sample::old_connack_refused);
    CHECK_BOTH(decode_connack(body_of(sample::old_connack), v) == result<connack_packet>{connack_packet{}});
    CHECK_BOTH(decode_connack(body_of(sample::old_connack_refused), v).value.code ==
               connect_return::identifier_rejected);
}

TEST_CASE("a 3.1 packet that is sent again may have DUP", "[wire][vectors][v31][MQTT31-2.1-flags]") {
    CHECK_BOTH(is_whole(sample::old_pubrel_again, v));
    CHECK_BOTH(decode_ack(body_of(sample::old_pubrel_again)) == result<packet_id>{packet_id{0x1234}});
    CHECK_BOTH(is_whole(sample::old_subscribe_again, v));
    CHECK_BOTH(is_whole(sample::old_unsubscribe_again, v));
    topic_list list{body_of(sample::old_subscribe_again), packet_type::subscribe};
    REQUIRE(list.next());
    CHECK(list.filter() == "#");
    CHECK(list.level() == qos::at_least_once);
    CHECK_FALSE(list.next());
    CHECK(list.error() == errc::ok);
    // 3.1.1 does not know them.
    CHECK_BOTH(!is_whole(sample::old_pubrel_again));
    CHECK_BOTH(!is_whole(sample::old_subscribe_again));
    CHECK_BOTH(!is_whole(sample::old_unsubscribe_again));
}
