// SPDX-License-Identifier: BSL-1.0
#include <barelink/wire/types.hpp>

#include <limits>
#include <type_traits>

#include "support/catch.hpp"

using namespace barelink;

namespace {

template <class Enum>
constexpr int value_of(Enum e) {
    return static_cast<int>(e);
}

}  // namespace

TEST_CASE("packet types have the numbers of table 2.1", "[wire][types][2.2.1]") {
    STATIC_REQUIRE(value_of(packet_type::reserved) == 0);
    STATIC_REQUIRE(value_of(packet_type::connect) == 1);
    STATIC_REQUIRE(value_of(packet_type::connack) == 2);
    STATIC_REQUIRE(value_of(packet_type::publish) == 3);
    STATIC_REQUIRE(value_of(packet_type::puback) == 4);
    STATIC_REQUIRE(value_of(packet_type::pubrec) == 5);
    STATIC_REQUIRE(value_of(packet_type::pubrel) == 6);
    STATIC_REQUIRE(value_of(packet_type::pubcomp) == 7);
    STATIC_REQUIRE(value_of(packet_type::subscribe) == 8);
    STATIC_REQUIRE(value_of(packet_type::suback) == 9);
    STATIC_REQUIRE(value_of(packet_type::unsubscribe) == 10);
    STATIC_REQUIRE(value_of(packet_type::unsuback) == 11);
    STATIC_REQUIRE(value_of(packet_type::pingreq) == 12);
    STATIC_REQUIRE(value_of(packet_type::pingresp) == 13);
    STATIC_REQUIRE(value_of(packet_type::disconnect) == 14);
    STATIC_REQUIRE(value_of(packet_type::auth) == 15);
}

TEST_CASE("versions have the protocol levels of CONNECT", "[wire][types][3.1.2.2]") {
    STATIC_REQUIRE(value_of(version::v3_1) == 3);
    STATIC_REQUIRE(value_of(version::v3_1_1) == 4);
    STATIC_REQUIRE(value_of(version::v5) == 5);
}

TEST_CASE("quality of service has the numbers of the wire", "[wire][types][4.3]") {
    STATIC_REQUIRE(number(qos::at_most_once) == 0);
    STATIC_REQUIRE(number(qos::at_least_once) == 1);
    STATIC_REQUIRE(number(qos::exactly_once) == 2);
}

TEST_CASE("the answers to CONNECT have the numbers of table 3.1", "[wire][types][3.2.2.3]") {
    STATIC_REQUIRE(value_of(connect_return::accepted) == 0);
    STATIC_REQUIRE(value_of(connect_return::unacceptable_version) == 1);
    STATIC_REQUIRE(value_of(connect_return::identifier_rejected) == 2);
    STATIC_REQUIRE(value_of(connect_return::server_unavailable) == 3);
    STATIC_REQUIRE(value_of(connect_return::bad_credentials) == 4);
    STATIC_REQUIRE(value_of(connect_return::not_authorized) == 5);
    STATIC_REQUIRE(subscription_failure == 0x80);
}

TEST_CASE("a packet identifier has 16 bits", "[wire][types][2.3.1]") {
    STATIC_REQUIRE(std::is_unsigned_v<packet_id>);
    STATIC_REQUIRE(std::numeric_limits<packet_id>::max() == 65'535);
}

TEST_CASE("messages are equal if everything that is sent is", "[wire][types]") {
    constexpr message one{.topic = "a", .payload = "b", .level = qos::at_least_once, .retain = true};
    STATIC_REQUIRE(one == message{.topic = "a", .payload = "b", .level = qos::at_least_once, .retain = true});
    STATIC_REQUIRE(one != message{.topic = "x", .payload = "b", .level = qos::at_least_once, .retain = true});
    STATIC_REQUIRE(one != message{.topic = "a", .payload = "x", .level = qos::at_least_once, .retain = true});
    STATIC_REQUIRE(one != message{.topic = "a", .payload = "b", .level = qos::exactly_once, .retain = true});
    STATIC_REQUIRE(one != message{.topic = "a", .payload = "b", .level = qos::at_least_once, .retain = false});
    STATIC_REQUIRE(message{}.topic.empty());
    STATIC_REQUIRE(message{}.level == qos::at_most_once);
    STATIC_REQUIRE_FALSE(message{}.retain);
}
