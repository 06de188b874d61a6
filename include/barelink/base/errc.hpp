// SPDX-License-Identifier: BSL-1.0
// Every way to fail, one value each, grouped by who has to change something.
#pragma once

#include <cstdint>

#include <barelink/base/config.hpp>

namespace barelink::inline v0 {

// Who is to blame for an error, so that a caller can react to a class of them.
enum class culprit : std::uint8_t {
    none,       // nothing went wrong
    capacity,   // a limit, ours or one that the broker announced: change what the comment names, or wait
    transport,  // the network below MQTT
    peer,       // what the broker sent, or failed to send
    misuse,     // the call itself: nothing was sent
};

// One byte. Which functions return which value is said at each function.
enum class [[nodiscard]] errc : std::uint8_t {
    ok = 0x00,
    would_block,  // nothing is wrong: call again when the other side has moved
    requested,    // the cause of a disconnect that the user asked for
    renewal,      // likewise of one before the login expires: the client comes back with another one

    // capacity
    inflight_full = 0x10,     // limits::inflight publishes await an acknowledgement
    subscribe_requests_full,  // limits::subscribe_requests SUBSCRIBE and UNSUBSCRIBE await an acknowledgement
    subscriptions_full,       // limits::subscriptions filters are known
    ring_full,                // limits::tx_bytes is taken by packets that wait; acknowledgements free it
    publish_too_long,         // the packet can never fit limits::tx_bytes
    request_too_long,         // a SUBSCRIBE or UNSUBSCRIBE can never fit limits::tx_bytes
    connect_too_long,         // CONNECT is built in the receive buffer: limits::rx_bytes
    topic_too_long,           // limits::topic_bytes
    message_too_long,         // an inbound message is larger than limits::rx_bytes and chunks are off
    inbound_full,             // limits::inbound messages are received but not completed
    sources_full,             // limits::sources payloads are being pulled
    mailbox_full,             // the owner has not polled for too long
    store_full,               // the store took no more
    store_failed,             // the store could not read or write
    source_failed,            // a payload source gave fewer bytes than it had promised
    packet_too_long_for_server,   // the packet is above the broker's maximum packet size: send less in one packet
    retain_unavailable,           // the broker keeps no messages: publish without retain
    qos_unavailable,              // the broker's highest QoS is lower
    wildcard_unavailable,         // the broker has no wildcards in filters
    shared_unavailable,           // the broker has no shared subscriptions
    subscription_id_unavailable,  // the broker has no subscription identifiers

    // transport
    resolve_failed = 0x30,  // the host name has no address
    connect_refused,        // nobody listens on the port
    unreachable,            // no route to the host
    closed_by_peer,         // the other side closed in order
    connection_reset,       // the other side or the network cut the connection
    io_error,               // anything else of the platform
    no_resources,           // the platform has no socket or buffer left
    resolve_timeout,        // options::resolve_timeout_ms
    connect_timeout,        // options::connect_timeout_ms
    tls_timeout,            // options::tls_timeout_ms
    write_timeout,          // the transport took no byte for options::write_timeout_ms
    tls_failed,             // the secure channel could not be set up
    credentials_failed,     // the credentials hook gave up, or gave a login that was over
    credentials_timeout,    // options::credentials_timeout_ms

    // transport: what a secure channel says, see docs/tls.md
    tls_memory,             // the memory that the TLS library was given is used up: comes before any other cause
    tls_clock_unknown,      // a certificate cannot be judged, because nobody knows what time it is
    tls_unknown_authority,  // nobody we trust vouches for the server
    tls_expired,            // the server's certificate is out of date
    tls_not_yet_valid,      // the server's certificate is for later: or our clock is slow
    tls_wrong_name,         // the certificate is for another server
    tls_wrong_pin,          // the server has another public key than the pinned ones
    tls_bad_certificate,    // broken, forged, too weak, or not for a server
    tls_client_refused,     // the server wants a certificate or key of us, or refused the one it got
    tls_nothing_common,     // the two share no protocol version, cipher or ALPN protocol
    tls_plain_peer,         // what answers there does not speak TLS
    tls_cut,                // the connection ended without the farewell of TLS: what came may not be all
    tls_protocol,           // the peer broke a rule of TLS, or the network changed a byte
    tls_bad_trust,          // an authority of ours cannot be read, or there is none
    tls_bad_key,            // our own certificate, private key or PSK cannot be read, or they do not fit together
    tls_bad_name,           // neither a DNS name nor an address: nothing a certificate could be for

