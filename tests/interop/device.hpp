// SPDX-License-Identifier: BSL-1.0
// A client on a real socket, with everything that happens to it written down.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <barelink/client/client.hpp>
#include <barelink/port/posix/clock.hpp>
#include <barelink/port/posix/tcp.hpp>
#include <barelink/testing/tracer.hpp>

#include "broker.hpp"
#include "party.hpp"

namespace interop {

using barelink::limits;
using barelink::options;
using barelink::version;

inline constexpr limits usual{.versions = version::v3_1 | version::v3_1_1,
                              .rx_bytes = 4096,
                              .tx_bytes = 4096,
                              .inbound  = 64,
                              .sources  = 1,
                              .chunks   = true};

// Comes back at once, so that no test has to wait.
inline options to(broker const& b, version protocol, std::string_view id) {
    return {.host           = "127.0.0.1",
            .port           = b.port(),
            .protocol       = protocol,
            .client_id      = id,
            .user_name      = user,
            .password       = password,
            .jitter         = false,
            .backoff_ms_min = 10,
            .backoff_ms_max = 40};
}
inline options to(culture const& c, std::string_view id) {
    return to(shared(c.who), c.protocol, id);
}

inline constexpr auto nothing = [](event const&) {};

// `Policies` as the client's. `settings` is copied; what its views point to must outlive the device.
template <limits Sizes, class Transport = barelink::posix::tcp<>, class... Policies>
class device_of : public party {
public:
    explicit device_of(options const& o, Policies&... policies)
        : party{o.client_id}, settings{o}, wire_{socket, sink::template to<&device_of::on_line>(*this)},
          mqtt{*memory_, wire_, clock_, settings, policies...} {}
    ~device_of() override { socket.close(); }

    void turn() override {
        mqtt.poll([this](event const& e) { see(e); });
    }
    std::size_t   watch(std::span<pollfd> into) override { return socket.watch(into, mqtt.wants()); }
    std::uint32_t pause() override {
        auto const next = mqtt.next_deadline();
        return socket.longest_sleep(next.left(clock_.now()));
    }

    // On line, and all filters are known to the broker.
    void arrive() {
        REQUIRE(mqtt.connect() == errc::ok);
        until({this}, "CONNACK", [this] { return mqtt.online(); });
    }
    void subscribe(std::string_view filter, qos level) {
        auto const before = count(event_type::subscribed);
        REQUIRE(mqtt.subscribe(filter, level) == errc::ok);
        until({this}, "SUBACK", [&] { return count(event_type::subscribed) > before; });
        CHECK(last(event_type::subscribed).what.level == level);
    }
    // Takes all that is queued along, then DISCONNECT.
    void leave() {
        auto const before = count(event_type::disconnected);
        REQUIRE(mqtt.disconnect() == errc::ok);
        until({this}, "the end", [&] { return count(event_type::disconnected) > before; });
        CHECK(last(event_type::disconnected).what.cause == errc::requested);
    }
    // Without DISCONNECT: the cable is pulled.
    void cut() { socket.close(); }

    // Publishes, and expects an outcome above QoS 0. Returns what the client said.
    errc publish(message const& m, int number = 0) {
        auto const id = mqtt.publish(m);
        if (id && id.value != 0) enter(id.value, number);
        return id.error;
    }
    // The same, and waits for the outcome.
    void deliver(message const& m) {
        REQUIRE(publish(m) == errc::ok);
        until({this}, "the acknowledgement", [this] { return ledger.empty(); });
    }
    void enter(std::uint16_t id, int number) {
        if (!ledger.emplace(id, number).second) audit.faults.push_back("a packet id that is in use");
    }

    options   settings;
    Transport socket{};

private:
    using sink = typename barelink::testing::tracer<Transport>::sink;
    void on_line(std::string_view text) { trace(text); }

    std::unique_ptr<barelink::storage<Sizes>> memory_ = std::make_unique<barelink::storage<Sizes>>();
    barelink::posix::clock                    clock_{};
    barelink::testing::tracer<Transport>      wire_;

public:
    barelink::client<barelink::testing::tracer<Transport>, barelink::posix::clock, Sizes, Policies...> mqtt;
};

template <class Transport = barelink::posix::tcp<>, class... Policies>
using basic_device = device_of<usual, Transport, Policies...>;

using device = basic_device<>;

} // namespace interop
