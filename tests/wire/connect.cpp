// SPDX-License-Identifier: BSL-1.0
#include <barelink/wire/connect.hpp>

#include <cstddef>
#include <string>
#include <string_view>

#include "base/check_both.hpp"
#include "packets.hpp"

using namespace barelink;
using namespace wire_tests;
using namespace std::string_view_literals;

namespace {

constexpr written_packet connect(connect_packet const& c, std::size_t room = 512) {
    return written([&](bytes_out out) { return encode_connect(out, c); }, room);
}

// The body of a CONNECT with these flags and a keep-alive of 60 s; `payload` is what follows.
template <class... Byte>
constexpr auto body(unsigned flags, Byte... payload) {
    return bytes(0, 4, 'M', 'Q', 'T', 'T', 4, flags, 0, 60, payload...);
}

template <class... Byte>
constexpr errc refused(unsigned flags, Byte... payload) {
    auto const from = body(flags, payload...);
    return decode_connect(from).error;
}

constexpr connect_packet with_will(will_message const& will) { return {.client_id = "c", .will = will}; }

}  // namespace

TEST_CASE("fields come in the order of the standard", "[wire][connect][MQTT-3.1.3-1]") {
    constexpr connect_packet all{.client_id = "c",
                                 .will = {.topic = "w", .payload = "m", .level = qos::exactly_once, .retain = true},
                                 .user_name = "u",
                                 .password = "p"};
    CHECK_BOTH(connect(all) == bytes(0x10, 25, 0, 4, 'M', 'Q', 'T', 'T', 4, 0xF6, 0, 60, 0, 1, 'c', 0, 1, 'w', 0, 1,
                                     'm', 0, 1, 'u', 0, 1, 'p'));
    constexpr auto read_back = body(0xF6, 0, 1, 'c', 0, 1, 'w', 0, 1, 'm', 0, 1, 'u', 0, 1, 'p');
    CHECK_BOTH(decode_connect(read_back).value == all);
}

TEST_CASE("3.1.1 is called MQTT and has level 4, 3.1 is called MQIsdp and has level 3",
          "[wire][connect][3.1.2.1][3.1.2.2][MQTT31-3.1-name]") {
    CHECK_BOTH(protocol_name(version::v3_1_1) == "MQTT");
    CHECK_BOTH(protocol_name(version::v3_1) == "MQIsdp");
    CHECK_BOTH(connect({.client_id = "c"}).view().substr(2, 7) == "\0\x04MQTT\x04"sv);
    CHECK_BOTH(connect({.protocol = version::v3_1, .client_id = "c"}).view().substr(2, 9) == "\0\x06MQIsdp\x03"sv);
}

TEST_CASE("the client identifier is there and first, also when it is empty", "[wire][connect][MQTT-3.1.3-3]") {
    CHECK_BOTH(connect({}) == bytes(0x10, 12, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, 0));
    CHECK_BOTH(connect({.client_id = "id", .user_name = "u"}).view().substr(12, 4) == "\0\x02id"sv);
    CHECK_BOTH(refused(0x02) == errc::malformed_packet);
}

TEST_CASE("the client identifier is a UTF-8 string", "[wire][connect][MQTT-3.1.3-4]") {
    CHECK_BOTH(check_connect({.client_id = "\xC3\xA4"}) == errc::ok);
    CHECK_BOTH(check_connect({.client_id = "\xC3"}) == errc::bad_client_id);
    CHECK_BOTH(check_connect({.client_id = "a\0b"sv}) == errc::bad_client_id);
    CHECK_BOTH(refused(0x02, 0, 1, 0xFF) == errc::invalid_utf8);
    CHECK_BOTH(refused(0x02, 0, 1, 0x00) == errc::invalid_utf8);
}

TEST_CASE("an empty client identifier needs a clean session", "[wire][connect][MQTT-3.1.3-7]") {
    CHECK_BOTH(check_connect({.clean_session = true}) == errc::ok);
    CHECK_BOTH(check_connect({.clean_session = false}) == errc::bad_client_id);
    CHECK_BOTH(check_connect({.clean_session = false, .client_id = "c"}) == errc::ok);
    // The Server answers it with CONNACK 2, so it has to be able to read it.
    CHECK_BOTH(refused(0x00, 0, 0) == errc::ok);
}

TEST_CASE("a client identifier that the Server refuses hides no other mistake", "[wire][connect][MQTT-3.1.2-14]") {
    CHECK_BOTH(refused(0x1C, 0, 0, 0, 1, 'w', 0, 0) == errc::malformed_packet);  // will QoS 3
    CHECK_BOTH(refused(0x04, 0, 0, 0, 1, 0xFF, 0, 0) == errc::invalid_utf8);     // will topic
    CHECK_BOTH(refused(0x04, 0, 0, 0, 1, '#', 0, 0) == errc::malformed_packet);
}

