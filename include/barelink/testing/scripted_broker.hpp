// SPDX-License-Identifier: BSL-1.0
// A server that plays a script, and says where the client left it:
//
//   scripted_broker<> b;
//   b.expect(expected::connect{}).reply(connack_packet{})
//    .expect(expected::publish{.topic = "t", .id = 1, .dup = false}).after(50).drop()
//    .expect(expected::connect{}).reply(connack_packet{.session_present = true})
//    .expect(expected::publish{.id = 1, .dup = true}).reply(packet_type::puback);
//   ... mqtt.poll(on_event); b.serve(wire.server(), clock.now()); ...
//   CHECK(b.complaint() == "");
//
// In 5.0 answers carry a reason and properties, and what has neither is written in the form of 5.0:
//
//   b.speak(version::v5)
//    .expect(expected::connect{}).resume({{property_id::receive_maximum, 1U}})
//    .expect(expected::publish{.id = 1}).reply(packet_type::puback, reason_code::quota_exceeded)
//    .reply(message{.topic = "t"}, {{property_id::topic_alias, 1U}})
//    .reply(packet_type::disconnect, reason_code::server_moved, {{property_id::server_reference, "b:1883"}});
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/base/time.hpp>
#include <barelink/testing/expected.hpp>
#include <barelink/testing/fixed.hpp>
#include <barelink/testing/packet_words.hpp>
#include <barelink/testing/reasons.hpp>
#include <barelink/wire/connack.hpp>
#include <barelink/wire/subscribe.hpp>
#include <barelink/wire/v5/ack.hpp>
#include <barelink/wire/v5/connack.hpp>
#include <barelink/wire/v5/disconnect.hpp>
#include <barelink/wire/v5/publish.hpp>
#include <barelink/wire/v5/suback.hpp>

namespace barelink::inline v0::testing {

// `Steps`: the longest script. `Bytes`: of everything that the script sends together, and of the longest packet of the
// client. A script that is too long complains like a client that does not follow.
template <std::size_t Steps = 32, std::size_t Bytes = 1024>
class scripted_broker {
public:
    using property_words = std::initializer_list<property>;

    // --- the script; each call appends a step

