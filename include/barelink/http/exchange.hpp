// SPDX-License-Identifier: BSL-1.0
// One request and its response, without a transport: bytes in, bytes out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/http/body.hpp>
#include <barelink/http/request.hpp>
#include <barelink/http/response.hpp>
#include <barelink/http/url.hpp>

namespace barelink::inline v0::http {

// All lines in front of a body together.
inline constexpr std::size_t head_max = 32U * 1024U;

// What the end of a response means.
enum class outcome : std::uint8_t { open, complete, redirect };

// `room` holds the head of the request, and then what is read: each line of the response must fit. Without a sink the
// body is dropped.
class exchange {
public:
    constexpr exchange() noexcept = default;
    constexpr exchange(bytes_out room, sink const& to) noexcept : room_{room}, sink_{to} {}

    // Begins. Lifetime: `r` and what it borrows until the end. Returns what check() of a request does, text_too_long if
    // `room` does not hold the head.
    constexpr errc start(request const& r) noexcept {
        request_ = r;
        if (auto const e = check(request_); e != errc::ok) return e;
        builder out{room_};
        add_head(out, request_);
        head_out_ = out.view();
        body_out_ = request_.body;
        begin_ = end_ = head_size_ = kept_ = 0;
        location_                  = {};
        response_                  = {};
        in_head_                   = true;
        is_redirect_               = false;
        return out.error();
    }

    // What has to be written; empty when all has been.
    [[nodiscard]] constexpr bytes_in pending_output() const noexcept {
        return head_out_.empty() ? body_out_ : head_out_;
    }
    // Requires: at most what was pending.
    constexpr void sent(std::size_t count) noexcept {
        (head_out_.empty() ? body_out_ : head_out_).remove_prefix(count);
    }

    // Where to read to. Requires: nothing is pending. Empty if a line is too long for the room.
    constexpr bytes_out receive_window() noexcept {
        if (begin_ != kept_) {
            move_bytes(room_.data() + kept_, room_.data() + begin_, end_ - begin_);
            end_ -= begin_ - kept_;
            begin_ = kept_;
        }
        return room_.subspan(end_);
    }
    constexpr void received(std::size_t count) noexcept { end_ += count; }

    // Works through what has come. Returns `open` if more has to be read; would_block if the sink wants to be asked
    // again; http_refused for a status that is no success; malformed_response, head_too_long, too_many_redirects or
    // the sink's error.
    constexpr result<outcome> advance() noexcept {
        while (in_head_) {
            auto const l = first_line(waiting());
            if (l.size == 0) return more();
            auto const e = l.text.empty() ? end_head() : read_line(l.text);
            begin_ += l.size;
            head_size_ += l.size;
            if (e != errc::ok) return e;
            if (head_size_ > head_max) return errc::head_too_long;
            if (is_redirect_) return outcome::redirect;
        }
        auto const taken =
            body_.take(waiting(), [this](std::uint64_t offset, bytes_in piece) { return give(offset, piece); });
        begin_ += taken.value;
        if (taken.error != errc::ok) return taken.error;
        if (body_.done()) return outcome::complete;
        return more();
    }
    // The other side has closed its end. Requires: advance() has worked through what came before.
    [[nodiscard]] constexpr errc closed() const noexcept { return in_head_ ? errc::closed_by_peer : body_.closed(); }

    [[nodiscard]] constexpr response const& answer() const noexcept { return response_; }
    [[nodiscard]] constexpr request const& asked() const noexcept { return request_; }
    // Where a redirect leads. Lifetime: until the next call of anything else.
    [[nodiscard]] constexpr std::string_view location() const noexcept { return location_; }

private:
    [[nodiscard]] constexpr std::string_view waiting() const noexcept {
        return {room_.data() + begin_, end_ - begin_};
    }
    // Half a line that fills the room can never be a whole one.
    [[nodiscard]] constexpr result<outcome> more() const noexcept {
        return {outcome::open, end_ - begin_ == room_.size() - kept_ ? errc::head_too_long : errc::ok};
    }
    constexpr errc read_line(std::string_view text) noexcept {
        if (response_.status == 0) return read_status_line(text, response_);
        std::string_view location;
        if (auto const e = read_field(text, response_, location); e != errc::ok) return e;
        if (location.empty() || request_.redirects == 0 || kept_ != 0) return errc::ok;
        // Kept at the front of the room, where this line and those before it were; the ones that follow have less.
        kept_ = location.size();
        move_bytes(room_.data(), location.data(), kept_);
        location_ = {room_.data(), kept_};
        return errc::ok;
    }
    constexpr errc end_head() noexcept {
        auto const status = response_.status;
        if (status == 0) return errc::malformed_response;
        if (auto const e = check(response_); e != errc::ok) return e;
        if (status < 200) {
            // An interim response; 101 would be an answer to a question that was not asked.
            response_ = {};
            location_ = {};
            kept_     = 0;
            return status == 101 ? errc::malformed_response : errc::ok;
        }
        bool const leads_on = status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
        if (leads_on && !location_.empty()) {
            is_redirect_ = true;
            return errc::ok;
        }
        if (auto const e = check_range(); e != errc::ok) return e;
        bool const success = status < 300;
        if (!success && !request_.any_status) return errc::http_refused;
        body_    = body_reader{response_, request_.what == method::head || status == 204 || status == 304};
        in_head_ = false;
        kept_    = 0;
        return errc::ok;
    }
    constexpr errc give(std::uint64_t offset, bytes_in piece) noexcept {
        auto mine = piece;
        // More may come than the part has: only a length could be compared with it in advance.
        if (response_.has_range && piece.size() > response_.last + 1 - offset) {
            mine = piece.first(static_cast<std::size_t>(response_.last + 1 - offset));
        }
        auto const e = sink_ && !mine.empty() ? sink_(offset, mine) : errc::ok;
        return e == errc::ok && mine.size() != piece.size() ? errc::malformed_response : e;
    }
    // A part that was not asked for would be put in the wrong place.
    [[nodiscard]] constexpr errc check_range() noexcept {
        auto const& wanted = request_.range;
        if (response_.status != 206) {
            // Beside another status a range says nothing about the body [RFC 9110, 14.4].
            response_.has_range = false;
            response_.first = response_.last = 0;
            return errc::ok;
        }
        bool const fits = wanted.wanted && response_.first == wanted.first && response_.last <= wanted.last;
        return fits ? errc::ok : errc::malformed_response;
    }

    bytes_out        room_        = {};
    sink             sink_        = {};
    request          request_     = {};
    response         response_    = {};
    body_reader      body_        = {};
    std::string_view head_out_    = {};
    std::string_view body_out_    = {};
    std::string_view location_    = {};
    std::size_t      begin_       = 0;  // what has come and is not worked through is between these
    std::size_t      end_         = 0;
    std::size_t      kept_        = 0;  // bytes of the location, in front of them
    std::size_t      head_size_   = 0;
    bool             in_head_     = true;
    bool             is_redirect_ = false;
};

}  // namespace barelink::inline v0::http