TEST_CASE("a password alone is refused whatever the client identifier is", "[wire][connect][MQTT-3.1.2-22]") {
    CHECK_BOTH(refused(0x40, 0, 0, 0, 1, 'p') == errc::malformed_packet);
    CHECK_BOTH(refused(0x42, 0, 0, 0, 1, 'p') == errc::malformed_packet);
    CHECK_BOTH(refused(0x42, 0, 1, 'c', 0, 1, 'p') == errc::malformed_packet);
    CHECK_BOTH(refused(0xC2, 0, 1, 'c', 0, 1, 'u', 0, 1, 'p') == errc::ok);
    CHECK_BOTH(check_connect({.client_id = "c", .password = "p"}) == errc::password_without_user_name);
    CHECK_BOTH(check_connect({.client_id = "c", .password = ""}) == errc::password_without_user_name);
    CHECK_BOTH(check_connect({.client_id = "c", .user_name = "", .password = "p"}) == errc::ok);
    CHECK_BOTH(check_connect({.client_id = "c", .user_name = "u"}) == errc::ok);
}

TEST_CASE("the user name is a UTF-8 string, with a wildcard if it likes", "[wire][connect][MQTT-3.1.3-11]") {
    CHECK_BOTH(check_connect({.client_id = "c", .user_name = "u+#"}) == errc::ok);
    CHECK_BOTH(check_connect({.client_id = "c", .user_name = "\xFF"}) == errc::bad_user_name);
    CHECK_BOTH(check_connect({.client_id = "c", .user_name = "\0"sv}) == errc::bad_user_name);
    CHECK_BOTH(refused(0x82, 0, 1, 'c', 0, 1, 0xFF) == errc::invalid_utf8);
    CHECK_BOTH(refused(0x80, 0, 0, 0, 1, 0xFF) == errc::invalid_utf8);
}

TEST_CASE("the password is any bytes", "[wire][connect][3.1.3.5]") {
    constexpr connect_packet c{.client_id = "c", .user_name = "u", .password = "\0\xFF\xC3"sv};
    CHECK_BOTH(check_connect(c) == errc::ok);
    CHECK_BOTH(refused(0xC2, 0, 1, 'c', 0, 1, 'u', 0, 3, 0x00, 0xFF, 0xC3) == errc::ok);
}

TEST_CASE("a user name is there exactly if its flag is set", "[wire][connect][MQTT-3.1.2-18][MQTT-3.1.2-19]") {
    CHECK_BOTH(connect_flags({.client_id = "c"}) == 0x02);
    CHECK_BOTH(connect_flags({.client_id = "c", .user_name = "u"}) == 0x82);
    CHECK_BOTH(connect_flags({.client_id = "c", .user_name = ""}) == 0x82);
    CHECK_BOTH(connect({.client_id = "c", .user_name = ""}).view().substr(12) == "\0\x01"
                                                                                 "c\0\0"sv);
    CHECK_BOTH(refused(0x82, 0, 1, 'c') == errc::malformed_packet);
    CHECK_BOTH(refused(0x02, 0, 1, 'c', 0, 1, 'u') == errc::malformed_packet);
    constexpr auto empty = body(0x82, 0, 1, 'c', 0, 0);
    CHECK_BOTH(decode_connect(empty).error == errc::ok);
    CHECK(decode_connect(empty).value.user_name.data() != nullptr);
    constexpr auto absent = body(0x02, 0, 1, 'c');
    CHECK(decode_connect(absent).value.user_name.data() == nullptr);
}

TEST_CASE("a password is there exactly if its flag is set", "[wire][connect][MQTT-3.1.2-20][MQTT-3.1.2-21]") {
    CHECK_BOTH(connect_flags({.client_id = "c", .user_name = "u", .password = "p"}) == 0xC2);
    CHECK_BOTH(connect_flags({.client_id = "c", .user_name = "u", .password = ""}) == 0xC2);
    CHECK_BOTH(refused(0xC2, 0, 1, 'c', 0, 1, 'u') == errc::malformed_packet);
    CHECK_BOTH(refused(0x82, 0, 1, 'c', 0, 1, 'u', 0, 1, 'p') == errc::malformed_packet);
    CHECK_BOTH(refused(0xC2, 0, 1, 'c', 0, 0, 0, 0) == errc::ok);
}

