// SPDX-License-Identifier: BSL-1.0
// The protocol engine: bytes and time in; bytes, events and deadlines out. It does no input or output, reads no clock
// and calls no user code but payload sources. One turn of its owner:
//
//   s.on_time(now);                                  the time of everything that follows
//   s.received(transport.read(s.receive_window()));
//   while (auto e = s.next_event()) handle(e);       handlers may call every command
//   s.sent(transport.write(s.pending_output()));
//   if (s.expire() != errc::ok) close();             and s.end()
//   sleep until s.next_deadline(), or until the transport moves
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/base/time.hpp>
#include <barelink/session/control_lane.hpp>
#include <barelink/session/events.hpp>
#include <barelink/session/features.hpp>
#include <barelink/session/inbound.hpp>
#include <barelink/session/inbox.hpp>
#include <barelink/session/inflight.hpp>
#include <barelink/session/memory.hpp>
#include <barelink/session/options.hpp>
#include <barelink/session/phases.hpp>
#include <barelink/session/ring.hpp>
#include <barelink/session/shortener.hpp>
#include <barelink/session/state_5.hpp>
#include <barelink/session/subscriptions.hpp>
#include <barelink/session/timers.hpp>
#include <barelink/wire/connect.hpp>
#include <barelink/wire/publish.hpp>

namespace barelink::inline v0 {

template <features F>
class session {
public:
    // All bytes are zero until set_up(), which comes before everything else.
    constexpr session() noexcept = default;
    constexpr explicit session(session_memory const& m, options const* o = nullptr) noexcept { set_up(m, o); }

    // `o`: in which version is queued what comes before begin(). Needed where several are compiled in, or nothing is.
    constexpr void set_up(session_memory const& m, options const* o = nullptr) noexcept;

    [[nodiscard]] constexpr session_state state() const noexcept { return state_; }
    // Why the connection has to be cut, or ok. Stays until begin().
    [[nodiscard]] constexpr errc fault() const noexcept { return fault_; }

    // --- life of a connection

    // What CONNECT says in 5.0 beside the options, from the next begin() on. Lifetime: borrowed until then, and on.
    constexpr void announce(options_5 const& more) noexcept requires(F.v5) { lasting_.more = &more; }
    // A transport stands: puts CONNECT in line. `o` must outlive the connection. Returns what check_connect() says,
    // bad_version (also if publishes wait in the form of another), or connect_too_long (it is built in the receive
    // buffer); then nothing has changed. `c`: a connect_packet, or `o` itself. `auth`: method and data [4.12].
    template <class Packet = connect_packet>
    [[nodiscard]] constexpr errc begin(options const& o, Packet const& c, property_list auth = {}) noexcept;
    // The transport is gone. What is not acknowledged stays and is sent again after the next CONNACK [MQTT-4.4.0-1].
    // Work: the bytes in the ring.
    BARELINK_NOINLINE constexpr void end() noexcept { close(); }

    // --- bytes and time

    // Takes the time for everything until the next call, and puts a ping in line if one is due.
    constexpr void on_time(instant now) noexcept;
    // Looks for answers that did not come in time: subscriptions become events, the rest becomes the fault that it
    // returns. Waits until all that has been received is taken out, so an owner that was busy blames nobody for its own
    // delay. Work: the tables.
    [[nodiscard]] constexpr errc expire() noexcept;
    // The first instant at which on_time() or expire() has something to do. Work: the tables.
    [[nodiscard]] constexpr deadline next_deadline() const noexcept;

    // True when every packet that came has been taken out: only then the transport should be read.
    [[nodiscard]] constexpr bool hungry() const noexcept { return !unread_; }
    // True when next_event() has something to do; false also while it waits for acknowledge() or for the transport.
    [[nodiscard]] constexpr bool ready() const noexcept {
        return tell_ || (unread_ && !stalled_ && state_ < session_state::leaving);
    }