    // The version of what the following steps send, 3.1.1 at first. What comes is read in that of its CONNECT.
    constexpr scripted_broker& speak(version v) noexcept {
        spoken_ = v;
        if (at_ == 0) version_ = v;
        return *this;
    }
    // Waits for a packet; another one is a mistake. PINGREQ is answered without being expected, unless it is. A new
    // connection is taken when a CONNECT is expected.
    constexpr scripted_broker& expect(pattern const& what) noexcept {
        return add({.act = action::expect, .what = what});
    }
    // Waits until the client has closed the connection.
    constexpr scripted_broker& expect_close() noexcept { return add({.act = action::expect_close}); }
    constexpr scripted_broker& send(std::string_view raw) noexcept { return add_bytes(raw); }
    // CONNACK. In 5.0 the code becomes the reason of the same meaning.
    constexpr scripted_broker& reply(connack_packet const& c) noexcept {
        if (spoken_ == version::v5) return connack(reason_for(c.code), {}, c.session_present);
        char packet[4] = {};
        write_connack(packet, c);
        return send(text_of(packet));
    }
    // CONNACK of 5.0 that has found the session.
    constexpr scripted_broker& resume(property_words with = {}) noexcept {
        return connack(reason_code::success, list(with), true);
    }
    // PUBACK, PUBREC, PUBREL, PUBCOMP, UNSUBACK with this identifier, or with that of the last packet that came;
    // PINGRESP.
    constexpr scripted_broker& reply(packet_type type, packet_id id) noexcept {
        if (spoken_ == version::v5) return reply(type, id, reason_code::success);
        char packet[ack_size] = {};
        write_ack(packet, type, id);
        return send(text_of(packet));
    }
    constexpr scripted_broker& reply(packet_type type) noexcept {
        char packet[ack_size] = {};
        if (type == packet_type::pingresp) {
            write_empty(packet, type);
            return send({packet, 2});
        }
        if (spoken_ == version::v5) return reply(type, reason_code::success);
        write_ack(packet, type, 0);
        return add_bytes(text_of(packet), id_place::behind_header);
    }
    // 5.0: CONNACK, AUTH or DISCONNECT; or PUBACK, PUBREC, PUBREL, PUBCOMP, or SUBACK or UNSUBACK for one filter, with
    // the identifier of the last packet that came, or with this one.
    constexpr scripted_broker& reply(packet_type type, reason_code reason, property_words with = {}) noexcept {
        if (type == packet_type::connack) return connack(reason, list(with), false);
        if (type == packet_type::disconnect || type == packet_type::auth) {
            return encoded(v5::encode_reason(room(), type, reason, list(with)), id_place::none);
        }
        return answer(type, 1, reason, list(with), id_place::behind_header);
    }
    constexpr scripted_broker& reply(packet_type type, packet_id id, reason_code reason,
                                     property_words with = {}) noexcept {
        return answer(type, id, reason, list(with), id_place::none);
    }
    // SUBACK for one filter with the identifier of the last packet that came; `code` above 2 refuses.
    constexpr scripted_broker& grant(std::uint8_t code) noexcept {
        if (spoken_ == version::v5) return reply(packet_type::suback, static_cast<reason_code>(code));
        char const codes[] = {static_cast<char>(code)};
        return encoded(encode_suback(room(), 1, codes), id_place::behind_header);
    }
    constexpr scripted_broker& reply(message const& m, packet_id id = 0, bool dup = false) noexcept {
        if (spoken_ == version::v5) return reply(m, property_words{}, id, dup);
        auto const size = 5 + publish_header_size(m.topic.size(), m.level) + m.payload.size();
        if (size > Bytes - used_) return too_long();
        return published(write_publish_header(bytes_ + used_, m, id, m.payload.size()), m, dup);
    }
    // 5.0. The topic may be empty if an alias is there.
    constexpr scripted_broker& reply(message const& m, property_words with, packet_id id = 0,
                                     bool dup = false) noexcept {
        auto const size = 5 + v5::publish_header_size(m.topic.size(), m.level, list(with)) + m.payload.size();
        if (size > Bytes - used_) return too_long();
        return published(v5::write_publish_header(bytes_ + used_, m, id, m.payload.size(), list(with)), m, dup);
    }
    // Lets time pass before the next step.
    constexpr scripted_broker& after(std::uint32_t ms) noexcept { return add({.act = action::wait, .size = ms}); }
    // Ends the connection: in order, or with a reset.
    constexpr scripted_broker& close() noexcept { return add({.act = action::close}); }
    constexpr scripted_broker& drop() noexcept { return add({.act = action::drop}); }
    // From here on everything may come, and nothing is answered.
    constexpr scripted_broker& ignore_rest() noexcept { return add({.act = action::ignore}); }

    // --- the play

    // `Stream`: a server's end with open(), read, write, close and reset, as memory_pipe::server() and the lanes of a
    // flaky_link have them. Plays as many steps as it can now. Returns whether anything has happened.
    template <class Stream>
    constexpr bool serve(Stream& stream, instant now) noexcept {
        bool moved = false;
        while (complaint_.empty() && play(stream, now)) moved = true;
        return moved;
    }
    constexpr void on_time(instant) noexcept {}
    [[nodiscard]] constexpr deadline next_deadline() const noexcept { return wait_; }

    // All steps are played.
    [[nodiscard]] constexpr bool done() const noexcept { return at_ == steps_.size() && complaint_.empty(); }
    // What went wrong: `step 3 of 9: expected PUBLISH id 1, came PUBLISH id 2 qos 1 "t" 5 bytes`. Empty if nothing did,
    // and the script is played to its end.
    [[nodiscard]] constexpr fixed_text<840> complaint() const noexcept {
        if (!complaint_.empty() || at_ == steps_.size() || steps_[at_].act == action::ignore) return complaint_;
        fixed_text<840> text;
        tell(text);
        return text << ", nothing came";
    }

private:
    enum class action : std::uint8_t { expect, expect_close, send, wait, close, drop, ignore };
    // Where the identifier of the last packet that came goes in.
    enum class id_place : std::uint8_t { none, behind_header };
    struct step {
        action      act   = action::expect;
        id_place    id    = id_place::none;
        std::size_t from  = 0;      // in bytes_
        std::size_t size  = 0;      // bytes, or milliseconds
        pattern     what  = {};
    };

