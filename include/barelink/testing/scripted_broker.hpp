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
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/base/time.hpp>
#include <barelink/testing/expected.hpp>
#include <barelink/testing/fixed.hpp>
#include <barelink/testing/packet_words.hpp>
#include <barelink/wire/connack.hpp>
#include <barelink/wire/subscribe.hpp>

namespace barelink::inline v0::testing {

// `Steps`: the longest script. `Bytes`: of everything that the script sends together, and of the longest packet of the
// client. A script that is too long complains like a client that does not follow.
template <std::size_t Steps = 32, std::size_t Bytes = 1024>
class scripted_broker {
public:
    // --- the script; each call appends a step

    // Waits for a packet; another one is a mistake. PINGREQ is answered without being expected, unless it is. A new
    // connection is taken when a CONNECT is expected.
    constexpr scripted_broker& expect(pattern const& what) noexcept {
        return add({.act = action::expect, .what = what});
    }
    // Waits until the client has closed the connection.
    constexpr scripted_broker& expect_close() noexcept { return add({.act = action::expect_close}); }
    constexpr scripted_broker& send(std::string_view raw) noexcept { return add_bytes(raw, false); }
    constexpr scripted_broker& reply(connack_packet const& c) noexcept {
        char packet[4] = {};
        write_connack(packet, c);
        return send(text_of(packet));
    }
    // PUBACK, PUBREC, PUBREL, PUBCOMP, UNSUBACK with this identifier, or with that of the last packet that came;
    // PINGRESP.
    constexpr scripted_broker& reply(packet_type type, packet_id id) noexcept {
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
        write_ack(packet, type, 0);
        return add_bytes(text_of(packet), true);
    }
    // SUBACK for one filter with the identifier of the last packet that came; `code` above 2 refuses.
    constexpr scripted_broker& grant(std::uint8_t code) noexcept {
        char       packet[8] = {};
        char const codes[]   = {static_cast<char>(code)};
        auto const size      = encode_suback(packet, 1, codes);
        return add_bytes({packet, size.value}, true);
    }
    constexpr scripted_broker& reply(message const& m, packet_id id = 0, bool dup = false) noexcept {
        auto const size = 5 + publish_header_size(m.topic.size(), m.level) + m.payload.size();
        if (size > Bytes - used_) return too_long();
        char* const start = bytes_ + used_;
        char* const end   = write_publish_header(start, m, id, m.payload.size());
        move_bytes(end, m.payload.data(), m.payload.size());
        if (dup) start[0] = static_cast<char>(octet(start[0]) | publish_flag::dup);
        auto const count = static_cast<std::size_t>(end - start) + m.payload.size();
        used_ += count;
        return add({.act = action::send, .from = used_ - count, .size = count});
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
    [[nodiscard]] constexpr fixed_text<560> complaint() const noexcept {
        if (!complaint_.empty() || at_ == steps_.size() || steps_[at_].act == action::ignore) return complaint_;
        fixed_text<560> text;
        tell(text);
        return text << ", nothing came";
    }

private:
    enum class action : std::uint8_t { expect, expect_close, send, wait, close, drop, ignore };
    struct step {
        action      act   = action::expect;
        bool        patch = false;  // the identifier of the last packet goes in
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
    constexpr scripted_broker& add_bytes(std::string_view bytes, bool patch) noexcept {
        if (bytes.size() > Bytes - used_) return too_long();
        move_bytes(bytes_ + used_, bytes.data(), bytes.size());
        used_ += bytes.size();
        return add({.act = action::send, .patch = patch, .from = used_ - bytes.size(), .size = bytes.size()});
    }

    constexpr void tell(fixed_text<560>& text) const noexcept {
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
        if (s.patch) store_u16(bytes_ + s.from + 2, last_id_);
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
        if (h.type == packet_type::connect) {
            if (auto const c = decode_connect(body)) version_ = c.value.protocol;
        }
        if (expects && steps_[at_].what.matches(h, body)) {
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
    version                 version_      = version::v3_1_1;
    packet_id               last_id_      = 0;
    fixed_text<560>         complaint_    = {};
};

}  // namespace barelink::inline v0::testing
