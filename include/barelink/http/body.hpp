// SPDX-License-Identifier: BSL-1.0
// The body of a response, taken out of the stream piece by piece [RFC 9112, 6 and 7].
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/delegate.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/http/response.hpp>
#include <barelink/text/hex.hpp>
#include <barelink/text/slice.hpp>

namespace barelink::inline v0::http {

// Gets a piece of a body and where it belongs in the whole resource. Returns ok if it took the piece; would_block to be
// offered it again at the next poll, perhaps with more behind it; anything else ends the exchange with that value.
using sink = delegate<errc(std::uint64_t offset, bytes_in piece)>;

// The first line of `text` without its end, which is LF or CR LF [RFC 9112, 2.2]; `size` counts it with its end and is
// 0 if the line is not complete.
struct line {
    std::string_view text = {};
    std::size_t      size = 0;
};
[[nodiscard]] constexpr line first_line(std::string_view text) noexcept {
    auto const end = text.find('\n');
    if (end == std::string_view::npos) return {};
    return {slice(text, 0, end != 0 && text[end - 1] == '\r' ? end - 1 : end), end + 1};
}

class body_reader {
public:
    constexpr body_reader() noexcept = default;
    // `has_none`: the answer to HEAD, and what a status of 204 or 304 says.
    constexpr body_reader(response const& r, bool has_none) noexcept
        : offset_{r.first},
          left_{r.has_length ? r.length : 0},
          state_{has_none || (r.has_length && r.length == 0) ? state::done
                 : r.chunked                                 ? state::size
                 : r.has_length                              ? state::counted
                                                             : state::until_close} {}

    [[nodiscard]] constexpr bool done() const noexcept { return state_ == state::done; }
    // The other side has closed. Returns ok if the body may end so, else closed_by_peer.
    [[nodiscard]] constexpr errc closed() const noexcept {
        return state_ == state::until_close || state_ == state::done ? errc::ok : errc::closed_by_peer;
    }

    // Takes what it can off the front of `from` and calls `to` as a sink. Returns how many bytes it took; with
    // would_block beside them if the sink wants the rest later, or the error that ends the exchange: malformed_response
    // or the sink's own. Work: the bytes; one call of the sink a chunk.
    template <class Sink>
    constexpr result<std::size_t> take(bytes_in from, Sink const& to) noexcept {
        std::size_t taken = 0;
        while (state_ != state::done && taken < from.size()) {
            auto const rest = from.subspan(taken);
            auto const step = is_data() ? take_data(rest, to) : take_line(text_of(rest));
            taken += step.value;
            if (step.error != errc::ok) return {taken, step.error};
            if (step.value == 0) break;  // half a line
        }
        return taken;
    }

private:
    enum class state : std::uint8_t {
        counted,      // `left_` bytes and the end
        until_close,  // all that comes
        size,         // of a chunk
        chunk,        // `left_` bytes of one
        chunk_end,    // the line end behind it
        trailer,      // fields behind the last one
        done,
    };

    [[nodiscard]] constexpr bool is_data() const noexcept {
        return state_ == state::counted || state_ == state::until_close || state_ == state::chunk;
    }
    template <class Sink>
    constexpr result<std::size_t> take_data(bytes_in from, Sink const& to) noexcept {
        auto const count =
            state_ == state::until_close || left_ > from.size() ? from.size() : static_cast<std::size_t>(left_);
        if (errc const e = to(offset_, from.first(count)); e != errc::ok) return e;
        offset_ += count;
        if (state_ == state::until_close) return count;
        left_ -= count;
        if (left_ == 0) state_ = state_ == state::counted ? state::done : state::chunk_end;
        return count;
    }
    constexpr result<std::size_t> take_line(std::string_view from) noexcept {
        auto const l = first_line(from);
        if (l.size == 0) return std::size_t{0};
        switch (state_) {
        case state::size:
            if (!read_size(l.text)) return errc::malformed_response;
            state_ = left_ != 0 ? state::chunk : state::trailer;
            break;
        case state::chunk_end:
            if (!l.text.empty()) return errc::malformed_response;
            state_ = state::size;
            break;
        default:
            if (l.text.empty()) state_ = state::done;
            break;
        }
        return l.size;
    }
    // Hexadecimal digits, and perhaps an extension that says nothing to us [RFC 9112, 7.1.1].
    constexpr bool read_size(std::string_view text) noexcept {
        text  = detail::trim(slice(text, 0, text.find(';')));
        left_ = 0;
        for (char const c : text) {
            auto const digit = hex_value(c);
            if (digit < 0 || left_ > (std::uint64_t{1} << 58)) return false;
            left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
        }
        return !text.empty();
    }

    std::uint64_t offset_ = 0;
    std::uint64_t left_   = 0;
    state         state_  = state::done;
};

// A sink for a body that is small enough to be kept: give `to()` to the client, then read `text()`.
class collector {
public:
    constexpr explicit collector(bytes_out room) noexcept : room_{room} {}

    // Lifetime: the collector must outlive the sink.
    [[nodiscard]] constexpr sink to() noexcept { return sink::to<&collector::add>(*this); }
    [[nodiscard]] constexpr std::string_view text() const noexcept { return {room_.data(), size_}; }
    constexpr void clear() noexcept { size_ = 0; }

    // Returns body_refused if the piece does not fit.
    constexpr errc add(std::uint64_t, bytes_in piece) noexcept {
        if (piece.size() > room_.size() - size_) return errc::body_refused;
        move_bytes(room_.data() + size_, piece.data(), piece.size());
        size_ += piece.size();
        return errc::ok;
    }

private:
    bytes_out   room_;
    std::size_t size_ = 0;
};

}  // namespace barelink::inline v0::http
