// SPDX-License-Identifier: BSL-1.0
// What CONNECT says on Alibaba Cloud IoT: the client id carries a list of fields between bars, the password is a
// signature over some of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/cloud/aliyun/identity.hpp>
#include <barelink/crypto/engine.hpp>
#include <barelink/link/credentials.hpp>
#include <barelink/text/builder.hpp>

namespace barelink::inline v0::aliyun {

// How the connection is protected and authenticated.
enum class secure_mode : std::int8_t {
    device_token = -2,  // TLS, with the token of a registration without pre-registered names
    https_tls    = -1,  // TLS, with the token of the HTTPS authentication
    https_tcp    = 0,   // TCP, likewise
    tls          = 2,   // TLS, signed with DeviceSecret
    tcp          = 3,   // TCP, likewise: refused for accounts made since August 2022
};

// What Alibaba's own devices send instead of the time: the platform does not compare it with its clock.
inline constexpr std::string_view timeless = "2524608000000";

struct connect_options {
    digest      method = digest::sha256;
    secure_mode mode   = secure_mode::tls;
    // Before the first bar. Without data it is "ProductKey.DeviceName"; empty with data it stays empty, for a client id
    // that a 5.0 Server assigns.
    std::string_view client_id = {};
    // Milliseconds since 1970 in digits. Without data it is neither sent nor signed.
    std::string_view timestamp = timeless;
    // Further fields, with commas between them. "_ss=1" has the cloud subscribe to the system topics; "ext=1" asks for
    // RRPC on topics of your own, "ext=3" for extended notifications too.
    std::string_view extensions = {};
};

// Bytes that a login needs at most, without extensions.
inline constexpr std::size_t login_room =
    client_id_max + 68 + (device_name_max + 1 + product_key_max) + 2 * digest_size_max;

namespace detail {
[[nodiscard]] constexpr errc check(connect_options const& o) noexcept {
    if (!good_client_id(o.client_id)) return errc::bad_client_id;
    if (!good_timestamp(o.timestamp)) return errc::bad_timestamp;
    return o.extensions.empty() || is_word(o.extensions, 1024, "|") ? errc::ok : errc::bad_extension;
}

constexpr void add_signed_number(builder& out, int number) noexcept {
    if (number < 0) out << '-';
    out << static_cast<unsigned>(number < 0 ? -number : number);
}

// The part before the first bar, which is what is signed.
constexpr result<std::string_view> plain_client_id(builder& out, identity const& id, std::string_view wished) noexcept {
    if (wished.data() != nullptr) {
        out << wished;
    } else {
        out << id.product_key << '.' << id.device_name;
    }
    return out.error() == errc::ok ? result<std::string_view>{out.view()} : result<std::string_view>{out.error()};
}

// Ends the client id that was begun by plain_client_id().
constexpr result<std::string_view> finish_client_id(builder& out, connect_options const& o) noexcept {
    out << "|securemode=";
    add_signed_number(out, static_cast<int>(o.mode));
    out << ",signmethod=" << sign_method(o.method);
    if (o.timestamp.data() != nullptr) out << ",timestamp=" << o.timestamp;
    if (!o.extensions.empty()) out << ',' << o.extensions;
    out << '|';
    return out.take();
}

constexpr result<std::string_view> user_name(builder& out, identity const& id) noexcept {
    out << id.device_name << '&' << id.product_key;
    return out.take();
}
}  // namespace detail

// The login of a device that has its DeviceSecret, without asking anybody first. Returns bad_product_key,
// bad_device_name, bad_device_secret, bad_client_id, bad_timestamp, bad_extension, crypto_failed, or text_too_long if
// `room` has less than login_room and the extensions. Lifetime: the login is views of `room`, which is only written.
template <mac_engine Engine>
[[nodiscard]] constexpr result<login> direct_login(bytes_out room, identity const& id, connect_options const& o,
                                                   Engine& engine) noexcept {
    if (auto const e = check(id); e != errc::ok) return e;
    if (auto const e = detail::check(o); e != errc::ok) return e;
    builder    out{room};
    auto const plain     = detail::plain_client_id(out, id, o.client_id);
    auto const client_id = detail::finish_client_id(out, o);
    auto const user      = detail::user_name(out, id);
    detail::add_signature(out, engine, o.method, id, {.client_id = plain.value, .timestamp = o.timestamp});
    auto const password = out.take();
    if (!password) return password.error;
    return login{client_id.value, user.value, password.value};
}

// The login of a device whose TLS certificate says who it is (aliyun::x509_host). `id` without names is right for the
// first connection, after which the cloud tells them (read_x509_identity()). Returns as direct_login().
[[nodiscard]] constexpr result<login> x509_login(bytes_out room, identity const& id,
                                                 connect_options const& o) noexcept {
    bool const first = id.product_key.empty() && id.device_name.empty();
    if (auto const e = first ? errc::ok : check_name(id); e != errc::ok) return e;
    if (auto const e = detail::check(o); e != errc::ok) return e;
    // "." would be no id of anybody.
    if (first && o.client_id.empty()) return errc::bad_client_id;
    builder out{room};
    (void)detail::plain_client_id(out, id, o.client_id);
    auto const client_id = detail::finish_client_id(out, o);
    auto const user      = detail::user_name(out, id);
    if (!user) return user.error;
    return login{client_id.value, user.value, std::string_view{"", 0}};
}

}  // namespace barelink::inline v0::aliyun