    // peer
    malformed_packet = 0x50,  // bytes that no MQTT packet may have
    protocol_error,           // a well-formed packet that may not come now
    invalid_utf8,             // a string that is not UTF-8, or has U+0000 or a surrogate
    invalid_topic,            // a topic name with a wildcard, or an empty one
    packet_too_long,          // a packet other than PUBLISH that does not fit limits::rx_bytes
    unknown_packet_id,        // an acknowledgement of something that was never asked
    session_mismatch,         // session present although a clean session was asked for
    connack_timeout,          // options::request_timeout_ms
    ping_timeout,             // options::request_timeout_ms
    publish_timeout,          // options::publish_timeout_ms
    subscribe_timeout,        // twice options::request_timeout_ms
    unsubscribe_timeout,      // twice options::request_timeout_ms
    subscription_refused,     // SUBACK 0x80
    unacceptable_version,     // CONNACK 1
    identifier_rejected,      // CONNACK 2
    server_unavailable,       // CONNACK 3
    bad_credentials,          // CONNACK 4
    not_authorized,           // CONNACK 5
    replaced,                 // another connection uses the same client id
    topic_alias_invalid,      // a topic alias of 0, above the maximum that we announced, or never set
    receive_maximum_exceeded,  // more publishes at one time than the receive maximum that we announced
    payload_format_invalid,    // a payload that is said to be UTF-8 and is not
    publish_refused,           // PUBACK or PUBREC with a reason code of 0x80 or more
    topic_refused,             // 0x90: the broker does not take this topic, or will topic: use another one
    auth_method_refused,       // 0x8C: the broker does not have this authentication method
    auth_failed,               // the authentication exchange came to no good end: check the secret
    auth_timeout,              // options::request_timeout_ms passed without an answer to AUTH
    server_busy,               // 0x89 or 0x96: try again later, or send less often
    server_shutting_down,      // 0x8B: try again later
    server_moved,              // 0x9D: use the broker that the server reference names, from now on
    use_another_server,        // 0x9C: the same for a while
    banned,                    // 0x8A: ask the operator of the broker
    quota_exceeded,            // 0x97: an administrative limit of the broker
    connection_rate_exceeded,  // 0x9F: connect less often
    administrative_action,     // 0x98: the operator closed the connection
    maximum_connect_time,      // 0xA0: the time granted for this connection is over
    keep_alive_expired,        // 0x8D: the broker heard nothing of us: poll more often, or raise keep_alive_s
    server_disconnected,       // the broker closed in order and told no cause that we know
    server_objected,           // the broker calls what we sent wrong; the reason code says what
    closed_before_connack,     // the broker hung up on a 5.0 CONNECT without a word: it may not speak 5.0

    // misuse
    not_connected = 0x80,  // needs a connection
    already_connected,     // connect() was called before
    bad_topic,             // not a topic name
    bad_filter,            // not a topic filter
    bad_qos,               // above 2, or above limits::highest_qos
    bad_client_id,         // not UTF-8, or empty where it may not be, or over 23 characters in 3.1
    bad_will,              // will topic, payload or QoS
    bad_user_name,         // not UTF-8
    password_without_user_name,
    bad_option,            // a value out of its range
    bad_version,           // a protocol version that limits::versions does not have
    nothing_to_acknowledge,  // no delivered message with that packet id awaits an acknowledgement
    no_such_subscription,
    bad_address,           // an endpoint without host or port
    bad_property,          // not allowed there, twice, out of its range, or text that is not UTF-8
    bad_topic_alias,       // a topic alias among the properties of a publish: the client sets them by itself
    bad_reason,            // a reason code that this packet cannot carry from this side

    // text, http and clouds: capacity
    text_too_long = 0xC0,  // what is built or read does not fit the caller's memory
    too_many_tokens,       // JSON with more values than the caller has tokens for
    head_too_long,         // a line of an HTTP response is longer than the caller's memory
    body_refused,          // the sink took no more of an HTTP body
    crypto_failed,         // the engine does not have that digest, or broke
    clock_unknown,         // a login has to be signed with the time, and nobody knows it yet

    // text, http and clouds: peer
    malformed_json = 0xD0,
    missing_field,         // an answer without a value that it must have
    malformed_response,    // bytes that no HTTP response may have
    http_refused,          // an HTTP status that is no success
    too_many_redirects,    // more than the request allows
    response_timeout,      // the deadline of an HTTP exchange
    identity_refused,      // the cloud does not know this ProductKey, DeviceName and DeviceSecret together
    device_secret_refused, // the signature is wrong: DeviceSecret, or ProductSecret in a registration
    device_unknown,        // no device with this ProductKey and DeviceName
    authentication_type_refused,  // the product wants another way to authenticate
    parameter_refused,     // the cloud calls the request malformed
    cloud_failed,          // any other refusal of the cloud; the answer has its code

    // text, http and clouds: misuse
    malformed_text = 0xE0,  // not hexadecimal, not base64, or a wrong percent escape
    bad_product_key,        // ProductKey, or what another cloud has in its place, is empty, too long or has a separator
    bad_device_name,        // DeviceName or device id, likewise
    bad_device_secret,      // DeviceSecret, likewise; or a key that is not base64
    bad_product_secret,     // ProductSecret, likewise
    bad_timestamp,          // not a time in the form that the cloud wants
    bad_extension,          // a further field with a separator in it
    bad_keep_alive,         // out of the cloud's range
    bad_retain,             // the cloud keeps no retained messages
    payload_too_long,       // above the cloud's largest message
    bad_url,                // not a URL that the client can follow
    bad_header,             // a header field with a line break in it
};

[[nodiscard]] constexpr culprit culprit_of(errc e) noexcept {
    auto const n = static_cast<std::uint8_t>(e);
    return n < 0x10 ? culprit::none
         : n < 0x30 ? culprit::capacity
         : n < 0x50 ? culprit::transport
         : n < 0x80 ? culprit::peer
         : n < 0xC0 ? culprit::misuse
         : n < 0xD0 ? culprit::capacity
         : n < 0xE0 ? culprit::peer
                    : culprit::misuse;
}

// A value, or the reason why there is none.
template <class T>
struct [[nodiscard]] result {
    T    value = {};
    errc error = errc::ok;

    constexpr result() noexcept = default;
    constexpr result(T v) noexcept : value{v} {}
    constexpr result(errc e) noexcept : error{e} {}
    constexpr result(T v, errc e) noexcept : value{v}, error{e} {}
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return error == errc::ok; }
    friend constexpr bool operator==(result const&, result const&) = default;
};

}  // namespace barelink::inline v0
