// SPDX-License-Identifier: BSL-1.0
// Packets of 5.0 for raw::client, right or wrong.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include <barelink/wire/v5/ack.hpp>
#include <barelink/wire/v5/connack.hpp>
#include <barelink/wire/v5/connect.hpp>
#include <barelink/wire/v5/disconnect.hpp>
#include <barelink/wire/v5/publish.hpp>
#include <barelink/wire/v5/suback.hpp>
#include <barelink/wire/v5/subscribe.hpp>

#include "testing/raw_client.hpp"

namespace raw5 {

using namespace barelink;

using words = std::initializer_list<property>;

inline property_list list(words with) {
    return {with.begin(), with.size()};
}
// What `encode` writes into the bytes that it is given.
template <class Encode>
std::string made(Encode const& encode) {
    char       bytes[1000] = {};
    auto const size        = encode(bytes_out{bytes});
    return {bytes, size.value};
}

inline std::string connect(connect_packet const& c = {.client_id = "pump"}, words with = {}, words will_with = {}) {
    return made([&](bytes_out to) { return v5::encode_connect(to, c, list(with), list(will_with)); });
}
inline std::string connack(bool present, reason_code reason, words with = {}) {
    return made([&](bytes_out to) { return v5::encode_connack(to, present, reason, list(with)); });
}
inline std::string publish(message const& m, packet_id id = 0, words with = {}, bool dup = false) {
    char        bytes[1000] = {};
    char* const end         = v5::write_publish_header(bytes, m, id, m.payload.size(), list(with));
    if (dup) bytes[0] = static_cast<char>(octet(bytes[0]) | publish_flag::dup);
    return std::string{bytes, static_cast<std::size_t>(end - bytes)} + std::string{m.payload};
}
inline std::string ack(packet_type type, packet_id id, reason_code reason = {}, words with = {}) {
    return made([&](bytes_out to) { return v5::encode_ack(to, type, id, reason, list(with)); });
}
inline std::string subscribe(packet_id id, v5::topic_request const& r, words with = {}) {
    v5::topic_request const wish[] = {r};
    return made([&](bytes_out to) { return v5::encode_subscribe(to, id, wish, list(with)); });
}
inline std::string unsubscribe(packet_id id, std::string_view filter) {
    std::string_view const wish[] = {filter};
    return made([&](bytes_out to) { return v5::encode_unsubscribe(to, id, wish, property_list{}); });
}
inline std::string suback(packet_type type, packet_id id, std::string_view codes, words with = {}) {
    return made([&](bytes_out to) { return v5::encode_suback(to, type, id, codes, list(with)); });
}
// DISCONNECT or AUTH.
inline std::string farewell(packet_type type, reason_code reason = {}, words with = {}) {
    return made([&](bytes_out to) { return v5::encode_reason(to, type, reason, list(with)); });
}

}  // namespace raw5
