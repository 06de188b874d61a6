// SPDX-License-Identifier: BSL-1.0
// Uses everything that a device can use, with all of its outside in other files: what this object needs from elsewhere
// is what barelink needs. claims.py looks at its symbols.
#include <array>
#include <cstdint>

#include <barelink/barelink.hpp>

using namespace barelink;

// The outside world.
extern "C" {
std::size_t   device_read(char* into, std::size_t size);
std::size_t   device_write(char const* from, std::size_t size);
int           device_connect();
void          device_close();
std::uint32_t device_millis();
std::uint32_t device_noise();
int           device_store(int what, int side, unsigned id, char const* bytes, std::size_t size);
std::size_t   device_restore(char* into, std::size_t size, int* side, unsigned* id);
void          device_handle(void const* event);
}

namespace {

struct device_transport {
    result<connect_stage> connect(endpoint const&) noexcept { return static_cast<connect_stage>(device_connect()); }
    result<std::size_t>   read(bytes_out into) noexcept {
        auto const n = device_read(into.data(), into.size());
        return n != 0 ? result<std::size_t>{n} : result<std::size_t>{errc::would_block};
    }
    result<std::size_t> write(bytes_in from) noexcept {
        auto const n = device_write(from.data(), from.size());
        return n != 0 ? result<std::size_t>{n} : result<std::size_t>{errc::would_block};
    }
    void close() noexcept { device_close(); }
    void wait(std::uint32_t, interest) noexcept {}
};
struct device_clock {
    instant now() noexcept { return {device_millis()}; }
};
struct device_entropy {
    std::uint32_t draw() noexcept { return device_noise(); }
};
struct device_login {
    errc refresh(login& who) noexcept {
        who.password = "secret";
        return device_connect() == 0 ? errc::ok : errc::would_block;
    }
};
struct device_flash {
    errc put(store_key key, bytes_in r) noexcept {
        return static_cast<errc>(device_store(0, static_cast<int>(key.from), key.id, r.data(), r.size()));
    }
    errc erase(store_key key) noexcept {
        return static_cast<errc>(device_store(1, static_cast<int>(key.from), key.id, nullptr, 0));
    }
    result<stored_record> restore(bytes_out into) noexcept {
        int        side = 0;
        unsigned   id   = 0;
        auto const size = device_restore(into.data(), into.size(), &side, &id);
        return stored_record{{static_cast<store_key::side>(side), static_cast<std::uint16_t>(id)}, size};
    }
};

constexpr limits everything{.versions   = version::v3_1 | version::v3_1_1,
                            .sources    = 2,
                            .chunks     = true,
                            .manual_ack = true};

struct device {};
void on_level(device&, event const& e) { device_handle(&e); }
void on_rest(device&, event const& e) { device_handle(e.topic.data()); }

// With `constexpr router table{...}` g++ 12 would put it into RAM.
constexpr auto table = router{std::array{
    route<device>{topic_filter("plant/+/level"), qos::at_least_once, on_level},
    route<device>{topic_filter("plant/#"), qos::exactly_once, on_rest},
}};

constinit storage<everything> whole_memory{};

std::size_t pull(void*, std::uint32_t offset, bytes_out into) { return device_read(into.data(), into.size() + offset); }

}  // namespace

extern "C" void whole_post(mailbox<512>& letters) {
    static_cast<void>(letters.post({.topic = "alarm", .payload = "fire", .level = qos::exactly_once}));
}

extern "C" int whole_client(options const& o, mailbox<512>& letters) {
    device_transport wire;
    device_clock     clock;
    device_entropy   noise;
    device_login     who;
    device_flash     flash;
    device           self;
    client           mqtt{whole_memory, wire, clock, o, noise, who, flash, letters};
    int              errors = 0;
    auto const       count  = [&errors](errc e) { errors += e != errc::ok ? 1 : 0; };

    count(mqtt.connect());
    count(mqtt.subscribe(table));
    count(mqtt.subscribe("a/b", qos::exactly_once));
    count(mqtt.unsubscribe("a/b"));
    count(mqtt.publish({.topic = "t", .payload = "x", .level = qos::exactly_once, .retain = true}).error);
    count(mqtt.publish({.topic = "t", .level = qos::at_least_once}, 100'000, {&pull, nullptr}).error);
    mqtt.manual_ack(true);
    for (int i = 0; i < 3; ++i) {
        mqtt.poll();
        while (auto const e = mqtt.next_event()) {
            if (e.type == event_type::message && e.id != 0) count(mqtt.acknowledge(e.id));
            static_cast<void>(table.dispatch(self, e));
            device_handle(name(e.cause).data());
        }
        mqtt.yield(100, [](event const& e) { device_handle(&e); });
        mqtt.readable();
        mqtt.writable();
        errors += mqtt.online() && mqtt.next_deadline().due(clock.now()) && mqtt.wants().bytes ? 1 : 0;
    }
    count(mqtt.disconnect());
    return errors + static_cast<int>(mqtt.stats().connects);
}