    constexpr scripted_broker& too_long() noexcept {
        complaint_.clear();
        complaint_ << "the script is too long for scripted_broker<" << Steps << ", " << Bytes << '>';
        return *this;
    }
    constexpr scripted_broker& add(step const& s) noexcept {
        if (steps_.full()) return too_long();
        steps_.add(s);
        return *this;
    }
    constexpr scripted_broker& add_bytes(std::string_view bytes, id_place id = id_place::none) noexcept {
        if (bytes.size() > Bytes - used_) return too_long();
        move_bytes(bytes_ + used_, bytes.data(), bytes.size());
        return add_encoded(bytes.size(), id);
    }
    // Bytes that were written where room() begins.
    constexpr scripted_broker& add_encoded(std::size_t size, id_place id) noexcept {
        used_ += size;
        return add({.act = action::send, .id = id, .from = used_ - size, .size = size});
    }
    constexpr scripted_broker& encoded(result<std::size_t> size, id_place id) noexcept {
        return size ? add_encoded(size.value, id) : too_long();
    }
    [[nodiscard]] constexpr bytes_out room() noexcept { return {bytes_ + used_, Bytes - used_}; }
    [[nodiscard]] static constexpr property_list list(property_words with) noexcept {
        return {with.begin(), with.size()};
    }

    constexpr scripted_broker& connack(reason_code reason, property_list with, bool session_present) noexcept {
        return encoded(v5::encode_connack(room(), session_present, reason, with), id_place::none);
    }
    constexpr scripted_broker& answer(packet_type type, packet_id id, reason_code reason, property_list with,
                                      id_place place) noexcept {
        if (type != packet_type::suback && type != packet_type::unsuback) {
            return encoded(v5::encode_ack(room(), type, id, reason, with), place);
        }
        char const codes[] = {static_cast<char>(reason)};
        return encoded(v5::encode_suback(room(), type, id, codes, with), place);
    }
    // A PUBLISH whose header was written up to `end`.
    constexpr scripted_broker& published(char* end, message const& m, bool dup) noexcept {
        char* const start = bytes_ + used_;
        move_bytes(end, m.payload.data(), m.payload.size());
        if (dup) start[0] = static_cast<char>(octet(start[0]) | publish_flag::dup);
        return add_encoded(static_cast<std::size_t>(end - start) + m.payload.size(), id_place::none);
    }

    constexpr void tell(fixed_text<840>& text) const noexcept {
        text << "step " << at_ + 1 << " of " << steps_.size() << ": expected ";
        if (at_ == steps_.size()) {
            text << "nothing more";
        } else if (steps_[at_].act == action::expect) {
            text << steps_[at_].what.text().view();
        } else if (steps_[at_].act == action::expect_close) {
            text << "the end of the connection";
        } else {
            text << "a connection that takes what is sent";
        }
    }
    constexpr void complain(std::string_view came) noexcept {
        tell(complaint_);
        complaint_ << ", came " << came;
    }

