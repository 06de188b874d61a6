// SPDX-License-Identifier: BSL-1.0
// A small broker for MQTT 3.1, 3.1.1 and 5.0, complete and strict: it serves a device under test and writes down what
// the device does wrong. It does no input or output of its own and reads no clock. A turn of its owner:
//
//   for (auto& end : ends) if (end.open()) b.serve(end, now);
//   b.on_time(now);
//   sleep until b.next_deadline(), or until an end has bytes
//
// An end is a memory_pipe's server(), a lane of a flaky_link, a socket that was accepted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/base/time.hpp>
#include <barelink/testing/broker_connection.hpp>
#include <barelink/testing/broker_limits.hpp>
#include <barelink/testing/broker_options.hpp>
#include <barelink/testing/broker_session.hpp>
#include <barelink/testing/violations.hpp>
#include <barelink/wire/connect.hpp>
#include <barelink/wire/header.hpp>
#include <barelink/wire/types.hpp>
#include <barelink/wire/v5/connect.hpp>
#include <barelink/wire/v5/subscribe.hpp>

namespace barelink::inline v0::testing {

template <broker_limits L = broker_limits{}>
class broker {
    static_assert(check_broker_limits<L>());

public:
    constexpr broker() noexcept {
        for (auto& r : retained_) r = pool::none;
    }
    broker(broker const&)            = delete;
    broker& operator=(broker const&) = delete;

    // Reads, handles and writes what one connection has. `Stream` is the server's end of it: `result<size_t>
    // read(bytes_out)`, `result<size_t> write(bytes_in)` and `void close()` as link/transport.hpp says. A stream is
    // known by its address; the first call for one is the beginning of a connection, and close() is called at its end,
    // after which it must not be served until it is a new one. Returns whether anything has happened. Work: one read,
    // one write, the packets between them.
    template <class Stream>
    constexpr bool serve(Stream& stream, instant now) noexcept;
    // Looks for clients that have been silent too long; they are closed when they are served next. Also for sessions
    // whose expiry interval is over, and wills whose delay is.
    constexpr void on_time(instant now) noexcept;
    // When on_time() has something to do.
    [[nodiscard]] constexpr deadline next_deadline() const noexcept;

    // Publishes as if a client had done it. Returns false if a limit did not allow it for somebody.
    constexpr bool publish(message const& m) noexcept;
    // With properties of 5.0. Requires: such as a PUBLISH of a client may have.
    constexpr bool publish(message const& m, property_list with) noexcept;

    // Ends the connection of a client without a word; its will is published.
    constexpr void kick(std::string_view client_id) noexcept;
    // Likewise, in 5.0 with DISCONNECT. Requires: a reason of the Server's, properties that fit it.
    constexpr void disconnect(std::string_view client_id, reason_code reason, property_list with = {}) noexcept;
    // Dies and comes back: all connections end without a word or a will. `keep`: with its sessions and retained
    // messages, else it knows nobody.
    constexpr void restart(bool keep) noexcept;
    // Forgets the sessions of those that are not connected.
    constexpr void forget_sessions() noexcept;

    [[nodiscard]] constexpr bool connected(std::string_view client_id) const noexcept;
    [[nodiscard]] constexpr bool has_session(std::string_view client_id) const noexcept;
    [[nodiscard]] constexpr bool subscribed(std::string_view client_id, std::string_view filter) const noexcept;
    // Messages for a client that are not completely delivered.
    [[nodiscard]] constexpr std::size_t waiting(std::string_view client_id) const noexcept;
    // The retained message of a topic, without topic if there is none. Lifetime: until the next call.
    [[nodiscard]] constexpr message retained(std::string_view topic) const noexcept;
    // Messages in memory: goes back to the number of retained ones when all is delivered.
    [[nodiscard]] constexpr std::size_t messages_held() const noexcept { return pool_.used(); }

    [[nodiscard]] constexpr broker_counts const& counts() const noexcept { return counts_; }
    // How often a client has done something that is not allowed, and what the first and the last of it was.
    [[nodiscard]] constexpr std::uint32_t violations() const noexcept { return violations_; }
    [[nodiscard]] constexpr violation_report const& first_violation() const noexcept { return first_violation_; }
    [[nodiscard]] constexpr violation_report const& last_violation() const noexcept { return last_violation_; }
    // In words: the first violation, or nothing.
    [[nodiscard]] constexpr fixed_text<192> complaint() const noexcept {
        return violations_ == 0 ? fixed_text<192>{} : first_violation_.text();
    }
    constexpr void forget_violations() noexcept {
        violations_      = 0;
        first_violation_ = last_violation_ = {};
    }

