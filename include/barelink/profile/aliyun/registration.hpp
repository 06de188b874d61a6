// SPDX-License-Identifier: BSL-1.0
// Dynamic registration on Alibaba Cloud IoT: once in its life a device with the secret of its product asks for one of
// its own. The caller stores what it gets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/base/time.hpp>
#include <barelink/cloud/aliyun/registration.hpp>
#include <barelink/crypto/engine.hpp>
#include <barelink/link/credentials.hpp>
#include <barelink/profile/aliyun/form_post.hpp>
#include <barelink/profile/aliyun/site.hpp>

namespace barelink::inline v0::aliyun {

// By HTTPS, for a device whose name stands in the console; the service knows no other variant. It is polled:
//
//   if (r.start(applicant, now) == errc::ok) while ((e = r.poll(now)) == errc::would_block) sleep(...);
//   if (e == errc::ok) store(r.got().device_secret);
template <class Transport, mac_engine Engine, https_limits Room = https_limits{}>
class https_registration {
public:
    // Lifetime: what it is made of must outlive it. `web` is given back at the end.
    constexpr https_registration(https_room<Room>& room, Transport& web, service const& where, Engine& engine) noexcept
        : post_{room, web}, where_{where}, engine_{&engine} {}

    // Returns what register_body() does, bad_address, text_too_long: then nothing is sent.
    constexpr errc start(applicant const& a, instant now) noexcept {
        stop();
        got_            = {};
        auto       room = post_.text();
        auto const host = detail::find(room, where_);
        if (!host) return error_ = host.error;
        auto const form = register_body(room, a, *engine_);
        if (!form) return error_ = form.error;
        auto const e = post_.start(where_, host.value, register_path, form.value, now);
        return error_ = e == errc::ok ? errc::would_block : e, e;
    }
    // Returns would_block until the end; then ok, or what http::client::poll() and read_register_answer() say: 400 is
    // identity_refused, 401 device_secret_refused (here: ProductSecret), 5001 device_unknown, 6200
    // authentication_type_refused (registration is not switched on). Stack: the tokens of the answer, 768 bytes.
    constexpr errc poll(instant now) noexcept {
        if (!post_.busy()) return error_;
        error_ = post_.poll(now);
        if (error_ == errc::would_block) return error_;
        got_.code = post_.status();
        return error_ == errc::ok ? error_ = take() : error_;
    }
    // Hangs up. The registration has no result.
    constexpr void stop() noexcept {
        post_.stop();
        error_ = errc::not_connected;
    }

    // What came; `code` also beside an error. Lifetime: until the next start(), or until somebody else uses the room:
    // store it before that.
    [[nodiscard]] constexpr registration const& got() const noexcept { return got_; }
    // When to poll at the latest, and what the transport has to be waited for.
    [[nodiscard]] constexpr deadline next_deadline(instant now) const noexcept { return post_.next_deadline(now); }
    [[nodiscard]] constexpr interest wants() const noexcept { return post_.wants(); }

private:
    errc take() noexcept {
        json_token tokens[answer_tokens];
        auto const answer = read_register_answer(post_.answer(), tokens, post_.text());
        auto const status = got_.code;
        got_              = answer.value;
        if (got_.code == 0) got_.code = status;
        return answer.error;
    }

    detail::form_post<Transport, Room> post_;
    service                            where_;
    Engine*                            engine_;
    registration                       got_   = {};
    errc                               error_ = errc::not_connected;
};

// By MQTT over TLS, both variants: credentials of a client that connects only for this, with options::reconnect off.
// The answer is pushed, nothing has to be subscribed to:
//
//   if (e.type == event_type::message && registrar.take(e.topic, e.payload) == errc::ok) mqtt.disconnect();
//
// The sources differ on the topic of the answer for a name that is unknown (both are taken) and on its securemode (2 is
// sent). The keep alive is not looked at, and the cloud hangs up after 15 s: closed_by_peer before an answer means that
// none will come. CONNACK 4 means ProductSecret, names or signature; 2 a parameter, or a connection without TLS.
template <mac_engine Engine, std::size_t RoomBytes = 512>
class mqtt_registration {
public:
    // Lifetime: what it is made of must outlive it.
    constexpr mqtt_registration(applicant const& a, name_is name, site const& where, Engine& engine) noexcept
        : applicant_{a}, name_{name}, where_{where}, engine_{&engine} {}

    // Returns what register_login() does, bad_address, text_too_long.
    constexpr errc refresh(login& out, lease& with) noexcept {
        got_ = {};
        if (auto const e = detail::find(host_, with.to, applicant_.product_key, where_); e != errc::ok) return e;
        auto const instance = where_.instance.empty() ? instance_of(with.to.host) : where_.instance;
        auto const made     = register_login(room_, applicant_, name_, instance, *engine_);
        if (made) out = made.value;
        return made.error;
    }
    // Give it each message. Returns would_block for one that is about something else, or comes behind the answer; ok
    // when got() is there; what read_registration() does. Stack: the tokens of the answer, 768 bytes.
    errc take(std::string_view topic, std::string_view payload) noexcept {
        if (!is_registration(topic) || !got_.product_key.empty()) return errc::would_block;
        json_token tokens[answer_tokens];
        auto const answer = read_registration(payload, tokens, room_);
        got_              = answer.value;
        return answer.error;
    }

    // device_secret, or client_id and device_token (then: token_device). Lifetime: until the next connect.
    [[nodiscard]] constexpr registration const& got() const noexcept { return got_; }

private:
    applicant    applicant_;
    name_is      name_;
    site         where_;
    Engine*      engine_;
    registration got_             = {};
    char         host_[host_room] = {};
    char         room_[RoomBytes] = {};
};

}  // namespace barelink::inline v0::aliyun