    // One step, or a part of one. Returns whether anything has happened.
    template <class Stream>
    constexpr bool play(Stream& stream, instant now) noexcept {
        // Steps of time pass between two connections too.
        if (at_ != steps_.size() && steps_[at_].act == action::wait) {
            if (!wait_.armed) wait_.arm(now + static_cast<std::uint32_t>(steps_[at_].size));
            if (!wait_.due(now)) return false;
            wait_.stop();
            ++at_;
            return true;
        }
        if (!stream.open() || (stream_ != nullptr && stream_ != &stream)) return false;
        stream_ = &stream;
        if (at_ == steps_.size()) return listen(stream);
        auto& s = steps_[at_];
        switch (s.act) {
        case action::send: return send(stream, s);
        case action::close:
        case action::drop:
            ++at_;
            if (s.act == action::drop) stream.reset();
            leave(stream);
            return true;
        default: return listen(stream);
        }
    }
    template <class Stream>
    constexpr bool send(Stream& stream, step& s) noexcept {
        if (s.id == id_place::behind_header) {
            auto at = s.from + 1;
            while ((octet(bytes_[at]) & 0x80) != 0) ++at;
            store_u16(bytes_ + at + 1, last_id_);
        }
        auto const n = stream.write(bytes_in{bytes_ + s.from + written_, s.size - written_});
        if (!n && n.error != errc::would_block) complain(name(n.error));
        written_ += n.value;
        if (written_ == s.size) {
            written_ = 0;
            ++at_;
        }
        return n.value != 0 || s.size == 0;
    }
    template <class Stream>
    constexpr void leave(Stream& stream) noexcept {
        stream.close();
        stream_   = nullptr;
        received_ = written_ = 0;
    }

    template <class Stream>
    constexpr bool listen(Stream& stream) noexcept {
        bytes_in const there{rx_, received_};
        auto const     h = read_header(there, version_);
        if (h && h.value.packet_size() <= received_) {
            take(stream, h.value, there.subspan(h.value.size, h.value.remaining));
            received_ -= h.value.packet_size();
            move_bytes(rx_, rx_ + h.value.packet_size(), received_);
            return true;
        }
        bool const ignores = at_ != steps_.size() && steps_[at_].act == action::ignore;
        if (ignores) received_ = 0;
        if (!ignores && (received_ == Bytes || (!h && h.error != errc::would_block))) {
            complain(h ? "a packet longer than the broker's buffer" : "bytes that are no MQTT packet");
            return false;
        }
        auto const n = stream.read(bytes_out{rx_ + received_, Bytes - received_});
        received_ += n.value;
        if (n || n.error == errc::would_block) return n.value != 0;
        bool const wanted = at_ == steps_.size() || steps_[at_].act != action::expect ||
                            steps_[at_].what.type() == packet_type::connect;
        if (!wanted) complain("the end of the connection");
        if (at_ != steps_.size() && steps_[at_].act == action::expect_close) ++at_;
        leave(stream);
        return true;
    }
    template <class Stream>
    constexpr void take(Stream& stream, fixed_header const& h, bytes_in body) noexcept {
        bool const expects = at_ != steps_.size() && steps_[at_].act == action::expect;
        if (at_ != steps_.size() && steps_[at_].act == action::ignore) return;
        if (h.type == packet_type::connect) version_ = version_of(body);
        if (expects && steps_[at_].what.matches(h, body, version_)) {
            last_id_ = id_of(h, body);
            ++at_;
        } else if (h.type == packet_type::pingreq && !(expects && steps_[at_].what.type() == h.type)) {
            char pong[2] = {};
            write_empty(pong, packet_type::pingresp);
            if (stream.write(pong).value != 2) complain("no room for PINGRESP");
        } else {
            complain(describe(h, body, version_).view());
        }
    }
    [[nodiscard]] static constexpr packet_id id_of(fixed_header const& h, bytes_in body) noexcept {
        if (h.type == packet_type::publish) return decode_publish(h.flags, body).value.id;
        return body.size() < 2 ? packet_id{0} : load_u16(body.data());
    }

    fixed_list<step, Steps> steps_        = {};
    char                    bytes_[Bytes] = {};
    char                    rx_[Bytes]    = {};
    std::size_t             used_         = 0;
    std::size_t             received_     = 0;
    std::size_t             at_           = 0;
    std::size_t             written_      = 0;  // of the step that sends
    void const*             stream_       = nullptr;
    deadline                wait_         = {};
    version                 version_      = version::v3_1_1;  // of the connection
    version                 spoken_       = version::v3_1_1;  // of the steps that are added
    packet_id               last_id_      = 0;
    fixed_text<840>         complaint_    = {};
};

}  // namespace barelink::inline v0::testing