    broker_knobs   knobs   = {};
    broker_options options = {};  // of the connections to come

private:
    using pool         = message_pool<L>;
    using connection   = broker_connection<L>;
    using session      = broker_session<L>;
    using subscription = typename session::subscription;
    using outbound     = outbound_message;
    using inbound      = inbound_message;
    using link_step    = typename connection::step;

    // Room in `tx` that an answer may need: a packet is only taken when there is that much.
    static constexpr std::size_t   answer_max  = 80;
    static constexpr std::size_t   filters_max = answer_max - 8;
    static constexpr std::uint32_t horizon_s   = 2'000'000;  // what takes longer never comes: time wraps

    // A PUBLISH that came, of any version, its topic resolved.
    struct arrival {
        message    content = {};
        properties with    = {};
        packet_id  id      = 0;
        bool       dup     = false;
    };
    // What SUBSCRIBE and UNSUBSCRIBE are answered with.
    using code_list = fixed_list<char, filters_max>;

    // broker_link.hpp
    constexpr connection* find(void const* stream) noexcept;
    constexpr bool take_packets(connection& c) noexcept;
    constexpr bool take_packet(connection& c, bytes_in rest, std::size_t& done) noexcept;
    constexpr void violate(connection& c, violation kind, packet_id id = 0) noexcept;
    constexpr void violate(connection& c, violation kind, packet_id id, reason_code reason) noexcept;
    constexpr void refuse(connection& c, errc found, packet_id id = 0) noexcept;
    constexpr void leave(connection& c, bool with_will, bool in_order = false) noexcept;
    constexpr void bye(connection& c, reason_code reason, property_list with = {}) noexcept;
    constexpr void drop(connection& c) noexcept { c.clear(); }
    constexpr void send(connection& c, bytes_in packet) noexcept { c.tx.push(packet); }
    constexpr void send_ack(connection& c, packet_type type, packet_id id, reason_code reason = {}) noexcept;

    // broker_sessions.hpp
    constexpr session* find_session(std::string_view client_id) noexcept;
    constexpr session const* find_session(std::string_view client_id) const noexcept;
    constexpr session* new_session() noexcept;
    constexpr session& session_of(connection const& c) noexcept { return sessions_[c.session]; }
    constexpr std::uint16_t number_of(session const& s) const noexcept {
        return static_cast<std::uint16_t>(&s - sessions_);
    }
    constexpr void forget(session& s) noexcept;
    constexpr void end(session& s) noexcept;
    constexpr void part(session& s, pool_index will, std::uint32_t will_delay_s) noexcept;
    constexpr void publish_will(pool_index will) noexcept;
    constexpr void expire() noexcept;

    // broker_connect.hpp
    constexpr void on_connect(connection& c, bytes_in body) noexcept;
    constexpr void on_connect_3(connection& c, connect_packet const& p) noexcept;
    constexpr void turn_away_5(connection& c) noexcept;
    constexpr connect_return judge_connect(connection& c, connect_packet const& p) noexcept;
    constexpr void keep_will(connection& c, connect_packet const& p, properties const& with) noexcept;
    constexpr session* open_session(connection& c, bool& resume) noexcept;
    constexpr void begin(connection& c, session& s, bool resume, std::uint32_t expiry_s) noexcept;
    constexpr void answer_3(connection& c, connect_return code, bool present) noexcept;

    // broker_login.hpp
    constexpr void on_connect_5(connection& c, v5::received_connect const& p) noexcept;
    constexpr reason_code judge_connect_5(connection& c, connect_packet const& p) noexcept;
    constexpr void answer_5(connection& c, reason_code reason, bool present, std::string_view data) noexcept;
    constexpr void welcome(connection& c, std::string_view data) noexcept;
    constexpr void authenticate(connection& c, std::string_view data) noexcept;
    constexpr void on_auth(connection& c, bytes_in body) noexcept;

