// SPDX-License-Identifier: BSL-1.0
// Valid packets of every kind, written by hand from the standard. Not `inline`: g++ with -fsanitize=undefined takes the
// address of a weak symbol for possibly null, and then no view into it is a constant.
#pragma once

#include <array>
#include <string_view>

#include <barelink/wire/types.hpp>

#include "packets.hpp"

namespace wire_tests::sample {

// 3.1 CONNECT: protocol name, level, flags, keep alive, payload.
constexpr auto connect_least = bytes(0x10, 12, 0, 4, 'M', 'Q', 'T', 'T', 4, 0x02, 0, 60, 0, 0);
constexpr auto connect_kept = bytes(0x10, 15, 0, 4, 'M', 'Q', 'T', 'T', 4, 0x00, 0x01, 0x2C,
                                    0, 3, 'd', 'e', 'v');
constexpr auto connect_will = bytes(0x10, 24, 0, 4, 'M', 'Q', 'T', 'T', 4, 0x2E, 0, 0,
                                    0, 3, 'd', 'e', 'v',
                                    0, 3, 'w', '/', 't',
                                    0, 2, 0x00, 0xFF);
constexpr auto connect_user = bytes(0x10, 19, 0, 4, 'M', 'Q', 'T', 'T', 4, 0x82, 0xFF, 0xFF,
                                    0, 1, 'd',
                                    0, 4, 'u', 's', 0xC3, 0xA4);
constexpr auto connect_all = bytes(0x10, 29, 0, 4, 'M', 'Q', 'T', 'T', 4, 0xF6, 0, 10,
                                   0, 1, 'd',
                                   0, 2, 'w', 't',
                                   0, 3, 'b', 'y', 'e',
                                   0, 1, 'u',
                                   0, 2, 0x00, 0x80);
constexpr auto connect_empty_fields = bytes(0x10, 21, 0, 4, 'M', 'Q', 'T', 'T', 4, 0xC6, 0, 60,
                                            0, 0,
                                            0, 1, 'w',
                                            0, 0,
                                            0, 0,
                                            0, 0);
// Without a client identifier in a session to be kept: the Server reads it and answers CONNACK 2.
constexpr auto connect_nameless = bytes(0x10, 17, 0, 4, 'M', 'Q', 'T', 'T', 4, 0x14, 0, 60,
                                        0, 0,
                                        0, 1, 'w',
                                        0, 0);

// 3.2 CONNACK: session present, return code.
constexpr auto connack_new = bytes(0x20, 2, 0, 0);
constexpr auto connack_kept = bytes(0x20, 2, 1, 0);
constexpr auto connack_refused = bytes(0x20, 2, 0, 5);

// 3.3 PUBLISH: topic, identifier above QoS 0, payload.
constexpr auto publish_0 = bytes(0x30, 10, 0, 3, 'a', '/', 'b', 'h', 'e', 'l', 'l', 'o');
constexpr auto publish_0_empty = bytes(0x31, 3, 0, 1, '/');
constexpr auto publish_1 = bytes(0x32, 9, 0, 3, 'a', '/', 'b', 0x00, 0x0A, 0x00, 0xFF);
constexpr auto publish_1_again = bytes(0x3A, 9, 0, 3, 'a', '/', 'b', 0x00, 0x0A, 0x00, 0xFF);
constexpr auto publish_2 = bytes(0x35, 8, 0, 3, 'a', '/', 'b', 0xFF, 0xFF, '2');
constexpr auto publish_2_again = bytes(0x3C, 7, 0, 3, 0xE2, 0x82, 0xAC, 0x80, 0x00);

// 3.4 to 3.7, 3.11: the identifier.
constexpr auto puback = bytes(0x40, 2, 0x00, 0x0A);
constexpr auto pubrec = bytes(0x50, 2, 0xFF, 0xFF);
constexpr auto pubrel = bytes(0x62, 2, 0x12, 0x34);
constexpr auto pubcomp = bytes(0x70, 2, 0x00, 0x01);
constexpr auto unsuback = bytes(0xB0, 2, 0x80, 0x00);

// 3.8 SUBSCRIBE, 3.9 SUBACK, 3.10 UNSUBSCRIBE.
constexpr auto subscribe_one = bytes(0x82, 6, 0, 1, 0, 1, '#', 0);
constexpr auto subscribe_more = bytes(0x82, 16, 0x00, 0x0A,
                                      0, 3, 'a', '/', 'b', 1,
                                      0, 5, '+', '/', 'c', '/', '#', 2);
constexpr auto suback_one = bytes(0x90, 3, 0, 1, 2);
constexpr auto suback_more = bytes(0x90, 6, 0x00, 0x0A, 0, 1, 2, 0x80);
constexpr auto unsubscribe_one = bytes(0xA2, 5, 0, 1, 0, 1, '#');
constexpr auto unsubscribe_more = bytes(0xA2, 14, 0x00, 0x0A,
                                        0, 3, 'a', '/', 'b',
                                        0, 5, '+', '/', 'c', '/', '#');

// 3.12 to 3.14: a fixed header alone.
constexpr auto pingreq = bytes(0xC0, 0);
constexpr auto pingresp = bytes(0xD0, 0);
constexpr auto disconnect = bytes(0xE0, 0);

// 3.1: another name and level; no session-present bit; DUP on what is sent again.
constexpr auto old_connect = bytes(0x10, 15, 0, 6, 'M', 'Q', 'I', 's', 'd', 'p', 3, 0x02, 0, 60, 0, 1, 'd');
constexpr auto old_connect_all = bytes(0x10, 31, 0, 6, 'M', 'Q', 'I', 's', 'd', 'p', 3, 0xCE, 0, 10,
                                       0, 1, 'd',
                                       0, 2, 'w', 't',
                                       0, 3, 'b', 'y', 'e',
                                       0, 1, 'u',
                                       0, 2, 'p', 'w');
constexpr auto old_connack = bytes(0x20, 2, 0, 0);
constexpr auto old_connack_refused = bytes(0x20, 2, 0, 2);
constexpr auto old_pubrel_again = bytes(0x6A, 2, 0x12, 0x34);
constexpr auto old_subscribe_again = bytes(0x8A, 6, 0, 1, 0, 1, '#', 1);
constexpr auto old_unsubscribe_again = bytes(0xAA, 5, 0, 1, 0, 1, '#');

struct entry {
    std::string_view  name;
    bl::version       protocol;
    std::string_view  bytes;
};

constexpr auto v3_1_1 = bl::version::v3_1_1;
constexpr auto v3_1 = bl::version::v3_1;

constexpr auto all = std::to_array<entry>({
    {"connect_least", v3_1_1, text(connect_least)},
    {"connect_kept", v3_1_1, text(connect_kept)},
    {"connect_will", v3_1_1, text(connect_will)},
    {"connect_user", v3_1_1, text(connect_user)},
    {"connect_all", v3_1_1, text(connect_all)},
    {"connect_empty_fields", v3_1_1, text(connect_empty_fields)},
    {"connect_nameless", v3_1_1, text(connect_nameless)},
    {"connack_new", v3_1_1, text(connack_new)},
    {"connack_kept", v3_1_1, text(connack_kept)},
    {"connack_refused", v3_1_1, text(connack_refused)},
    {"publish_0", v3_1_1, text(publish_0)},
    {"publish_0_empty", v3_1_1, text(publish_0_empty)},
    {"publish_1", v3_1_1, text(publish_1)},
    {"publish_1_again", v3_1_1, text(publish_1_again)},
    {"publish_2", v3_1_1, text(publish_2)},
    {"publish_2_again", v3_1_1, text(publish_2_again)},
    {"puback", v3_1_1, text(puback)},
    {"pubrec", v3_1_1, text(pubrec)},
    {"pubrel", v3_1_1, text(pubrel)},
    {"pubcomp", v3_1_1, text(pubcomp)},
    {"unsuback", v3_1_1, text(unsuback)},
    {"subscribe_one", v3_1_1, text(subscribe_one)},
    {"subscribe_more", v3_1_1, text(subscribe_more)},
    {"suback_one", v3_1_1, text(suback_one)},
    {"suback_more", v3_1_1, text(suback_more)},
    {"unsubscribe_one", v3_1_1, text(unsubscribe_one)},
    {"unsubscribe_more", v3_1_1, text(unsubscribe_more)},
    {"pingreq", v3_1_1, text(pingreq)},
    {"pingresp", v3_1_1, text(pingresp)},
    {"disconnect", v3_1_1, text(disconnect)},
    {"old_connect", v3_1, text(old_connect)},
    {"old_connect_all", v3_1, text(old_connect_all)},
    {"old_connack", v3_1, text(old_connack)},
    {"old_connack_refused", v3_1, text(old_connack_refused)},
    {"old_pubrel_again", v3_1, text(old_pubrel_again)},
    {"old_subscribe_again", v3_1, text(old_subscribe_again)},
    {"old_unsubscribe_again", v3_1, text(old_unsubscribe_again)},
});

}  // namespace wire_tests::sample
