// SPDX-License-Identifier: BSL-1.0
// Every cloud with its profiles, JSON and the HTTP client, with an engine and a transport of the device's own.
#include <cstdint>
#include <span>

#include <barelink/cloud/aliyun/endpoint.hpp>
#include <barelink/cloud/aliyun/explain.hpp>
#include <barelink/cloud/aliyun/https_auth.hpp>
#include <barelink/cloud/aliyun/psk.hpp>
#include <barelink/cloud/aliyun/registration.hpp>
#include <barelink/cloud/aliyun/topics.hpp>
#include <barelink/cloud/aliyun/x509.hpp>
#include <barelink/cloud/aws/sigv4.hpp>
#include <barelink/cloud/azure/hub.hpp>
#include <barelink/cloud/azure/provisioning.hpp>
#include <barelink/cloud/huawei/iotda.hpp>
#include <barelink/cloud/tencent/hub.hpp>
#include <barelink/http/client.hpp>
#include <barelink/link/platform.hpp>
#include <barelink/profile/aliyun/direct.hpp>
#include <barelink/profile/aliyun/https.hpp>
#include <barelink/profile/aliyun/registration.hpp>
#include <barelink/profile/aliyun/x509.hpp>
#include <barelink/profile/aws.hpp>
#include <barelink/profile/azure.hpp>
#include <barelink/profile/huawei.hpp>
#include <barelink/profile/tencent.hpp>
#include <barelink/text/hex.hpp>
#include <barelink/text/json.hpp>
#include <barelink/text/percent.hpp>

using namespace barelink;

extern "C" int  device_call(int what, void const* data, std::size_t size) noexcept;
extern "C" void device_take(void const* data) noexcept;