    // broker_packets.hpp
    constexpr void handle(connection& c, fixed_header const& h, bytes_in body) noexcept;
    constexpr void on_ack(connection& c, packet_type type, bytes_in body) noexcept;
    constexpr void on_pubrel(connection& c, packet_id id) noexcept;
    constexpr void on_answer(connection& c, packet_type type, packet_id id, reason_code reason) noexcept;
    constexpr void on_disconnect(connection& c, bytes_in body) noexcept;

    // broker_publish.hpp
    constexpr void on_publish(connection& c, fixed_header const& h, bytes_in body) noexcept;
    constexpr bool read_publish(connection& c, fixed_header const& h, bytes_in body, arrival& a) noexcept;
    constexpr bool read_publish_5(connection& c, fixed_header const& h, bytes_in body, arrival& a) noexcept;
    constexpr bool resolve_alias(connection& c, std::uint16_t alias, arrival& a) noexcept;
    constexpr reason_code judge_publish(connection& c, arrival const& a) noexcept;
    constexpr inbound* know(connection& c, arrival const& a, std::uint32_t digest, bool& again) noexcept;
    constexpr void judge_again(connection& c, arrival const& a, std::uint32_t digest, inbound const& m) noexcept;

    // broker_subscribe.hpp
    constexpr void on_subscribe(connection& c, bytes_in body) noexcept;
    constexpr void on_unsubscribe(connection& c, bytes_in body) noexcept;
    constexpr bool subscribe(connection& c, v5::topic_request const& r, properties const& with, packet_id id,
                             code_list& codes) noexcept;
    constexpr reason_code judge_subscribe(connection& c, v5::topic_request const& r, std::uint32_t identifier,
                                          packet_id id) noexcept;
    constexpr bool unsubscribe(connection& c, std::string_view filter, packet_id id, code_list& codes) noexcept;
    constexpr void send_retained(session& s, subscription const& sub) noexcept;
    constexpr bool is_filter(connection const& c, std::string_view filter) const noexcept;
    constexpr bool request_allowed(connection& c, packet_id id) noexcept;
    constexpr void answer_request(connection& c, packet_type type, packet_id id, code_list const& codes) noexcept;

    // broker_routing.hpp
    constexpr bool route(posted_message const& p) noexcept;
    constexpr bool pass(session& s, posted_message const& p, wish const& w, pool_index& index) noexcept;
    constexpr bool pass_shared(posted_message const& p, pool_index& index) noexcept;
    constexpr bool is_wanted(posted_message const& p) const noexcept;
    constexpr bool retain(posted_message const& p) noexcept;
    constexpr bool enqueue(session& s, outbound const& m) noexcept;
    constexpr void erase(session& s, outbound* m) noexcept;

    // broker_delivery.hpp
    enum class written : std::uint8_t { done, no_room, never };
    constexpr bool deliver(connection& c) noexcept;
    constexpr written write_publish(connection& c, outbound& m) noexcept;
    constexpr char* write_head(connection& c, char* to, message const& content, outbound const& m, packet_id id,
                               std::uint16_t alias) noexcept;
    constexpr std::uint16_t choose_alias(connection const& c, std::string_view topic) const noexcept;

    pool             pool_                       = {};
    session          sessions_[L.sessions]       = {};
    connection       connections_[L.connections] = {};
    pool_index       retained_[L.retained]       = {};
    broker_counts    counts_                     = {};
    violation_report first_violation_            = {};
    violation_report last_violation_             = {};
    std::uint32_t    violations_                 = 0;
    std::uint32_t    serial_                     = 0;  // of connections
    std::uint32_t    shared_turns_               = 0;  // that members of groups have had
    instant          now_                        = {};
};

}  // namespace barelink::inline v0::testing

#include <barelink/testing/broker_connect.hpp>
#include <barelink/testing/broker_delivery.hpp>
#include <barelink/testing/broker_link.hpp>
#include <barelink/testing/broker_login.hpp>
#include <barelink/testing/broker_packets.hpp>
#include <barelink/testing/broker_publish.hpp>
#include <barelink/testing/broker_routing.hpp>
#include <barelink/testing/broker_sessions.hpp>
#include <barelink/testing/broker_subscribe.hpp>
