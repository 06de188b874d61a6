// SPDX-License-Identifier: BSL-1.0
// An HTTP/1.1 client over any transport: never blocks, allocates nothing, keeps no body.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/base/time.hpp>
#include <barelink/http/exchange.hpp>
#include <barelink/http/request.hpp>
#include <barelink/http/response.hpp>
#include <barelink/http/url.hpp>
#include <barelink/link/transport.hpp>

namespace barelink::inline v0::http {

// One exchange at a time, one connection each. `room` holds the head of the request and then each line of the response:
// 512 bytes do for most, more makes larger pieces. `url_room` is for redirects: without it none is followed, without
// `Redirects` there is no code for them. Lifetime: transport, rooms and sink must outlive the client.
template <class Transport, bool Redirects = true>
    requires(check_transport<Transport>())
class client {
public:
    constexpr client(Transport& transport, bytes_out room, sink const& to, bytes_out url_room = {}) noexcept
        : transport_{&transport}, room_{room}, url_room_{url_room}, exchange_{room, to} {}

    // Begins an exchange; one that is under way ends. Lifetime: `r` and what it borrows until the end. Returns
    // bad_address, bad_url, bad_header, bad_option or text_too_long: then nothing is sent.
    constexpr errc start(request const& r, instant now) noexcept {
        stop();
        redirects_ = r.redirects;
        result_    = exchange_.start(r);
        if (result_ != errc::ok) return result_;
        whole_.stop();
        if (r.timeout_ms != 0) whole_.arm(now + r.timeout_ms);
        begin(now);
        return errc::ok;
    }

    // Goes on. Returns would_block until the end; then ok, or why there is no answer: an error of the transport,
    // response_timeout (before a connection stands resolve_timeout, connect_timeout or tls_timeout), http_refused
    // (answer() has the status), malformed_response, head_too_long, too_many_redirects, bad_url for a redirect that is
    // not followed (to another scheme, or of a body to another host), or what the sink returned. Nothing is read
    // before the request is written: a server that answers early and hangs up is a connection_reset. Work: one read,
    // one write or one step of a connect.
    constexpr errc poll(instant now) noexcept {
        if (step_ == step::idle) return result_;
        auto const e = step_ == step::connecting ? connect(now) : step_ == step::sending ? send(now) : receive(now);
        if (e != errc::would_block) return end(e);
        // Time is checked last: what has come in time counts.
        return whole_.due(now) || idle_.due(now) ? end(late()) : e;
    }

    // Gives the connection back. The exchange has no result.
    constexpr void stop() noexcept {
        if (step_ != step::idle) transport_->close();
        step_ = step::idle;
    }

    [[nodiscard]] constexpr bool busy() const noexcept { return step_ != step::idle; }
    // Of the last response, as far as it has come.
    [[nodiscard]] constexpr response const& answer() const noexcept { return exchange_.answer(); }
    // When poll() has to be called at the latest.
    [[nodiscard]] constexpr deadline next_deadline() const noexcept {
        auto next = whole_;
        next.earliest(idle_);
        next.earliest(at_once_);
        return busy() ? next : deadline{};
    }
    // What the transport has to be waited for.
    [[nodiscard]] constexpr interest wants() const noexcept {
        return {.bytes = step_ == step::receiving, .room = step_ == step::sending};
    }

private:
    enum class step : std::uint8_t { idle, connecting, sending, receiving };

    constexpr void begin(instant now) noexcept {
        step_  = step::connecting;
        stage_ = connect_stage::resolve;
        progress(now);
        // There is nothing yet that the transport could be waited for.
        at_once_.arm(now);
    }
    constexpr void progress(instant now) noexcept {
        idle_.stop();
        if (exchange_.asked().idle_ms != 0) idle_.arm(now + exchange_.asked().idle_ms);
    }
    // Who has kept us waiting.
    [[nodiscard]] constexpr errc late() const noexcept {
        if (step_ != step::connecting) return errc::response_timeout;
        return stage_ == connect_stage::resolve   ? errc::resolve_timeout
               : stage_ == connect_stage::connect ? errc::connect_timeout
                                                  : errc::tls_timeout;
    }
    constexpr errc end(errc why) noexcept {
        stop();
        return result_ = why;
    }

