// SPDX-License-Identifier: BSL-1.0
// The credentials of one profile, over an engine, a calendar and noise that are outside of what is measured. Included
// by job.hpp, within its namespace.
#pragma once

namespace outside {

using barelink::errc;

struct engine {
    static errc ask(std::string_view text) noexcept {
        return hal_send(text.data(), text.size()) == 0 ? errc::ok : errc::crypto_failed;
    }
    static errc mac_begin(barelink::digest kind, std::string_view key) noexcept {
        return hal_running(static_cast<int>(kind)) != 0 ? ask(key) : errc::crypto_failed;
    }
    static errc mac_add(std::string_view text) noexcept { return ask(text); }
    static errc mac_end(barelink::bytes_out to) noexcept {
        return hal_recv(to.data(), to.size()) == 0 ? errc::ok : errc::crypto_failed;
    }
    static barelink::result<std::size_t> encode_base64(std::string_view from, barelink::bytes_out to) noexcept {
        return {static_cast<std::size_t>(hal_recv(to.data(), to.size())), ask(from)};
    }
    static barelink::result<std::size_t> decode_base64(std::string_view from, barelink::bytes_out to) noexcept {
        return encode_base64(from, to);
    }
};
struct calendar {
    static barelink::wall_time now() noexcept { return {barelink::time_trust::trusted, hal_ms()}; }
};
struct noise {
    static std::uint32_t draw() noexcept { return hal_ms(); }
};

inline engine   signs;
inline calendar date;
inline noise    dice;

}  // namespace outside

#if PROFILE == 1
constinit barelink::aliyun::direct_device credentials{
    {"a1AbCdEfGhI", "dev01", "secret"}, {.region = "cn-shanghai"}, outside::signs};
#elif PROFILE == 2
constinit barelink::aliyun::https_room<> room{};
constinit barelink::aliyun::https_device credentials{
    room, transport, {"a1AbCdEfGhI", "dev01", "secret"}, {.region = "cn-shanghai"}, outside::signs};
#elif PROFILE == 3
constinit barelink::aliyun::x509_device<> credentials{{}, {"a1AbCdEfGhI", "dev01", {}}};
#elif PROFILE == 4
constinit barelink::aws::certificate_device credentials{"dev01", {"a1b2c3", "eu-central-1"}};
#elif PROFILE == 5
constinit barelink::azure::key_device credentials{
    {"myhub.azure-devices.net", "dev01", {}}, {"a2V5", {}}, outside::signs, outside::date};
#elif PROFILE == 6
constinit barelink::tencent::key_device credentials{
    {"ABC123DEF4", "dev01", "a2V5"}, outside::signs, outside::date, outside::dice};
#elif PROFILE == 7
constinit barelink::huawei::secret_device credentials{
    {"dev01", "secret"}, barelink::huawei::hour_is::checked, outside::signs, outside::date};
#endif
