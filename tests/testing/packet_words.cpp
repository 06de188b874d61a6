// SPDX-License-Identifier: BSL-1.0
#include <barelink/testing/packet_words.hpp>

#include <string>
#include <string_view>

#include <barelink/testing/violations.hpp>

#include "support/catch.hpp"
#include "testing/raw_client.hpp"

using namespace barelink;

namespace {

std::string words_of(std::string_view packet, version v = version::v3_1_1) {
    auto const h = read_header(packet, v);
    REQUIRE(h);
    return std::string{testing::describe(h.value, bytes_in{packet}.subspan(h.value.size), v).view()};
}

}  // namespace

TEST_CASE("every packet has its words", "[testing][packet_words]") {
    CHECK(words_of(raw::connect({.client_id = "a"})) == "CONNECT 3.1.1 client \"a\" clean keep alive 60 s");
    CHECK(words_of(raw::connect({.protocol      = version::v3_1,
                                 .clean_session = false,
                                 .keep_alive_s  = 0,
                                 .client_id     = "a",
                                 .will          = {"gone", "bye", qos::at_least_once, true},
                                 .user_name     = "me",
                                 .password      = "hush"})) ==
          "CONNECT 3.1 client \"a\" keep alive 0 s will \"gone\" qos 1 retain 3 bytes user \"me\" password 4 bytes");
    CHECK(words_of({"\x20\x02\x00\x00", 4}) == "CONNACK accepted");
    CHECK(words_of({"\x20\x02\x01\x00", 4}) == "CONNACK accepted, session present");
    CHECK(words_of({"\x20\x02\x00\x05", 4}) == "CONNACK refused, not_authorized");
    CHECK(words_of(raw::publish({.topic = "t", .payload = "xyz"})) == "PUBLISH qos 0 \"t\" 3 bytes");
    CHECK(words_of(raw::publish({"t", "", qos::exactly_once, true}, 7, true)) ==
          "PUBLISH id 7 qos 2 dup retain \"t\" 0 bytes");
    CHECK(words_of(raw::ack(packet_type::puback, 1)) == "PUBACK id 1");
    CHECK(words_of(raw::ack(packet_type::pubrec, 2)) == "PUBREC id 2");
    CHECK(words_of(raw::ack(packet_type::pubrel, 3)) == "PUBREL id 3");
    CHECK(words_of(raw::ack(packet_type::pubcomp, 65535)) == "PUBCOMP id 65535");
    CHECK(words_of(raw::subscribe(4, "a/#", qos::exactly_once)) == "SUBSCRIBE id 4 \"a/#\" qos 2");
    CHECK(words_of({"\x90\x05\x00\x04\x00\x80\x02", 7}) == "SUBACK id 4 qos 0, refused, qos 2");
    CHECK(words_of(raw::unsubscribe(5, "a")) == "UNSUBSCRIBE id 5 \"a\"");
    CHECK(words_of({"\xB0\x02\x00\x05", 4}) == "UNSUBACK id 5");
    CHECK(words_of({"\xC0\x00", 2}) == "PINGREQ");
    CHECK(words_of({"\xD0\x00", 2}) == "PINGRESP");
    CHECK(words_of({"\xE0\x00", 2}) == "DISCONNECT");
}

TEST_CASE("a packet that is none is not explained", "[testing][packet_words]") {
    CHECK(words_of({"\x40\x02\x00\x00", 4}) == "PUBACK malformed, 4 bytes");
    CHECK(words_of({"\x40\x03\x00\x01\x00", 5}) == "PUBACK malformed, 5 bytes");
    CHECK(words_of({"\xC0\x01\x00", 3}) == "PINGREQ malformed, 3 bytes");
    CHECK(words_of({"\x82\x02\x00\x01", 4}) == "SUBSCRIBE malformed, 4 bytes");
}

TEST_CASE("every violation has its own words", "[testing][violations]") {
    std::string all;
    for (int v = 0; v <= static_cast<int>(testing::last_of_violations); ++v) {
        auto const text = std::string{testing::words(static_cast<testing::violation>(v))};
        CHECK(text != "unknown");
        CHECK(all.find('|' + text + '|') == std::string::npos);
        all += '|' + text + '|';
    }
    CHECK(testing::words(static_cast<testing::violation>(200)) == "unknown");
}

TEST_CASE("every violation names the clause that it breaks, unless a limit of the broker was too low",
          "[testing][violations]") {
    for (int v = 1; v <= static_cast<int>(testing::last_of_violations); ++v) {
        auto const kind  = static_cast<testing::violation>(v);
        bool const limit = kind == testing::violation::packet_too_long || kind == testing::violation::history_full;
        CAPTURE(testing::words(kind));
        CHECK(testing::clause(kind).empty() == limit);
        // What ends a connection is told with a reason that a Server may send.
        CHECK(allowed(testing::reason_for(kind), packet_type::disconnect, sender::server));
    }
}
