// SPDX-License-Identifier: BSL-1.0
// The same for TLS with wolfSSL, over a transport of the device.
#include <cstdint>

#include <barelink/barelink.hpp>
#include <barelink/tls/wolfssl.hpp>

using namespace barelink;

extern "C" std::int32_t  device_receive(char* into, std::uint32_t size) noexcept;
extern "C" std::int32_t  device_transmit(char const* from, std::uint32_t size) noexcept;
extern "C" std::uint32_t device_millis() noexcept;
extern "C" std::uint64_t device_calendar() noexcept;

namespace {

struct modem {
    result<connect_stage> connect(endpoint const&) noexcept { return connect_stage::done; }
    result<std::size_t>   read(bytes_out into) noexcept {
        return static_cast<std::size_t>(device_receive(into.data(), static_cast<std::uint32_t>(into.size())));
    }
    result<std::size_t> write(bytes_in from) noexcept {
        return static_cast<std::size_t>(device_transmit(from.data(), static_cast<std::uint32_t>(from.size())));
    }
    void close() noexcept {}
};
struct ticks {
    instant now() noexcept { return {device_millis()}; }
};
struct wall {
    wall_time now() noexcept { return {time_trust::trusted, device_calendar()}; }
};

constexpr limits small{};

constinit tls::pool<32'768> whole_pool{};
constinit wall              whole_calendar{};
constinit storage<small>    whole_memory{};
constinit modem             whole_modem{};
constinit ticks             whole_clock{};

using library = tls::wolfssl_library<whole_pool, whole_calendar>;

}  // namespace

extern "C" int whole_tls(options const& o, tls::settings const& s) {
    tls::wolfssl<modem, library> secure{whole_modem, s};
    client                       mqtt{whole_memory, secure, whole_clock, o};
    if (mqtt.connect() != errc::ok) return 1;
    for (int i = 0; i < 100; ++i) mqtt.poll([](event const&) {});
    auto const code = secure.why().wolfssl;
    secure.close();
    return code;
}