TEST_CASE("clean session is bit 1 and keep alive are two bytes", "[wire][connect][3.1.2.4][3.1.2.3]") {
    CHECK_BOTH(connect_flags({.clean_session = false, .client_id = "c"}) == 0);
    CHECK_BOTH(connect({.keep_alive_s = 0xABCD, .client_id = "c"}).view().substr(10, 2) == "\xAB\xCD");
    CHECK_BOTH(connect({.keep_alive_s = 0, .client_id = "c"}).view().substr(10, 2) == "\0\0"sv);
    constexpr auto from = bytes(0, 4, 'M', 'Q', 'T', 'T', 4, 0, 0xFF, 0xFE, 0, 1, 'c');
    CHECK_BOTH(decode_connect(from).value.keep_alive_s == 0xFFFE);
    CHECK_BOTH(!decode_connect(from).value.clean_session);
}

TEST_CASE("a will has its topic, its payload and its bits", "[wire][connect][will][MQTT-3.1.2-9]") {
    CHECK_BOTH(connect_flags(with_will({.topic = "w"})) == 0x06);
    CHECK_BOTH(connect_flags(with_will({.topic = "w", .level = qos::at_least_once})) == 0x0E);
    CHECK_BOTH(connect_flags(with_will({.topic = "w", .level = qos::exactly_once})) == 0x16);
    CHECK_BOTH(connect_flags(with_will({.topic = "w", .retain = true})) == 0x26);
    CHECK_BOTH(connect(with_will({.topic = "w", .payload = "\0\xFF"sv})).view().substr(15) == "\0\x01w\0\x02\0\xFF"sv);
    CHECK_BOTH(connect(with_will({.topic = "w"})).view().substr(15) == "\0\x01w\0\0"sv);
    CHECK_BOTH(refused(0x06, 0, 1, 'c') == errc::malformed_packet);
    CHECK_BOTH(refused(0x06, 0, 1, 'c', 0, 1, 'w') == errc::malformed_packet);
    CHECK_BOTH(refused(0x06, 0, 1, 'c', 0, 1, 'w', 0, 0) == errc::ok);
}

TEST_CASE("without a will there are no will bits and no will fields", "[wire][connect][will][MQTT-3.1.2-11]") {
    constexpr auto none = with_will({.payload = "ignored", .level = qos::exactly_once, .retain = true});
    CHECK_BOTH(connect_flags(none) == 0x02);
    CHECK_BOTH(connect(none) == bytes(0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, 1, 'c'));
    CHECK_BOTH(refused(0x02, 0, 1, 'c', 0, 1, 'w', 0, 0) == errc::malformed_packet);
}

TEST_CASE("without a will its QoS is 0", "[wire][connect][will][MQTT-3.1.2-13]") {
    CHECK_BOTH(refused(0x0A, 0, 1, 'c') == errc::malformed_packet);
    CHECK_BOTH(refused(0x12, 0, 1, 'c') == errc::malformed_packet);
    CHECK_BOTH(refused(0x1A, 0, 1, 'c') == errc::malformed_packet);
    CHECK_BOTH(connect_flags(with_will({.level = qos::exactly_once})) == 0x02);
}

TEST_CASE("a will QoS of 3 is neither sent nor accepted", "[wire][connect][will][MQTT-3.1.2-14]") {
    CHECK_BOTH(check_connect(with_will({.topic = "w", .level = qos::exactly_once})) == errc::ok);
    CHECK_BOTH(check_connect(with_will({.topic = "w", .level = static_cast<qos>(3)})) == errc::bad_will);
    CHECK_BOTH(refused(0x16, 0, 1, 'c', 0, 1, 'w', 0, 0) == errc::ok);
    CHECK_BOTH(refused(0x1E, 0, 1, 'c', 0, 1, 'w', 0, 0) == errc::malformed_packet);
}

TEST_CASE("without a will its retain bit is 0", "[wire][connect][will][MQTT-3.1.2-15]") {
    CHECK_BOTH(connect_flags(with_will({.retain = true})) == 0x02);
    CHECK_BOTH(refused(0x22, 0, 1, 'c') == errc::malformed_packet);
}

TEST_CASE("a will topic is a UTF-8 string and a topic name", "[wire][connect][will][MQTT-3.1.3-10][MQTT-4.7.1-1]") {
    CHECK_BOTH(check_connect(with_will({.topic = "\xE2\x82\xAC"})) == errc::ok);
    CHECK_BOTH(check_connect(with_will({.topic = "\xE2\x82"})) == errc::bad_will);
    CHECK_BOTH(check_connect(with_will({.topic = "\0"sv})) == errc::bad_will);
    CHECK_BOTH(check_connect(with_will({.topic = "a/+"})) == errc::bad_will);
    CHECK_BOTH(check_connect(with_will({.topic = "#"})) == errc::bad_will);
    CHECK_BOTH(refused(0x06, 0, 1, 'c', 0, 1, 0xFF, 0, 0) == errc::invalid_utf8);
    CHECK_BOTH(refused(0x06, 0, 1, 'c', 0, 1, '+', 0, 0) == errc::malformed_packet);
    CHECK_BOTH(refused(0x06, 0, 1, 'c', 0, 0, 0, 0) == errc::malformed_packet);  // [MQTT-4.7.3-1]
}

