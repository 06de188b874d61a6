// SPDX-License-Identifier: BSL-1.0
// One question to an HTTPS service of Alibaba Cloud IoT, and its answer, in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/base/time.hpp>
#include <barelink/cloud/aliyun/answer.hpp>
#include <barelink/cloud/aliyun/endpoint.hpp>
#include <barelink/http/client.hpp>
#include <barelink/link/transport.hpp>

namespace barelink::inline v0::aliyun {

// The HTTPS services. Lifetime: the views as long as who is given it.
struct service {
    std::string_view region = {};
    std::string_view host   = {};  // another one than the region's
    std::uint16_t    port   = https_port;
    bool             tls    = true;  // says what the transport is; the platform takes nothing else
    // For the whole exchange, from the name to the last byte. More for a device whose handshake takes longer; then
    // options::credentials_timeout_ms, too.
    std::uint32_t    timeout_ms = auth_timeout_ms;
};

// What an exchange may take. The answers have about 300 bytes; one that is longer is refused by body_refused, a line
// of its head by head_too_long.
struct https_limits {
    std::uint16_t line_bytes   = 512;   // the head of the request, then each line of the answer's head
    std::uint16_t answer_bytes = 1024;  // the body of the answer
    std::uint16_t text_bytes   = 640;   // the body of the request, then what the answer is kept in
    std::uint16_t poll_ms      = 10;    // how often to look for the answer where nothing else wakes the device
};

// The memory of an exchange: `static constinit https_room<> room{};` lies in .bss. Lifetime: must outlive whom it is
// given to. A registration and the authentications after it may share one. The token or secret that came last stays in
// it: who keeps that somewhere else lets wipe() (crypto/engine.hpp) forget it.
template <https_limits L = https_limits{}>
struct https_room {
    static_assert(L.line_bytes >= 192, "barelink: https_limits::line_bytes must be at least 192, for a request's head");
    static_assert(L.answer_bytes >= 128, "barelink: https_limits::answer_bytes must be at least 128");
    static_assert(L.text_bytes >= 320, "barelink: https_limits::text_bytes must be at least 320, for a signed form");

    char lines[L.line_bytes];
    char answer[L.answer_bytes];
    char text[L.text_bytes];
};

namespace detail {

template <class Transport, https_limits L>
class form_post {
public:
    constexpr form_post(https_room<L>& room, Transport& t) noexcept
        : text_{room.text}, body_{room.answer}, web_{t, room.lines, body_.to()} {}
    form_post(form_post const&)            = delete;
    form_post& operator=(form_post const&) = delete;

    // Memory for host and body of the question, and free again behind the answer.
    [[nodiscard]] constexpr bytes_out text() noexcept { return text_; }

    // `form`: of text(). Returns what http::client::start() does, bad_address.
    constexpr errc start(service const& where, std::string_view host, std::string_view path, std::string_view form,
                         instant now) noexcept {
        status_ = 0;
        body_.clear();
        return web_.start({.what         = http::method::post,
                           .to           = {where.tls, host, where.port, path},
                           .content_type = form_type,
                           .body         = form,
                           .any_status   = true,
                           .timeout_ms   = where.timeout_ms,
                           .idle_ms      = 0},
                          now);
    }
    // Returns would_block; ok when answer() is there; else what http::client::poll() does, or what error_of() says of
    // an HTTP status that is not 200.
    constexpr errc poll(instant now) noexcept {
        auto const e = web_.poll(now);
        if (e == errc::would_block) return e;
        status_ = web_.answer().status;
        return e == errc::ok ? error_of(status_) : e;
    }
    constexpr void stop() noexcept { web_.stop(); }

    [[nodiscard]] constexpr bool             busy() const noexcept { return web_.busy(); }
    [[nodiscard]] constexpr std::string_view answer() const noexcept { return body_.text(); }
    [[nodiscard]] constexpr std::uint32_t    status() const noexcept { return status_; }
    [[nodiscard]] constexpr interest         wants() const noexcept { return web_.wants(); }
    // Nothing wakes the owner of another transport when bytes come, so it has to look.
    [[nodiscard]] constexpr deadline next_deadline(instant now) const noexcept {
        auto next = web_.next_deadline();
        if (busy()) next.earliest(now + L.poll_ms);
        return next;
    }

private:
    bytes_out                      text_;
    http::collector                body_;
    http::client<Transport, false> web_;
    std::uint32_t                  status_ = 0;
};

// The host of a service, built in front of `room` if there is no other; then `room` is what is left. Returns
// bad_address, text_too_long.
constexpr result<std::string_view> find(bytes_out& room, service const& where) noexcept {
    if (!where.host.empty()) return where.host;
    auto const host = auth_host(room, where.region);
    if (host) room = room.subspan(host.value.size());
    return host;
}

}  // namespace detail

}  // namespace barelink::inline v0::aliyun
