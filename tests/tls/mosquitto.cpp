// SPDX-License-Identifier: BSL-1.0
// The whole way: client, TLS, TCP, and mosquitto's listeners.
#include <barelink/client/client.hpp>
#include <barelink/port/posix/clock.hpp>
#include <barelink/port/posix/tcp.hpp>
#include <barelink/tls/wolfssl.hpp>

#include <memory>
#include <string>

#include "support/catch.hpp"
#include "tls/kit.hpp"
#include "tls/listeners.hpp"

using namespace barelink;

namespace {

constexpr limits        sizes{.rx_bytes = 45'000, .tx_bytes = 45'000};
constexpr std::uint32_t patience_ms = 20'000;

listeners::broker& shared() {
    static listeners::broker one;
    return one;
}

struct device {
    explicit device(listeners::kind at) : authorities{bytes_in{certificates::text("trusted.crt")}} {
        options.port     = shared().port(at);
        settings.trust   = authorities;
        settings.server  = "broker.test";
        settings.session = kept;
    }

    ~device() { link.close(); }

    // Until an event of this kind has come, or the connection has ended.
    event_type until(event_type wanted) {
        auto const start = posix::clock::now();
        auto       last  = event_type::none;
        while (last != wanted && last != event_type::disconnected) {
            if (posix::clock::now().since(start) > patience_ms) return event_type::none;
            mqtt.yield(50, [&](event const& e) {
                if (last == wanted) return;
                last = e.type;
                if (e.type == event_type::message) came = e.payload;
                if (e.type == event_type::disconnected) cause = e.cause;
            });
        }
        return last;
    }

    std::vector<bytes_in>  authorities;
    std::array<char, 2048> kept     = {};
    tls::settings          settings = {};
    barelink::options      options{
             .host = "127.0.0.1", .client_id = "tls-test", .keep_alive_s = 30, .reconnect = false};
    posix::tcp<>                                  tcp;
    tls::wolfssl<posix::tcp<>, kit::library>      link{tcp, settings};
    posix::clock                                  clock;
    std::unique_ptr<storage<sizes>>               memory = std::make_unique<storage<sizes>>();
    client<decltype(link), posix::clock, sizes>   mqtt{*memory, link, clock, options};
    std::string                                   came  = {};
    errc                                          cause = errc::ok;
};

// "connected", or the name of what came instead.
std::string trouble(device& d) {
    REQUIRE(d.mqtt.connect() == errc::ok);
    auto const e = d.until(event_type::connected);
    UNSCOPED_INFO("wolfSSL " << d.link.why().wolfssl << ", alert " << int{d.link.why().alert});
    return e == event_type::connected ? "connected" : std::string{name(d.cause)};
}

}  // namespace

TEST_CASE("a message of 40 kB goes to mosquitto and back", "[tls][mosquitto]") {
    if (!listeners::available()) return;
    auto const at       = GENERATE(listeners::ec, listeners::rsa);
    auto const version  = GENERATE(tls::versions::v1_2, tls::versions::v1_3);
    auto const fragment = GENERATE(tls::fragment::full, tls::fragment::b2048);
    device     d{at};
    d.settings.version      = version;
    d.settings.max_fragment = fragment;
    for (bool const again : {false, true}) {
        REQUIRE(trouble(d) == "connected");
        CHECK(d.link.version() == (version == tls::versions::v1_2 ? "TLSv1.2" : "TLSv1.3"));
        CHECK(d.link.resumed() == again);
        REQUIRE(d.mqtt.subscribe("tls/large", qos::at_least_once) == errc::ok);
        REQUIRE(d.until(event_type::subscribed) == event_type::subscribed);
        std::string payload(40'000, ' ');
        for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>('a' + i % 26);
        REQUIRE(d.mqtt.publish({.topic = "tls/large", .payload = payload, .level = qos::at_least_once}));
        REQUIRE(d.until(event_type::message) == event_type::message);
        CHECK(d.came == payload);
        REQUIRE(d.mqtt.disconnect() == errc::ok);
        REQUIRE(d.until(event_type::disconnected) == event_type::disconnected);
        CHECK(d.cause == errc::requested);
        CHECK(kit::leaked() == 0);
    }
}

TEST_CASE("mosquitto's demands and ours have names of their own", "[tls][mosquitto]") {
    if (!listeners::available()) return;
    auto const version = GENERATE(tls::versions::v1_2, tls::versions::v1_3);
    SECTION("a certificate that it knows") {
        device d{listeners::mutual};
        d.settings.version     = version;
        d.settings.certificate = bytes_in{certificates::text("client.crt")};
        d.settings.private_key = bytes_in{certificates::text("client.key")};
        CHECK(trouble(d) == "connected");
    }
    SECTION("no certificate") {
        device d{listeners::mutual};
        d.settings.version = version;
        CHECK(trouble(d) == "tls_client_refused");
    }
    SECTION("a certificate that it does not know") {
        device d{listeners::mutual};
        d.settings.version     = version;
        d.settings.certificate = bytes_in{certificates::text("stranger.crt")};
        d.settings.private_key = bytes_in{certificates::text("stranger.key")};
        CHECK(trouble(d) == "tls_client_refused");
    }
    SECTION("a shared key") {
        device d{listeners::psk};
        d.settings.version = version;
        d.settings.trust   = {};
        d.settings.psk     = {listeners::identity, bytes_in{std::string_view{listeners::key}}};
        CHECK(trouble(d) == "connected");
    }
    SECTION("another shared key") {
        device d{listeners::psk};
        d.settings.version = version;
        d.settings.trust   = {};
        d.settings.psk     = {listeners::identity, bytes_in{std::string_view{"another key"}}};
        CHECK(trouble(d) == "tls_client_refused");
    }
    SECTION("an authority that we do not know") {
        device d{listeners::ec};
        d.settings.version = version;
        d.authorities[0]   = bytes_in{certificates::text("other.crt")};
        CHECK(trouble(d) == "tls_unknown_authority");
    }
    SECTION("a name that it does not have") {
        device d{listeners::ec};
        d.settings.version = version;
        d.settings.server  = "other.test";
        CHECK(trouble(d) == "tls_wrong_name");
    }
    SECTION("no TLS at all") {
        device d{listeners::plain};
        d.settings.version = version;
        CHECK(trouble(d) == "tls_plain_peer");
    }
    CHECK(kit::leaked() == 0);
}

TEST_CASE("a deadline ends a handshake in which nobody answers", "[tls][mosquitto]") {
    // Bound and listening, but nobody accepts: the system answers for TCP alone.
    int const fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in a{};
    a.sin_family      = AF_INET;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size    = sizeof a;
    REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&a), size) == 0);
    REQUIRE(::listen(fd, 4) == 0);
    REQUIRE(::getsockname(fd, reinterpret_cast<sockaddr*>(&a), &size) == 0);
    if (!listeners::available()) return;
    device d{listeners::ec};
    d.options.port           = ntohs(a.sin_port);
    d.options.tls_timeout_ms = 50;
    CHECK(trouble(d) == "tls_timeout");
    ::close(fd);
}