    constexpr errc connect(instant now) noexcept {
        at_once_.stop();
        auto const& to    = exchange_.asked().to;
        auto const  stage = transport_->connect({to.host, to.port});
        if (!stage) return stage.error;
        if (stage.value != stage_) progress(now);
        stage_ = stage.value;
        if (stage_ == connect_stage::done) step_ = step::sending;
        return errc::would_block;
    }
    constexpr errc send(instant now) noexcept {
        auto const out  = exchange_.pending_output();
        auto const sent = transport_->write(out);
        if (!sent) return sent.error;
        exchange_.sent(sent.value);
        progress(now);
        if (exchange_.pending_output().empty()) step_ = step::receiving;
        return errc::would_block;
    }
    constexpr errc receive(instant now) noexcept {
        // First what the sink did not take the last time.
        if (auto const e = advance(now); e != errc::ok) return e;
        if (step_ != step::receiving) return errc::would_block;
        if (done_) return errc::ok;
        auto const count = transport_->read(exchange_.receive_window());
        if (count.error == errc::closed_by_peer) return exchange_.closed();
        if (!count) return count.error;
        exchange_.received(count.value);
        progress(now);
        if (auto const e = advance(now); e != errc::ok) return e;
        return done_ ? errc::ok : errc::would_block;
    }
    // Returns ok if there is nothing more to work through.
    constexpr errc advance(instant now) noexcept {
        auto const r = exchange_.advance();
        done_        = r && r.value == outcome::complete;
        if (r.error == errc::would_block) progress(now);  // our own sink keeps the other side waiting
        if (!r) return r.error;
        if (r.value != outcome::redirect) return errc::ok;
        if constexpr (Redirects) return follow(now);
        return errc::too_many_redirects;
    }

    constexpr errc follow(instant now) noexcept {
        if (redirects_ == 0) return errc::too_many_redirects;
        auto       next   = exchange_.asked();
        auto const status = answer().status;
        auto const location = exchange_.location();
        bool const whole    = !location.starts_with('/');
        // The head is done with: its memory behind the location is free.
        builder out{room_.subspan(location.size())};
        if (!whole) resolve(out, next.to, location);
        if (out.error() != errc::ok) return out.error();
        auto const text = whole ? location : out.view();
        auto const to   = read_url(text);
        if (!to) return to.error;
        bool const elsewhere = !same_text(to.value.host, next.to.host) || to.value.port != next.to.port;
        if (status == 303 && next.what != method::head) {
            next.what = method::get;
            next.body = next.content_type = {};
        }
        // Neither out of TLS nor into it: the transport stays; and what was meant for one host is sent to no other.
        bool const carries = next.what == method::post || next.what == method::put;
        if (to.value.tls != next.to.tls || (carries && (elsewhere || status < 307))) return errc::bad_url;
        if (elsewhere) next.fields = {};
        if (text.size() > url_room_.size()) return errc::head_too_long;
        move_bytes(url_room_.data(), text.data(), text.size());
        next.to = read_url({url_room_.data(), text.size()}).value;
        --redirects_;
        transport_->close();
        if (auto const e = exchange_.start(next); e != errc::ok) return e;
        begin(now);
        return errc::ok;
    }

    Transport*    transport_;
    bytes_out     room_;
    bytes_out     url_room_;
    exchange      exchange_;
    deadline      whole_     = {};
    deadline      idle_      = {};
    deadline      at_once_   = {};
    errc          result_    = errc::not_connected;
    connect_stage stage_     = connect_stage::resolve;
    step          step_      = step::idle;
    std::uint8_t  redirects_ = 0;
    bool          done_      = false;
};

}  // namespace barelink::inline v0::http
