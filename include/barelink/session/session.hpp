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
#include <barelink/session/ring.hpp>
#include <barelink/session/subscriptions.hpp>
#include <barelink/session/timers.hpp>
#include <barelink/wire/connect.hpp>
#include <barelink/wire/publish.hpp>

namespace barelink::inline v0 {

enum class session_state : std::uint8_t {
    offline,
    connecting,  // CONNECT has to be written
    waiting,     // CONNACK has to come
    online,
    closing,  // everything else has to be written
    leaving,  // DISCONNECT has to be written
    closed,   // DISCONNECT is written: the transport has to be closed [MQTT-3.14.4-1]
};

template <features F>
class session {
public:
    constexpr explicit session(session_memory const& m) noexcept
        : requests_max_{m.subscribe_requests}, inbox_{m.rx}, ring_{m.tx, m.sources}, inflight_{m.inflight},
          subscriptions_{m.subscriptions}, control_{m.control} {
        if constexpr (has_inbound) inbound_ = inbound_table{m.inbound};
        if constexpr (F.sources) sources_ = m.sources;
    }

    [[nodiscard]] constexpr session_state state() const noexcept { return state_; }
    // Why the connection has to be cut, or ok. Stays until begin().
    [[nodiscard]] constexpr errc fault() const noexcept { return fault_; }

    // --- life of a connection

    // A transport stands: puts CONNECT in line. `o` must outlive the connection. Returns what check_connect() says,
    // bad_version, or connect_too_long (CONNECT is built in the receive buffer); then nothing has changed.
    // `c` says what CONNECT says: a connect_packet, or `o` itself.
    template <class Packet = connect_packet>
    [[nodiscard]] constexpr errc begin(options const& o, Packet const& c) noexcept;
    // The transport is gone. What is not acknowledged stays and is sent again after the next CONNACK [MQTT-4.4.0-1].
    // Work: the bytes in the ring.
    BARELINK_NOINLINE constexpr void end() noexcept {
        forget_open_message();
        state_   = session_state::offline;
        hungry_  = true;
        stalled_ = false;
        pinging_ = false;
        inbox_.clear();
        control_.clear();
        timers_.stop_all();
        ring_.rewind();
        subscriptions_.lose_connection();
        if constexpr (F.deferred_ack) inbound_.lose_connection();
    }

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
    [[nodiscard]] constexpr bool hungry() const noexcept { return hungry_; }
    // True when next_event() has something to do; false also while it waits for acknowledge() or for the transport.
    [[nodiscard]] constexpr bool ready() const noexcept {
        return tell_ || (!hungry_ && !stalled_ && state_ < session_state::leaving);
    }

    // Where the next bytes of the Server go; empty while packets have to be taken out first (next_event) or answers
    // wait to be written. Ends the last event. Lifetime: until the next call other than received().
    [[nodiscard]] BARELINK_NOINLINE constexpr bytes_out receive_window() noexcept {
        end_event();
        return state_ == session_state::offline || state_ == session_state::connecting ? bytes_out{} : inbox_.window();
    }
    constexpr void received(std::size_t count) noexcept {
        inbox_.received(count);
        hungry_   = false;
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
        if (!e && !hungry_) next_packet(e);
    }
    // Ends the last event, as next_event() does, without asking for another.
    constexpr void end_event() noexcept;

    // --- commands

    // Queues a message; topic and payload are copied. Returns its packet id (0 at QoS 0), or bad_topic, bad_qos,
    // not_connected (QoS 0 only), inflight_full, ring_full, publish_too_long. Work: the message, and the ring if it has
    // to be moved together. [4.3]
    constexpr result<packet_id> publish(message const& m) noexcept;
    // The same for a payload of `size` bytes that is pulled from `source`; `m.payload` is ignored. What fits the ring
    // is pulled at once, else the source is used until the message is delivered (QoS 0: written). Also: sources_full,
    // source_failed.
    constexpr result<packet_id> publish(message const& m, std::uint32_t size, payload_source const& source) noexcept
        requires(F.sources);

    // Declares a subscription; asks for it now, or after the next CONNACK. The filter is borrowed until it is cancelled
    // or refused; one that got no answer in time is asked for again on the next connection. Returns bad_filter,
    // bad_qos, subscriptions_full, subscribe_requests_full, ring_full or request_too_long. A known filter is asked for
    // again with the new QoS [MQTT-3.8.4-3].
    [[nodiscard]] constexpr errc subscribe(std::string_view filter, qos level) noexcept;
    // Cancels one, likewise; also one that only the Server knows.
    [[nodiscard]] constexpr errc unsubscribe(std::string_view filter) noexcept;

    // Answers a message that was handed over with options::manual_ack. Answers leave in the order of the messages
    // [MQTT-4.6.0-2], so this one may wait for others. Returns nothing_to_acknowledge.
    [[nodiscard]] constexpr errc acknowledge(packet_id id) noexcept
        requires(F.deferred_ack);
    // Switches options::manual_ack for the messages that follow.
    constexpr void manual_ack(bool on) noexcept
        requires(F.deferred_ack)
    {
        manual_ack_ = on;
    }