    // Where the next bytes of the Server go; empty while packets have to be taken out first (next_event) or answers
    // wait to be written. Ends the last event. Lifetime: until the next call other than received().
    [[nodiscard]] BARELINK_NOINLINE constexpr bytes_out receive_window() noexcept {
        end_event();
        // CONNECT, and DISCONNECT of 5.0, are in the way.
        bool const lent = state_ == session_state::connecting || (is_5() && state_ == session_state::leaving);
        return state_ == session_state::offline || lent ? bytes_out{} : inbox_.window();
    }
    constexpr void received(std::size_t count) noexcept {
        inbox_.received(count);
        unread_   = true;
        heard_    = true;
        heard_at_ = now_;
    }

    // What to write next: whole packets, as many as lie together. Work: the packets that wait. Lifetime: until the
    // next call other than sent().
    [[nodiscard]] BARELINK_NOINLINE constexpr bytes_in pending_output() noexcept { return choose_output(); }
    // The transport took the first `count` bytes of it.
    BARELINK_NOINLINE constexpr void sent(std::size_t count) noexcept { note_sent(count); }

    // What happened next, or an event that is false. Ends the last event: its message is answered, its views are void.
    // Work: one packet, or the tables.
    [[nodiscard]] constexpr event next_event() noexcept {
        event e{};
        next_event(e);
        return e;
    }
    // The same. Requires: `e` is fresh.
    BARELINK_NOINLINE constexpr void next_event(event& e) noexcept {
        end_event();
        if (tell_) tell(e);
        if (!e && unread_) next_packet(e);
    }
    // Ends the last event, as next_event() does, without asking for another.
    constexpr void end_event() noexcept;

    // --- commands

    // Queues a message; topic and payload are copied. Returns its packet id (0 at QoS 0), or bad_topic, bad_qos,
    // not_connected (QoS 0 only), inflight_full, ring_full, publish_too_long. Work: the message, and the ring if it has
    // to be moved together. [4.3]
    constexpr result<packet_id> publish(message const& m) noexcept { return queue(m, {}); }
    // With properties [3.3.2.3], which are copied. Also: bad_property, bad_topic_alias (aliases are set by the engine),
    // and on line what the Server does not grant: qos_unavailable, retain_unavailable, packet_too_long_for_server.
    constexpr result<packet_id> publish(message const& m, property_list with) noexcept
        requires(F.v5)
    {
        return queue(m, with);
    }
    // The same for a payload of `size` bytes that is pulled from `source`; `m.payload` is ignored. What fits the ring
    // is pulled at once, else the source is used until the message is delivered (QoS 0: written). Also: sources_full,
    // source_failed.
    constexpr result<packet_id> publish(message const& m, std::uint32_t size, payload_source const& source) noexcept
        requires(F.sources)
    {
        return queue(m, size, source, {});
    }
    constexpr result<packet_id> publish(message const& m, std::uint32_t size, payload_source const& source,
                                        property_list with) noexcept
        requires(F.sources && F.v5)
    {
        return queue(m, size, source, with);
    }

    // Declares a subscription; asks for it now, or after the next CONNACK. The filter is borrowed until it is cancelled
    // or refused; one that got no answer in time is asked for again on the next connection. Returns bad_filter,
    // bad_qos, subscriptions_full, subscribe_requests_full, ring_full or request_too_long. A known filter is asked for
    // again with the new QoS [MQTT-3.8.4-3].
    [[nodiscard]] constexpr errc subscribe(std::string_view filter, qos level) noexcept;
    // With the options of 5.0, of which the properties are borrowed as the filter. Also: bad_option, bad_property. What
    // the Server does not have is told as subscribe_failed.
    [[nodiscard]] constexpr errc subscribe(std::string_view filter, qos level, subscribe_options const& how) noexcept
        requires(F.v5);
    // Cancels one, likewise; also one that only the Server knows.
    [[nodiscard]] constexpr errc unsubscribe(std::string_view filter) noexcept;

    // Answers a message that was handed over with options::manual_ack. Answers leave in the order of the messages
    // [MQTT-4.6.0-2], so this one may wait for others. Returns nothing_to_acknowledge.
    [[nodiscard]] constexpr errc acknowledge(packet_id id) noexcept
        requires(F.deferred_ack);
    // Switches options::manual_ack for the messages that follow.
    constexpr void manual_ack(bool on) noexcept requires(F.deferred_ack) { manual_ack_ = on; }

