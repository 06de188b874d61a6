// SPDX-License-Identifier: BSL-1.0
#include <barelink/wire/v5/suback.hpp>

#include "base/check_both.hpp"
#include "packets.hpp"

using namespace barelink;
using namespace wire_tests;

namespace {

template <class... Byte>
constexpr errc verdict(packet_type type, Byte... each) {
    auto const body = bytes(each...);
    return v5::decode_suback(type, body).error;
}

}  // namespace

TEST_CASE("a SUBACK of 5.0 has properties before its codes", "[wire][v5][suback][MQTT5-3.9.2][MQTT5-3.9.3]") {
    static constexpr auto codes = bytes(0, 1, 0x9E);
    constexpr property why[] = {{property_id::reason_string, "r"}};
    constexpr auto packet = [](packet_type type, property_list with) {
        return written([&](bytes_out out) { return v5::encode_suback(out, type, 10, codes, with); });
    };
    CHECK_BOTH(packet(packet_type::suback, {}) == bytes(0x90, 6, 0, 10, 0, 0, 1, 0x9E));
    CHECK_BOTH(packet(packet_type::suback, why) == bytes(0x90, 10, 0, 10, 4, 0x1F, 0, 1, 'r', 0, 1, 0x9E));
    CHECK_BOTH(packet(packet_type::unsuback, {}).view()[0] == static_cast<char>(0xB0));
    static constexpr auto body = bytes(0, 10, 4, 0x1F, 0, 1, 'r', 0, 1, 0x9E);
    constexpr auto got = v5::decode_suback(packet_type::suback, body);
    CHECK_BOTH(got.error == errc::ok);
    CHECK_BOTH(got.value.id == 10);
    CHECK_BOTH(text_of(got.value.codes) == text(codes));
    CHECK_BOTH(got.value.with.text(property_id::reason_string) == "r");
}

TEST_CASE("a code that SUBACK or UNSUBACK does not have is an error of the protocol",
          "[wire][v5][suback][MQTT5-3.9.3-2][MQTT5-3.11.3-2]") {
    for (auto const type : {packet_type::suback, packet_type::unsuback}) {
        unsigned taken = 0;
        for (unsigned code = 0; code < 256; ++code) {
            auto const first = verdict(type, 0, 1, 0, code, 0);
            auto const last = verdict(type, 0, 1, 0, 0, code);
            CHECK(first == last);
            CHECK((first == errc::ok || first == errc::protocol_error));
            taken += first == errc::ok ? 1U : 0U;
        }
        CHECK(taken == (type == packet_type::suback ? 12 : 7));
    }
}

TEST_CASE("a SUBACK of 5.0 has an identifier and a code", "[wire][v5][suback][MQTT5-2.2.1-6]") {
    for (auto const type : {packet_type::suback, packet_type::unsuback}) {
        CHECK(verdict(type, 0, 1, 0, 0) == errc::ok);
        CHECK(verdict(type, 0, 0, 0, 0) == errc::malformed_packet);
        CHECK(verdict(type, 0, 1, 0) == errc::protocol_error);
        CHECK(verdict(type, 0, 1) == errc::malformed_packet);
        CHECK(verdict(type, 0, 1, 3, 0x0B, 1) == errc::malformed_packet);
        CHECK(verdict(type, 0, 1, 2, 0x24, 1, 0) == errc::malformed_packet);
    }
}
