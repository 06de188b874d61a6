// SPDX-License-Identifier: BSL-1.0
// A device of Alibaba Cloud IoT that asks by HTTPS for a token and for its broker, before each connect.
//
//   static constinit aliyun::https_room<> room{};
//   aliyun::https_device device{room, web, {product_key, name, device_secret}, {.region = "cn-shanghai"}, engine};
//   client               mqtt{memory, tls, clock, my_options, device};
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/config.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/cloud/aliyun/https_auth.hpp>
#include <barelink/cloud/aliyun/limits.hpp>
#include <barelink/cloud/rules.hpp>
#include <barelink/crypto/engine.hpp>
#include <barelink/link/credentials.hpp>
#include <barelink/profile/aliyun/form_post.hpp>

namespace barelink::inline v0::aliyun {

// Credentials and rules of a client. Leave options::host empty: the answer names the broker, which may have moved, and
// TLS looks for the host of the answer as long as tls::settings::server is empty. A host that is set comes before it.
// `web` may be the very transport of the client: it is at rest while we ask, and given back before the client connects.
// Lifetime: what it is made of must outlive it.
template <class Transport, mac_engine Engine, https_limits Room = https_limits{}, platform_limits Limits = limits>
class https_device : public platform_rules<Limits> {
public:
    // secure_mode::tls and tcp become https_tls and https_tcp.
    constexpr https_device(https_room<Room>& room, Transport& web, identity const& id, service const& where,
                           Engine& engine, connect_options const& how = {}) noexcept
        : post_{room, web}, id_{id}, where_{where}, how_{how}, engine_{&engine} {
        if (how_.mode == secure_mode::tls) how_.mode = secure_mode::https_tls;
        if (how_.mode == secure_mode::tcp) how_.mode = secure_mode::https_tcp;
    }

    // Returns would_block while the service is asked; what auth_body() says of identity and options; what
    // http::client::poll() says of the way there (a timeout after service::timeout_ms); what read_auth_answer() says of
    // the answer: identity_refused, device_secret_refused, device_unknown and so on. After each of them the next call
    // asks anew. Stack: the tokens of the answer, 768 bytes.
    constexpr errc refresh(login& out, lease& with) noexcept {
        error_ = step(out, with);
        if (error_ == errc::would_block) with.ask_at = post_.next_deadline(with.now);
        return error_;
    }
    // Hangs up.
    constexpr void stop() noexcept {
        post_.stop();
        if (error_ == errc::would_block) error_ = errc::not_connected;
    }

    // Why the service has given no token the last time, would_block while it is asked, not_connected before that and
    // after stop(); ok: it has. So an error of the connection to the service is told from one of the connection to the
    // broker.
    [[nodiscard]] constexpr errc error() const noexcept { return error_; }
    // The code of the last answer, or its HTTP status; 0 if there was none.
    [[nodiscard]] constexpr std::uint32_t code() const noexcept { return code_; }

    // The platform's word on how long a token is good; the client comes back before it is over. 0: ask at reconnects
    // only. At most 24 days.
    std::uint32_t token_life_ms = 7U * 24U * 3'600U * 1'000U;

private:
    constexpr errc step(login& out, lease& with) noexcept {
        // Nothing of the network in the first call: client::connect() returns what is wrong with the identity, and what
        // is wrong with the way is told as the end of an attempt, which is followed by others.
        if (!post_.busy()) {
            auto const e = ask(with.now);
            return e == errc::ok ? errc::would_block : e;
        }
        auto const e = post_.poll(with.now);
        if (e == errc::would_block) return e;
        code_ = post_.status();
        return e == errc::ok ? take(out, with) : e;
    }
    constexpr errc ask(instant now) noexcept {
        code_           = 0;
        auto       room = post_.text();
        auto const host = detail::find(room, where_);
        if (!host) return host.error;
        auto const form = auth_body(room, id_, how_, *engine_);
        if (!form) return form.error;
        return post_.start(where_, host.value, auth_path, form.value, now);
    }
    // The stack that it needs is not for every call of a client.
    BARELINK_NOINLINE errc take(login& out, lease& with) noexcept {
        json_token tokens[answer_tokens];
        auto const room   = post_.text();
        auto const answer = read_auth_answer(post_.answer(), tokens, room);
        auto const& got   = answer.value;
        code_             = got.code != 0 ? got.code : code_;
        if (!answer) return answer.error;
        // The host lies behind the other names.
        auto const used = static_cast<std::size_t>(got.host.data() - room.data()) + got.host.size();
        auto const made = token_login(room.subspan(used), id_, how_, got);
        if (!made) return made.error;
        out = made.value;
        if (with.to.host.empty()) with.to = {got.host, got.port};
        if (token_life_ms != 0) with.valid_until.arm(with.now + token_life_ms);
        return errc::ok;
    }

    detail::form_post<Transport, Room> post_;
    identity                           id_;
    service                            where_;
    connect_options                    how_;
    Engine*                            engine_;
    std::uint32_t                      code_  = 0;
    errc                               error_ = errc::not_connected;
};

}  // namespace barelink::inline v0::aliyun