    // Leaves in order: what is queued is written first, then DISCONNECT. Returns not_connected.
    [[nodiscard]] constexpr errc disconnect() noexcept;
    // With a reason and properties [3.14], which are borrowed until the connection is over. Also: bad_reason,
    // bad_property, request_too_long, packet_too_long_for_server.
    [[nodiscard]] constexpr errc disconnect(reason_code reason, property_list with = {}) noexcept
        requires(F.v5);

    // Writes AUTH with `data` (without it if that has no data): after `challenged` with continue_authentication, or on
    // line with re_authenticate. Returns not_connected, ring_full, connect_too_long, or protocol_error [4.12].
    [[nodiscard]] constexpr errc authenticate(reason_code reason, std::string_view data) noexcept
        requires(F.auth);

    // --- for the owner of a 5.0 connection that ends

    // A DISCONNECT that tells the Server about fault(), to be written at once; empty if nothing can be said [4.13.1].
    // Lifetime: until the next call.
    [[nodiscard]] constexpr bytes_in last_words() noexcept
        requires(F.v5);
    // The reason and the properties of the packet that ended the connection. Lifetime: until the next begin().
    constexpr void tell_end(event& e) const noexcept
        requires(F.v5);

    // --- for a store

    // Where the next record of a store may be put. Lifetime: until the next call.
    [[nodiscard]] constexpr bytes_out restore_space() noexcept
        requires(F.persistent)
    {
        return ring_.reserve_all();
    }
    // Takes over the record of `size` bytes that was put there. Requires: before the first begin(). Returns
    // inflight_full, inbound_full, or store_failed for a record that is none.
    [[nodiscard]] constexpr errc restore(bool outbound, packet_id id, std::size_t size) noexcept
        requires(F.persistent);
    // Takes back the last publish, which was not written yet, because it could not be stored.
    constexpr void withdraw(packet_id id) noexcept
        requires(F.persistent);
    // Whether `id` is a publish of ours that is not acknowledged.
    [[nodiscard]] constexpr bool keeps(packet_id id) noexcept
        requires(F.persistent);
    // After `connected`: if the Server has lost the session, one received QoS 2 message after the other that is
    // forgotten, then 0.
    [[nodiscard]] constexpr packet_id take_lost_inbound() noexcept
        requires(F.persistent);
    // The PUBLISH `id` as it lies in the ring, to be stored. Empty for one with a source: it can't be kept. Lifetime:
    // until the next call.
    [[nodiscard]] constexpr bytes_in kept(packet_id id) noexcept
        requires(F.persistent);
    // Answers in line that were not asked for yet: PUBREC, PUBREL and PUBCOMP change what a store has to know, and must
    // be stored before they are written. Requires: called after next_event() and before sent(). Lifetime: likewise.
    [[nodiscard]] constexpr bytes_in take_answers() noexcept
        requires(F.persistent);

private:
    template <int Member> struct nothing {};
    static constexpr bool has_qos_1 = F.has(qos::at_least_once);
    static constexpr bool has_qos_2 = F.has(qos::exactly_once);
    static constexpr bool has_inbound = has_qos_2 || F.deferred_ack;
    static constexpr bool all_rules   = has_qos_2 || F.v5;
    static constexpr unsigned answer_size = F.v5 ? v5::ack_size_max : ack_size;

    using after = detail::after;
    using flow  = detail::flow;

    // A constant if there is only one, so that nothing of the others is left.
    [[nodiscard]] constexpr version spoken() const noexcept {
        return F.only() != version{} ? F.only() : options_->protocol;
    }
    [[nodiscard]] constexpr bool is_mute() const noexcept;
    [[nodiscard]] constexpr bool is_other_form(version wanted) const noexcept;
    [[nodiscard]] constexpr bool is_alive() const noexcept;
    [[nodiscard]] constexpr bool is_5() const noexcept { return F.v5 && spoken() == version::v5; }
    [[nodiscard]] constexpr std::uint16_t keep_alive_s() const noexcept;