namespace {

struct engine {
    static errc ask(int what, std::string_view text) noexcept {
        return device_call(what, text.data(), text.size()) == 0 ? errc::ok : errc::crypto_failed;
    }
    errc mac_begin(digest kind, std::string_view key) noexcept { return ask(static_cast<int>(kind), key); }
    errc mac_add(std::string_view text) noexcept { return ask(3, text); }
    errc mac_end(bytes_out to) noexcept { return ask(4, text_of(to)); }
    errc digest_begin(digest kind) noexcept { return ask(5 + static_cast<int>(kind), {}); }
    errc digest_add(std::string_view text) noexcept { return ask(8, text); }
    errc digest_end(bytes_out to) noexcept { return ask(9, text_of(to)); }
    result<std::size_t> encode_base64(std::string_view from, bytes_out) noexcept {
        return {from.size(), ask(10, from)};
    }
    result<std::size_t> decode_base64(std::string_view from, bytes_out) noexcept {
        return {from.size(), ask(11, from)};
    }
};

struct wire {
    static result<std::size_t> move(int what, bytes_in bytes) noexcept {
        auto const count = device_call(what, bytes.data(), bytes.size());
        if (count <= 0) return errc::would_block;
        return static_cast<std::size_t>(count);
    }
    result<connect_stage> connect(endpoint const& to) noexcept {
        return device_call(20, to.host.data(), to.host.size()) != 0 ? connect_stage::done : connect_stage::connect;
    }
    result<std::size_t> read(bytes_out into) noexcept { return move(21, into); }
    result<std::size_t> write(bytes_in from) noexcept { return move(22, from); }
    void close() noexcept { device_call(23, nullptr, 0); }
};

template <class T>
int used(T const& value) noexcept {
    device_take(&value);
    return value.error == errc::ok ? 0 : 1;
}

constinit char       whole_room[512]                     = {};
constinit char       whole_answer[512]                   = {};
constinit json_token whole_tokens[aliyun::answer_tokens] = {};

int texts(std::string_view text, engine& e) noexcept {
    builder out{whole_room};
    out << hex{text} << percent{text} << json_string{text};
    return used(out.take()) + used(read_hex(text, whole_answer)) + used(read_percent(text, whole_answer)) +
           used(aliyun::public_host(whole_room, text, text)) + used(aliyun::rrpc_response(whole_room, text)) +
           used(aliyun::make_psk(whole_room, {text, text, text}, e));
}

int aliyun_device(aliyun::identity const& id, std::string_view answer, engine& e) noexcept {
    auto const a = aliyun::read_auth_answer(answer, whole_tokens, whole_answer);
    auto const r = aliyun::read_registration(answer, whole_tokens, whole_answer);
    aliyun::applicant const asks{id.product_key, id.device_name, answer, "1", digest::sha1};
    return used(aliyun::direct_login(whole_room, id, {}, e)) + used(aliyun::auth_body(whole_room, id, {}, e)) +
           used(aliyun::token_login(whole_room, id, {}, a.value)) + used(aliyun::register_body(whole_room, asks, e)) +
           used(aliyun::register_login(whole_room, asks, aliyun::name_is::unknown, answer, e)) +
           used(aliyun::device_token_login(whole_room, r.value)) + used(aliyun::x509_login(whole_room, id, {})) +
           used(aliyun::read_x509_identity(answer, whole_tokens, whole_answer)) +
           used(aliyun::read_register_answer(answer, whole_tokens, whole_answer)) +
           used(aliyun::expand(whole_room, aliyun::property_post, id)) +
           static_cast<int>(aliyun::explain(a.error).size());
}

int others(std::string_view text, std::uint64_t now, engine& e) noexcept {
    azure::enrollment const new_device{text, text};
    return used(aws::websocket_request(whole_room, {text, text, text}, text, text, now, e)) +
           used(aws::authorizer_login(whole_room, text, {text, text, text, text, text, text})) +
           used(azure::key_login(whole_room, azure::identity{text, text, text}, {text, text}, now, e)) +
           used(azure::key_login(whole_room, new_device, text, now, e)) +
           used(azure::read_assignment(text, text, whole_tokens, whole_answer)) +
           used(azure::read_method_call(text)) +
           used(tencent::key_login(whole_room, {text, text, text}, {digest::sha1, text, now}, e)) +
           used(huawei::secret_login(whole_room, {text, text}, huawei::hour_is::checked, now, e)) +
           used(huawei::command_answer(whole_room, text, text));
}

constinit aliyun::https_room<> whole_https{};

struct calendar {
    static wall_time now() noexcept {
        return {time_trust::trusted, static_cast<std::uint64_t>(device_call(30, nullptr, 0))};
    }
};
struct dice {
    static std::uint32_t draw() noexcept { return static_cast<std::uint32_t>(device_call(31, nullptr, 0)); }
};

template <class Profile>
int asked(Profile& p, instant now) noexcept {
    login       out;
    lease       with{.now = now};
    auto const  error = p.refresh(out, with);
    message const m{out.client_id, out.password};
    device_take(&with);
    int refused = error == errc::ok ? 0 : 1;
    if constexpr (platform_policy<Profile>) refused += p.check_message(m, 1) == errc::ok ? 0 : 1;
    return refused;
}

int profiles(std::string_view text, instant now, engine& e, wire& w) noexcept {
    calendar                       c;
    dice                           d;
    aliyun::direct_device          direct{{text, text, text}, {.region = text}, e};
    aliyun::https_device           https{whole_https, w, {text, text, text}, {.region = text}, e};
    aliyun::https_registration     by_https{whole_https, w, {.region = text}, e};
    aliyun::mqtt_registration      by_mqtt{aliyun::applicant{text, text, text, text}, aliyun::name_is::unknown, {}, e};
    aliyun::token_device           token{by_mqtt.got(), {.instance = text}};
    aliyun::x509_device<>          x509{{.client_id = text}};
    aws::certificate_device        certificate{text, {text, text}};
    aws::authorizer_device<>       authorizer{text, {}, {text, text}};
    azure::key_device              key{{text, text, text}, {text, text}, e, c};
    azure::certificate_device<>    own{{text, text, text}};
    tencent::key_device            tencent{{text, text, text}, e, c, d};
    huawei::secret_device          huawei{{text, text}, huawei::hour_is::checked, e, c};
    auto const                     begun = by_https.start({text, text, text, text}, now);
    https.stop();
    return asked(direct, now) + asked(https, now) + asked(by_mqtt, now) + asked(token, now) + asked(x509, now) +
           asked(certificate, now) + asked(authorizer, now) + asked(key, now) + asked(own, now) + asked(tencent, now) +
           asked(huawei, now) + (begun == errc::ok && by_https.poll(now) == errc::ok ? 1 : 0) +
           (by_mqtt.take(text, text) == errc::ok ? 1 : 0) + (x509.take(text, text) == errc::ok ? 1 : 0);
}

}  // namespace

extern "C" int whole_clouds(std::string_view text, std::uint64_t now, http::request const& r) {
    engine          e;
    wire            w;
    http::collector body{whole_answer};
    http::client    web{w, whole_room, body.to(), bytes_out{whole_answer}.last(128)};
    auto            error = web.start(r, {});
    while (error == errc::would_block) error = web.poll({static_cast<std::uint32_t>(now)});
    device_take(&web.answer());
    return profiles(text, {static_cast<std::uint32_t>(now)}, e, w) + texts(text, e) +
           aliyun_device({text, text, text}, body.text(), e) + others(text, now, e);
}
