// SPDX-License-Identifier: BSL-1.0
// A device of Alibaba Cloud IoT whose TLS certificate says who it is.
#pragma once

#include <cstddef>
#include <string_view>

#include <barelink/base/errc.hpp>
#include <barelink/cloud/aliyun/connect.hpp>
#include <barelink/cloud/aliyun/endpoint.hpp>
#include <barelink/cloud/aliyun/limits.hpp>
#include <barelink/cloud/aliyun/x509.hpp>
#include <barelink/cloud/rules.hpp>
#include <barelink/link/credentials.hpp>
#include <barelink/text/builder.hpp>

namespace barelink::inline v0::aliyun {

// Credentials and rules of a client; certificate and key go into tls::settings. The first connection has no name: the
// cloud tells it in a message that comes by itself, and the connections that follow carry it.
template <platform_limits Limits = limits>
class x509_device : public platform_rules<Limits> {
public:
    // `how` must have a client id, such as a serial number. `known`: names that were learnt before and stored, or none.
    // Lifetime: that of their views.
    constexpr explicit x509_device(connect_options const& how, identity const& known = {}) noexcept
        : id_{known}, how_{how} {}

    // Returns what x509_login() does: bad_client_id without one.
    constexpr errc refresh(login& out, lease& with) noexcept {
        if (with.to.host.empty()) with.to = {x509_host, x509_port};
        auto const made = x509_login(room_, id_, how_);
        if (made) out = made.value;
        return made.error;
    }
    // Give it each message. Returns would_block for one that is about something else; ok when id() is told, for
    // storing; what read_x509_identity() does. Stack: the tokens of the answer, 768 bytes.
    errc take(std::string_view topic, std::string_view payload) noexcept {
        if (topic != x509_identity_topic) return errc::would_block;
        json_token tokens[48];
        // Not into names_: what is known stands there, and stays if this cannot be read.
        char       fresh[sizeof names_] = {};
        auto const got                  = read_x509_identity(payload, tokens, fresh);
        if (!got) return got.error;
        builder    out{names_};
        auto const product_key = (out << got.value.product_key).take();
        auto const device_name = (out << got.value.device_name).take();
        id_                    = {product_key.value, device_name.value, {}};
        return errc::ok;
    }
    [[nodiscard]] constexpr identity const& id() const noexcept { return id_; }

private:
    identity        id_;
    connect_options how_;
    char            names_[product_key_max + device_name_max] = {};
    char            room_[login_room + 64]                    = {};
};

}  // namespace barelink::inline v0::aliyun