    // receive.hpp
    constexpr void tell(event& e) noexcept;
    constexpr void next_packet(event& e) noexcept;
    constexpr errc dispatch(event& e) noexcept;
    constexpr errc on_connack(event& e, bytes_in body) noexcept;
    constexpr errc open_message() noexcept;
    constexpr void forget_open_message() noexcept;
    constexpr errc start(flow how, std::uint32_t pinned) noexcept;
    constexpr bool hand_over(event& e) noexcept;
    constexpr std::uint32_t piece() const noexcept;
    constexpr void end_piece() noexcept;
    constexpr std::uint32_t head_size() const noexcept;
    constexpr errc check_head(std::uint32_t head) noexcept;
    constexpr void catch_id(std::uint32_t here) noexcept;
    // Where the identifier of the open message stands, if it has one.
    [[nodiscard]] constexpr std::uint32_t id_at() const noexcept { return header_.size + 2U + topic_size(); }
    constexpr bool admit() noexcept;
    constexpr bool is_known() noexcept;
    constexpr void repeat(inbound_slot& slot) noexcept;
    constexpr void answer() noexcept;
    constexpr void accept(event& e, bool session_present, bool resumed, bool doubt) noexcept;
    constexpr errc on_ack(event& e, packet_type type, packet_id id, reason_code reason) noexcept;
    constexpr errc on_pubrel(packet_id id) noexcept;
    constexpr void release(packet_id id, bool known) noexcept;
    constexpr void reply(packet_type type, packet_id id, reason_code reason) noexcept;
    constexpr bool has_head() const noexcept;
    constexpr errc on_suback(event& e, bytes_in body) noexcept;
    constexpr errc on_granted(event& e, packet_id id, bool subscribes, std::uint8_t code) noexcept;
    [[nodiscard]] constexpr std::uint16_t topic_size() const noexcept { return load_u16(inbox_.data() + header_.size); }
    constexpr bool has_room() const noexcept;
    constexpr qos shown_level() const noexcept;

    // five.hpp
    template <class Packet>
    constexpr errc begin_5(Packet const& c, property_list auth) noexcept;
    constexpr errc dispatch_5(event& e, bytes_in body) noexcept;
    constexpr errc on_connack_5(event& e, bytes_in body) noexcept;
    constexpr errc on_suback_5(event& e, bytes_in body) noexcept;
    constexpr errc on_ack_5(event& e, bytes_in body) noexcept;
    static constexpr sender_event cause_of(packet_type type, reason_code reason) noexcept;
    constexpr void take_keep_alive() noexcept;
    constexpr void refuse_unsendable() noexcept;
    constexpr bool tell_unsendable(event& e) noexcept;
    constexpr void hear(event& e, reason_code reason, properties const& with) noexcept;
    constexpr errc say_goodbye(reason_code reason) noexcept;
    constexpr bool is_chatty(properties const& with) const noexcept;
    constexpr properties shown_properties() const noexcept;
    constexpr errc check_head_5(std::uint32_t head) noexcept;
    constexpr void name_5(event& e) const noexcept;
    constexpr void check_text(event& e) noexcept;
    constexpr void forget_aliases() noexcept;
    constexpr bool breaks_promise() const noexcept;
    constexpr bytes_in build_farewell() noexcept;
    constexpr errc on_auth(event& e, bytes_in body) noexcept;
    constexpr bool is_same_method(properties const& with) const noexcept;
    constexpr bool request_5(subscription& s) noexcept;
    constexpr bool refuse_request(subscription& s, reason_code why) noexcept;

    // commands.hpp
    constexpr result<packet_id> queue(message const& m, property_list with) noexcept;
    constexpr result<packet_id> queue(message const& m, std::uint32_t size, payload_source const& source,
                                      property_list with) noexcept
        requires(F.sources);
    constexpr errc check(message const& m, property_list with) const noexcept;
    constexpr errc check_granted(message const& m, std::size_t packet) const noexcept;
    constexpr std::size_t publish_head(message const& m, property_list with) const noexcept;
    constexpr char* write_head(char* to, message const& m, packet_id, std::size_t size, property_list) const noexcept;
    constexpr packet_id next_id() noexcept;
    constexpr void note_queued(packet_id id) noexcept;
    constexpr errc change(std::string_view filter, qos level, subscription_state wish,
                          subscribe_options const* how = nullptr) noexcept;
    constexpr bool request(subscription& s) noexcept;
    constexpr void request_all() noexcept;
    constexpr std::span<source_slot> source_slots() const noexcept;

