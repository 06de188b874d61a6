// SPDX-License-Identifier: BSL-1.0
// (a) and (b): a QoS 1 PUBLISH into a flat buffer, and back from its first byte to topic, identifier and payload.
#include <barelink/wire/header.hpp>
#include <barelink/wire/publish.hpp>

#include <cstring>

#include "measured.hpp"

namespace {

using namespace barelink;

// Returns how many bytes it wrote, 0 if they do not fit.
std::size_t encode(bytes_out to, message const& m, packet_id id) {
    auto const total = packet_size(publish_header_size(m.topic.size(), m.level) + m.payload.size());
    if (total > to.size()) return 0;
    move_bytes(write_publish_header(to.data(), m, id, m.payload.size()), m.payload.data(), m.payload.size());
    return total;
}

struct decoded {
    publish_header   header = {};
    std::string_view payload;
};

}  // namespace

MEASURED std::size_t measured_encode(bytes_out const& to, message const& m, packet_id id) { return encode(to, m, id); }

// As publish() does it: a topic name that MQTT forbids is refused.
MEASURED std::size_t measured_encode_checked(bytes_out const& to, message const& m, packet_id id) {
    return check_topic_name(m.topic) == errc::ok ? encode(to, m, id) : 0;
}

MEASURED bool measured_decode(bytes_in const& from, decoded& out) {
    auto const header = read_header(from, version::v3_1_1);
    if (!header || header.value.type != packet_type::publish || header.value.packet_size() > from.size()) return false;
    auto const body    = from.subspan(header.value.size, header.value.remaining);
    auto const publish = decode_publish(header.value.flags, body);
    if (!publish) return false;
    out.header  = publish.value;
    out.payload = text_of(body.subspan(publish.value.size));
    return true;
}

int main(int argc, char** argv) {
    static char flat[256], wanted[256] = "\x32\x64\0\x20";
    constexpr std::size_t size = 4 + topic.size() + 2 + payload.size();
    auto const            job  = arguments(argc, argv);
    std::memcpy(wanted + 4, topic.data(), topic.size());
    std::memcpy(wanted + 4 + topic.size(), "\x12\x34", 2);
    std::memcpy(wanted + size - payload.size(), payload.data(), payload.size());

    message const   m{.topic = hide(topic.data()), .payload = payload, .level = hide(qos::at_least_once)};
    bytes_out const to{hide(flat + 0), sizeof flat};
    bytes_in const  from{hide(wanted + 0), size};
    decoded         back{};
    for (int i = 0; i < job.count; ++i) {
        if (job.what == "encode") {
            require(measured_encode(*hide(&to), *hide(&m), 0x1234) == size, "the encoder refused");
        } else if (job.what == "encode_checked") {
            require(measured_encode_checked(*hide(&to), *hide(&m), 0x1234) == size, "the encoder refused");
        } else {
            require(job.what == "decode" && measured_decode(*hide(&from), back), "the decoder refused");
        }
    }
    if (job.what == "decode") {
        require(back.header.topic == topic && back.header.id == 0x1234 && back.payload == payload &&
                    back.header.level == qos::at_least_once,
                "the decoder read something else");
    } else {
        require(std::memcmp(flat, wanted, size) == 0, "other bytes than wanted");
    }
}