    // Leaves in order: what is queued is written first, then DISCONNECT. Returns not_connected.
    [[nodiscard]] constexpr errc disconnect() noexcept;

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
        requires(F.persistent)
    {
        ring_.withdraw(ring_.find(id));
        inflight_.erase(inflight_.find(id));
    }
    // Whether `id` is a publish of ours that is not acknowledged.
    [[nodiscard]] constexpr bool keeps(packet_id id) noexcept
        requires(F.persistent)
    {
        return inflight_.find(id) != nullptr;
    }
    // After `connected`: if the Server has lost the session, one received QoS 2 message after the other that is
    // forgotten, then 0.
    [[nodiscard]] constexpr packet_id take_lost_inbound() noexcept
        requires(F.persistent)
    {
        if constexpr (has_inbound) {
            if (!forgotten_ || inbound_.size() == 0) return 0;
            auto const id = inbound_.begin()->id;
            inbound_.erase(inbound_.begin());
            return id;
        }
        return 0;
    }
    // The PUBLISH `id` as it lies in the ring, to be stored. Empty for one with a source: it can't be kept. Lifetime:
    // until the next call.
    [[nodiscard]] constexpr bytes_in kept(packet_id id) noexcept
        requires(F.persistent)
    {
        char* const packet = ring_.find(id);
        return packet == nullptr || envelope::is(packet) ? bytes_in{} : bytes_in{packet, ring_.size_of(packet)};
    }
    // Answers in line that were not asked for yet: PUBREC, PUBREL and PUBCOMP change what a store has to know, and must
    // be stored before they are written. Requires: called after next_event() and before sent(). Lifetime: likewise.
    [[nodiscard]] constexpr bytes_in take_answers() noexcept
        requires(F.persistent)
    {
        fill_control();
        return control_.take_fresh();
    }

private:
    struct nothing {};
    static constexpr bool has_qos_1 = F.has(qos::at_least_once);
    static constexpr bool has_qos_2 = F.has(qos::exactly_once);

    static constexpr bool has_inbound = has_qos_2 || F.deferred_ack;

    // What has to be done when the last event is over.
    enum class after : std::uint8_t { nothing, piece, message };
    // What becomes of the message in front of the receive buffer.
    enum class flow : std::uint8_t {
        none,       // there is none
        handing,    // the user gets it
        told,       // the user has got the last piece of it
        dropping,   // it is too large
        repeating,  // the user has got it before
    };

    // A constant if there is only one, so that nothing of the others is left.
    [[nodiscard]] constexpr version spoken() const noexcept {
        return F.only() != version{} ? F.only() : options_->protocol;
    }

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
    constexpr void catch_id(std::uint32_t here, std::uint32_t id_at) noexcept;
    constexpr bool admit() noexcept;
    constexpr bool is_known() noexcept;
    constexpr void repeat(inbound_slot& slot) noexcept;
    constexpr void answer() noexcept;
    constexpr errc on_ack(event& e, packet_type type, packet_id id) noexcept;
    constexpr errc on_pubrel(packet_id id) noexcept;
    constexpr errc on_suback(event& e, bytes_in body) noexcept;
    constexpr errc on_unsuback(event& e, packet_id id) noexcept;
    [[nodiscard]] constexpr std::uint16_t topic_size() const noexcept { return load_u16(inbox_.data() + header_.size); }
    // Room in the control lane beside that for the answer to the message that the user has right now.
    [[nodiscard]] constexpr bool has_room() const noexcept {
        return control_.has_room(after_ == after::message ? 2 : 1);
    }
    [[nodiscard]] constexpr qos shown_level() const noexcept {
        return static_cast<qos>((header_.flags & publish_flag::qos_mask) >> 1);
    }

    // send.hpp
    constexpr bytes_in choose_output() noexcept;
    constexpr void note_sent(std::size_t count) noexcept;
    constexpr errc check(message const& m) const noexcept;
    constexpr packet_id next_id() noexcept;
    constexpr void left(char* packet) noexcept;
    constexpr instant patience() const noexcept;
    constexpr void give_up_source() noexcept;
    constexpr std::span<source_slot> source_slots() const noexcept {
        if constexpr (F.sources) return sources_;
        return {};
    }
    constexpr errc change(std::string_view filter, qos level, subscription_state wish) noexcept;
    constexpr void fill_control() noexcept;
    constexpr bool request(subscription& s) noexcept;
    constexpr void request_all() noexcept;

    // Small members first: Thumb-1 reaches a byte only within 32 bytes of the object's start, a half-word within 64.
    fixed_header  header_        = {};  // of the packet in front of the receive buffer
    session_state state_         = session_state::offline;
    errc          fault_         = errc::ok;
    flow          flow_          = flow::none;
    after         after_         = after::nothing;
    errc          flow_cause_    = errc::ok;  // why the open message is dropped
    std::uint8_t  requests_max_  = 0;
    bool          tell_          = false;  // some table holds something to be told
    bool          hungry_        = true;   // all that came is taken out
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
    bool          failed_        = false;  // the source of a publish failed, which is to be told
    bool          failed_dup_    = false;  // and the Server may have had it before
    bool          pinging_       = false;  // PINGREQ is in line
    timers        timers_        = {};
    std::uint16_t pinned_        = 0;  // bytes of the open message that are kept: its header
    packet_id     shown_id_      = 0;  // of the open message
    packet_id     last_id_       = 0;
    packet_id     failed_id_     = 0;
    inbox         inbox_         = {};
    std::uint32_t left_          = 0;  // bytes of the open message behind those
    instant       now_           = {};
    instant       heard_at_      = {};
    ring<F.sources> ring_        = {};

    options const*     options_       = nullptr;
    inflight_table     inflight_      = {};
    subscription_table subscriptions_ = {};
    control_lane       control_       = {};
    [[no_unique_address]] std::conditional_t<has_inbound, inbound_table, nothing> inbound_ = {};
    // Only with sources.
    [[no_unique_address]] std::conditional_t<F.sources, std::span<source_slot>, nothing> sources_ = {};
};

}  // namespace barelink::inline v0

#include <barelink/session/messages.hpp>
#include <barelink/session/receive.hpp>
#include <barelink/session/restore.hpp>
#include <barelink/session/send.hpp>
