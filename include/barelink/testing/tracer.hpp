// SPDX-License-Identifier: BSL-1.0
// A transport around a transport that tells what goes through it, a line for each packet:
//
//   - connected
//   > CONNECT 3.1.1 client "pump" clean keep alive 60 s user "me" password 8 bytes
//   < CONNACK accepted
//   > PUBLISH id 7 qos 1 "plant/7" 21 bytes
//   < PUBACK id 7
//   - closed_by_peer
//
// Of 5.0 also reasons and properties, as packet_words.hpp says. Payloads, passwords and authentication data are never
// shown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/delegate.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/link/transport.hpp>
#include <barelink/testing/packet_words.hpp>

namespace barelink::inline v0::testing {

// Follows one direction of a connection, however its packets are cut up.
class packet_follower {
public:
    constexpr explicit packet_follower(std::string_view mark) noexcept : mark_{mark} {}

    // Takes the next bytes; `say(std::string_view)` gets a line for each packet that is complete. `v` is the version of
    // the connection; a CONNECT that comes sets it. Work: the bytes.
    template <class Sink>
    constexpr void follow(bytes_in bytes, version& v, Sink const& say) noexcept {
        for (std::size_t i = 0; i < bytes.size();) {
            auto const left = static_cast<std::uint32_t>(bytes.size() - i);
            if (garbage_) {
                skipped_ += left;
                i = bytes.size();
            } else if (to_skip_ != 0) {
                auto const count = left < to_skip_ ? left : to_skip_;
                to_skip_ -= count;
                i += count;
                skipped_ += count;
                if (to_skip_ != 0) continue;
                text_line line{"and "};
                this->say(say, line << skipped_ << " bytes more");
                skipped_ = 0;
            } else {
                start_[size_++] = bytes[i++];
                look(v, say);
            }
        }
    }
    // The connection is over: tells what was not complete.
    template <class Sink>
    constexpr void finish(Sink const& say) noexcept {
        text_line line;
        if (garbage_ && skipped_ != 0) {
            this->say(say, line << skipped_ << " bytes more");
        } else if (to_skip_ != 0) {
            this->say(say, line << "cut, " << to_skip_ << " bytes are missing");
        } else if (size_ != 0 && !garbage_) {
            this->say(say, line << "cut after " << size_ << " bytes of a packet");
        }
        size_ = to_skip_ = skipped_ = 0;
        garbage_                    = false;
    }

private:
    template <class Sink>
    constexpr void look(version& v, Sink const& say) noexcept {
        bytes_in const there{start_, size_};
        auto const     h = read_header(there, v);
        if (h.error == errc::would_block) return;
        if (!h) {
            // No more than the fixed header: what follows may be a secret.
            text_line line{"no MQTT: "};
            this->say(say, line.hex(text_of(there)));
            garbage_ = true;
            return;
        }
        bool const whole = h.value.packet_size() == size_;
        if (!whole && size_ != sizeof start_) return;
        auto const body = there.subspan(h.value.size);
        if (h.value.type == packet_type::connect) v = version_of(body);
        auto line = describe(h.value, body, v);
        if (!whole) line << "...";
        this->say(say, line);
        to_skip_ = h.value.packet_size() - size_;
        size_    = 0;
    }
    template <class Sink>
    constexpr void say(Sink const& sink, text_line const& line) const noexcept {
        fixed_text<line_max> marked{mark_};
        marked << line.view() << (line.truncated() ? "..." : "");
        sink(marked.view());
    }

    static constexpr std::size_t line_max = 408;

    std::string_view mark_;
    char             start_[512] = {};  // of the packet that comes
    std::uint32_t    size_       = 0;
    std::uint32_t    to_skip_    = 0;
    std::uint32_t    skipped_    = 0;
    bool             garbage_    = false;
};

// Lifetime: `inner` and what `sink` points to must outlive it. The sink gets a line without its end.
template <transport Inner>
class tracer {
public:
    using sink = delegate<void(std::string_view)>;

    constexpr tracer(Inner& inner, sink to) noexcept : inner_{&inner}, sink_{to} {}

    constexpr result<connect_stage> connect(endpoint const& to) noexcept {
        auto const r = inner_->connect(to);
        if (r && r.value == connect_stage::done) {
            open_ = true;
            note("connected");
        } else if (!r) {
            note(name(r.error));
        }
        return r;
    }
    constexpr result<std::size_t> read(bytes_out into) noexcept {
        auto const n = inner_->read(into);
        if (n) in_.follow(into.first(n.value), version_, sink_);
        fail(n.error);
        return n;
    }
    constexpr result<std::size_t> write(bytes_in from) noexcept {
        auto const n = inner_->write(from);
        if (n) out_.follow(from.first(n.value), version_, sink_);
        fail(n.error);
        return n;
    }
    constexpr void close() noexcept {
        inner_->close();
        end("closed");
    }
    constexpr void wait(std::uint32_t ms_max, interest what) noexcept
        requires waitable_transport<Inner>
    {
        inner_->wait(ms_max, what);
    }

private:
    constexpr void note(std::string_view what) const noexcept {
        fixed_text<40> line{"- "};
        sink_((line << what).view());
    }
    constexpr void fail(errc why) noexcept {
        if (why != errc::ok && why != errc::would_block) end(name(why));
    }
    // Tells the end of a connection once.
    constexpr void end(std::string_view how) noexcept {
        if (!open_) return;
        open_ = false;
        out_.finish(sink_);
        in_.finish(sink_);
        version_ = version::v3_1_1;
        note(how);
    }

    Inner*          inner_;
    sink            sink_;
    packet_follower out_{"> "};
    packet_follower in_{"< "};
    version         version_ = version::v3_1_1;
    bool            open_    = false;
};

}  // namespace barelink::inline v0::testing