TEST_CASE("fields above 65535 bytes are refused before they are sent", "[wire][connect][MQTT-4.7.3-3]") {
    std::string const longest(65'535, 'x');
    std::string const longer(65'536, 'x');
    CHECK(check_connect({.client_id = longest}) == errc::ok);
    CHECK(check_connect({.client_id = longer}) == errc::bad_client_id);
    CHECK(check_connect(with_will({.topic = longest, .payload = longest})) == errc::ok);
    CHECK(check_connect(with_will({.topic = longer})) == errc::bad_will);
    CHECK(check_connect(with_will({.topic = "w", .payload = longer})) == errc::bad_will);
    CHECK(check_connect({.client_id = "c", .user_name = longest, .password = longest}) == errc::ok);
    CHECK(check_connect({.client_id = "c", .user_name = longer}) == errc::bad_user_name);
    CHECK(check_connect({.client_id = "c", .user_name = "u", .password = longer}) == errc::bad_option);
}

TEST_CASE("a CONNECT that does not fit changes nothing", "[wire][connect]") {
    CHECK_BOTH(connect({.client_id = "c"}, 15).size == 15);
    CHECK_BOTH(connect({.client_id = "c"}, 14).error == errc::connect_too_long);
    CHECK_BOTH(connect({.client_id = "c"}, 14).wrote_no_more());
    CHECK_BOTH(connect({.client_id = "c"}, 0).error == errc::connect_too_long);
}

TEST_CASE("another protocol name or level is told apart from a broken packet", "[wire][connect][MQTT-3.1.2-2]") {
    auto const level = [](unsigned n) {
        auto const from = bytes(0, 4, 'M', 'Q', 'T', 'T', n, 2, 0, 60, 0, 1, 'c');
        return decode_connect(from).error;
    };
    for (unsigned n = 0; n < 256; ++n) {
        CAPTURE(n);
        CHECK(level(n) == (n == 4 ? errc::ok : errc::unacceptable_version));
    }
    constexpr auto other_name = bytes(0, 4, 'm', 'q', 't', 't', 4, 2, 0, 60, 0, 1, 'c');
    CHECK_BOTH(decode_connect(other_name).error == errc::unacceptable_version);  // [MQTT-3.1.2-1]
    constexpr auto old_name = bytes(0, 6, 'M', 'Q', 'I', 's', 'd', 'p', 4, 2, 0, 60, 0, 1, 'c');
    CHECK_BOTH(decode_connect(old_name).error == errc::unacceptable_version);
    constexpr auto five = bytes(0, 4, 'M', 'Q', 'T', 'T', 5, 2, 0, 60, 0, 0, 1, 'c');
    CHECK_BOTH(decode_connect(five).error == errc::unacceptable_version);
}

TEST_CASE("the reserved connect flag is 0", "[wire][connect][MQTT-3.1.2-3]") {
    CHECK_BOTH(refused(0x03, 0, 1, 'c') == errc::malformed_packet);
    CHECK_BOTH(refused(0x02, 0, 1, 'c') == errc::ok);
    CHECK_BOTH((connect_flags({.client_id = "c", .will = {.topic = "w", .level = qos::exactly_once, .retain = true},
                               .user_name = "u", .password = "p"}) & 0x01) == 0);
}

TEST_CASE("a byte behind the last field of a CONNECT is refused", "[wire][connect][MQTT-4.8.0-1]") {
    CHECK_BOTH(refused(0x02, 0, 1, 'c', 0) == errc::malformed_packet);
    CHECK_BOTH(refused(0x82, 0, 1, 'c', 0, 1, 'u', 0) == errc::malformed_packet);
}

TEST_CASE("a 3.1 client identifier has 1 to 23 characters", "[wire][connect][v31]") {
    constexpr auto old = version::v3_1;
    CHECK_BOTH(check_connect({.protocol = old, .client_id = "c"}) == errc::ok);
    CHECK_BOTH(check_connect({.protocol = old, .client_id = "12345678901234567890123"}) == errc::ok);
    CHECK_BOTH(check_connect({.protocol = old, .client_id = "123456789012345678901234"}) == errc::bad_client_id);
    CHECK_BOTH(check_connect({.protocol = old, .client_id = ""}) == errc::bad_client_id);
    CHECK_BOTH(check_connect({.client_id = "123456789012345678901234"}) == errc::ok);
}
