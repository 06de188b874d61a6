// SPDX-License-Identifier: BSL-1.0
// Valid packets of 5.0 of every kind, written by hand from the standard.
#pragma once

#include <array>
#include <string_view>

#include <barelink/wire/types.hpp>

#include "packets.hpp"

namespace wire_tests::v5_sample {

using barelink::sender;

// 3.1 CONNECT: protocol name, level, flags, keep alive, properties, payload.
constexpr auto connect_least = bytes(0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 5, 0x02, 0, 60, 0, 0, 0);
// Session expiry 10, receive maximum 20, a user property; the standard's own keep alive.
constexpr auto connect_properties = bytes(0x10, 31, 0, 4, 'M', 'Q', 'T', 'T', 5, 0x00, 0, 10,
                                          15, 0x11, 0, 0, 0, 10, 0x21, 0, 20, 0x26, 0, 1, 'k', 0, 1, 'v',
                                          0, 3, 'd', 'e', 'v');
// A will with a delay, and a password without a user name [3.1.2.9].
constexpr auto connect_will = bytes(0x10, 32, 0, 4, 'M', 'Q', 'T', 'T', 5, 0x6E, 0, 0,
                                    0,
                                    0, 1, 'd',
                                    5, 0x18, 0, 0, 0, 9,
                                    0, 3, 'w', '/', 't',
                                    0, 2, 0x00, 0xFF,
                                    0, 1, 0x80);
constexpr auto connect_user = bytes(0x10, 30, 0, 4, 'M', 'Q', 'T', 'T', 5, 0xC2, 0xFF, 0xFF,
                                    9, 0x15, 0, 1, 'M', 0x16, 0, 2, 0x00, 0xFF,
                                    0, 1, 'd',
                                    0, 3, 'u', 's', 'r',
                                    0, 0);

// 3.2 CONNACK: session present, reason code, properties.
constexpr auto connack_new = bytes(0x20, 3, 0, 0, 0);
constexpr auto connack_kept = bytes(0x20, 6, 1, 0, 3, 0x13, 0, 30);
constexpr auto connack_all = bytes(0x20, 46, 0, 0, 43,
                                   0x11, 0, 0, 1, 0,
                                   0x21, 0, 10,
                                   0x24, 1,
                                   0x25, 0,
                                   0x27, 0, 0, 4, 0,
                                   0x12, 0, 2, 'i', 'd',
                                   0x22, 0, 5,
                                   0x28, 0, 0x29, 1, 0x2A, 0,
                                   0x1A, 0, 2, 'r', '/',
                                   0x26, 0, 1, 'k', 0, 1, 'v');
constexpr auto connack_refused = bytes(0x20, 12, 0, 0x9D, 9, 0x1C, 0, 6, 'o', 't', 'h', 'e', 'r', ':');

// 3.3 PUBLISH: topic, identifier above QoS 0, properties, payload.
constexpr auto publish_0 = bytes(0x30, 11, 0, 3, 'a', '/', 'b', 0, 'h', 'e', 'l', 'l', 'o');
constexpr auto publish_1 = bytes(0x32, 10, 0, 3, 'a', '/', 'b', 0x00, 0x0A, 0, 0x00, 0xFF);
constexpr auto publish_2_again = bytes(0x3D, 21, 0, 1, 't', 0xFF, 0xFF,
                                       14, 0x01, 1, 0x02, 0, 0, 0, 60, 0x08, 0, 1, 'r', 0x09, 0, 0,
                                       '2');
// The alias stands for the topic [3.3.2.3.4].
constexpr auto publish_alias = bytes(0x30, 7, 0, 0, 3, 0x23, 0, 4, 'x');
// Two subscriptions of this client match [3.3.2.3.8].
constexpr auto publish_subscriptions = bytes(0x30, 9, 0, 1, 't', 5, 0x0B, 1, 0x0B, 0x80, 1);

// 3.4 to 3.7: identifier, reason code and properties where they say something.
constexpr auto puback = bytes(0x40, 2, 0x00, 0x0A);
constexpr auto puback_refused = bytes(0x40, 3, 0x00, 0x0A, 0x97);
constexpr auto pubrec_reason = bytes(0x50, 8, 0xFF, 0xFF, 0x10, 4, 0x1F, 0, 1, 'r');
constexpr auto pubrel = bytes(0x62, 2, 0x12, 0x34);
constexpr auto pubrel_unknown = bytes(0x62, 3, 0x12, 0x34, 0x92);
constexpr auto pubcomp_pair = bytes(0x70, 11, 0x12, 0x34, 0x00, 7, 0x26, 0, 1, 'k', 0, 1, 'v');

// 3.8 SUBSCRIBE: identifier, properties, filters each with options. 3.10 UNSUBSCRIBE.
constexpr auto subscribe = bytes(0x82, 17, 0x00, 0x0A, 0,
                                 0, 3, 'a', '/', 'b', 0x01, 0, 5, 'c', '/', 'd', '/', '#', 0x2E);
constexpr auto subscribe_identifier = bytes(0x82, 9, 0x12, 0x34, 2, 0x0B, 7, 0, 1, '#', 0x1C);
constexpr auto unsubscribe = bytes(0xA2, 13, 0x00, 0x01, 0, 0, 3, 'a', '/', 'b', 0, 3, 'c', '/', '+');
constexpr auto unsubscribe_pair = bytes(0xA2, 13, 0x00, 0x01, 7, 0x26, 0, 1, 'k', 0, 1, 'v', 0, 1, '/');

// 3.9 SUBACK and 3.11 UNSUBACK: identifier, properties, a reason code per filter.
constexpr auto suback = bytes(0x90, 7, 0x00, 0x0A, 0, 0x00, 0x01, 0x02, 0x9E);
constexpr auto suback_reason = bytes(0x90, 9, 0x00, 0x0A, 5, 0x1F, 0, 2, 'n', 'o', 0x80);
constexpr auto unsuback = bytes(0xB0, 5, 0x00, 0x01, 0, 0x00, 0x11);

// 3.12, 3.13: nothing behind the fixed header.
constexpr auto pingreq = bytes(0xC0, 0);
constexpr auto pingresp = bytes(0xD0, 0);

// 3.14 DISCONNECT and 3.15 AUTH.
constexpr auto disconnect = bytes(0xE0, 0);
constexpr auto disconnect_with_will = bytes(0xE0, 1, 0x04);
constexpr auto disconnect_expiry = bytes(0xE0, 7, 0x00, 5, 0x11, 0, 0, 0, 0);
constexpr auto disconnect_moved = bytes(0xE0, 7, 0x9D, 5, 0x1C, 0, 2, 'h', ':');
constexpr auto auth_continue = bytes(0xF0, 10, 0x18, 8, 0x15, 0, 1, 'M', 0x16, 0, 1, 0xFF);
constexpr auto auth_again = bytes(0xF0, 6, 0x19, 4, 0x15, 0, 1, 'M');
constexpr auto auth_success = bytes(0xF0, 0);

struct entry {
    std::string_view name;
    std::string_view bytes;
    sender from;
};

#define BARELINK_SAMPLE(name, from) entry{#name, text(name), sender::from}
constexpr std::array all{
    BARELINK_SAMPLE(connect_least, client),     BARELINK_SAMPLE(connect_properties, client),
    BARELINK_SAMPLE(connect_will, client),      BARELINK_SAMPLE(connect_user, client),
    BARELINK_SAMPLE(connack_new, server),       BARELINK_SAMPLE(connack_kept, server),
    BARELINK_SAMPLE(connack_all, server),       BARELINK_SAMPLE(connack_refused, server),
    BARELINK_SAMPLE(publish_0, client),         BARELINK_SAMPLE(publish_1, server),
    BARELINK_SAMPLE(publish_2_again, client),   BARELINK_SAMPLE(publish_alias, server),
    BARELINK_SAMPLE(publish_subscriptions, server),
    BARELINK_SAMPLE(puback, client),            BARELINK_SAMPLE(puback_refused, server),
    BARELINK_SAMPLE(pubrec_reason, server),     BARELINK_SAMPLE(pubrel, client),
    BARELINK_SAMPLE(pubrel_unknown, server),    BARELINK_SAMPLE(pubcomp_pair, client),
    BARELINK_SAMPLE(subscribe, client),         BARELINK_SAMPLE(subscribe_identifier, client),
    BARELINK_SAMPLE(unsubscribe, client),       BARELINK_SAMPLE(unsubscribe_pair, client),
    BARELINK_SAMPLE(suback, server),            BARELINK_SAMPLE(suback_reason, server),
    BARELINK_SAMPLE(unsuback, server),          BARELINK_SAMPLE(pingreq, client),
    BARELINK_SAMPLE(pingresp, server),          BARELINK_SAMPLE(disconnect, client),
    BARELINK_SAMPLE(disconnect_with_will, client), BARELINK_SAMPLE(disconnect_expiry, client),
    BARELINK_SAMPLE(disconnect_moved, server),  BARELINK_SAMPLE(auth_continue, client),
    BARELINK_SAMPLE(auth_again, client),        BARELINK_SAMPLE(auth_success, server),
};
#undef BARELINK_SAMPLE

}  // namespace wire_tests::v5_sample