    // send.hpp
    template <class Packet>
    constexpr errc write_connect(Packet const& c, property_list auth) noexcept;
    constexpr void close() noexcept;
    constexpr packet_id kept_id(std::uint8_t flags, bytes_in body) const noexcept;
    constexpr bytes_in choose_output() noexcept;
    constexpr bytes_in ring_output(char* end) noexcept;
    constexpr bytes_in shorten(char* end) noexcept;
    constexpr bool started() const noexcept;       // a packet of the publish lane has to be finished first
    constexpr unsigned promised() const noexcept;  // packets in front of it that nothing may be put before
    constexpr char* ring_reach() noexcept;
    constexpr bytes_in farewell() noexcept;
    constexpr void note_sent(std::size_t count) noexcept;
    constexpr void note_greeting() noexcept;
    constexpr void left(char* packet) noexcept;
    constexpr void fill_control() noexcept;
    constexpr void give_up_source() noexcept;
    constexpr instant patience() const noexcept;

    // Small members first: Thumb-1 reaches a byte only within 32 bytes of the object's start, a half-word within 64.
    fixed_header  header_        = {};  // of the packet in front of the receive buffer
    session_state state_         = session_state::offline;
    errc          fault_         = errc::ok;
    flow          flow_          = flow::none;
    after         after_         = after::nothing;
    errc          flow_cause_    = errc::ok;  // why the open message is dropped
    std::uint8_t  requests_max_  = 0;
    bool          tell_          = false;  // some table holds something to be told
    bool          unread_        = false;  // something came that is not taken out yet
    bool          greeted_       = false;  // CONNECT has left, and no CONNACK has come since
    bool          unsure_        = false;  // the CONNECT before this one was not answered: it may have made a session
    bool          forgotten_     = false;  // the Server has not kept the session
    bool          heard_         = false;  // something has come since the ping timer was set
    bool          stalled_       = false;  // what came waits for acknowledge(), or for room in the control lane
    bool          asking_        = false;  // some subscription is wanted or unwanted
    bool          clean_session_ = false;
    bool          manual_ack_    = false;
    bool          hold_          = false;  // acknowledge() answers the message that the user has right now
    bool          late_ack_      = false;  // a request has expired, so its answer may still come
    bool          pinging_       = false;  // PINGREQ is in line
    timers        timers_        = {};
    std::uint16_t pinned_        = 0;  // bytes of the open message that are kept: its header
    packet_id     shown_id_      = 0;  // of the open message
    packet_id     last_id_       = 0;
    packet_id     failed_id_     = 0;
    bool          failed_        = false;  // the source of a publish failed, which is to be told
    bool          failed_dup_    = false;  // and the Server may have had it before
    inbox         inbox_         = {};
    std::uint32_t left_          = 0;  // bytes of the open message behind those
    instant       now_           = {};
    instant       heard_at_      = {};
    ring<F.sources> ring_        = {};

    options const*     options_       = nullptr;
    inflight_table     inflight_      = {};
    subscription_table subscriptions_ = {};
    control_lane       control_       = {};
    [[no_unique_address]] std::conditional_t<has_inbound, inbound_table, nothing<1>> inbound_ = {};
    [[no_unique_address]] std::conditional_t<F.v5, state_5, nothing<2>>             five_       = {};
    [[no_unique_address]] std::conditional_t<F.v5, lasting_5, nothing<7>>           lasting_    = {};
    [[no_unique_address]] std::conditional_t<F.v5, subscribe_options*, nothing<3>>  extras_     = {};
    [[no_unique_address]] std::conditional_t<F.aliases_in, alias_table, nothing<4>> aliases_in_ = {};
    [[no_unique_address]] std::conditional_t<F.aliases_out, shortener, nothing<5>>  short_      = {};
    // Only with sources.
    [[no_unique_address]] std::conditional_t<F.sources, std::span<source_slot>, nothing<6>> sources_ = {};
};

}  // namespace barelink::inline v0

#include <barelink/session/auth.hpp>
#include <barelink/session/commands.hpp>
#include <barelink/session/five.hpp>
#include <barelink/session/messages.hpp>
#include <barelink/session/messages_5.hpp>
#include <barelink/session/receive.hpp>
#include <barelink/session/restore.hpp>
#include <barelink/session/send.hpp>
