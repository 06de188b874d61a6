// SPDX-License-Identifier: BSL-1.0
// A device without an operating system: barelink on lwIP, over TLS or not, in one loop that sleeps whenever nothing is
// to be done. The network's interrupt and one alarm wake it.
#include <cstdint>
#include <new>

#include <barelink/barelink.hpp>
#include <barelink/port/lwip/clock.hpp>
#include <barelink/port/lwip/entropy.hpp>
#include <barelink/port/lwip/tcp.hpp>
#include <barelink/port/lwip/timers.hpp>

#include "board/board.h"
#include "job.hpp"
#include "net/net.h"
#include "settings.hpp"
#ifdef DEVICE_WITH_TLS
#include "security.hpp"
#endif

using namespace barelink;

namespace {

// All of the device's state. It is zero at the start, so it takes no flash.
constinit storage<sizes> memory{};
constinit lwip::tcp      tcp{};
constinit lwip::timers   timers{};
constinit char           command_line[512]{};

void report(char const* what, std::uint32_t figure) noexcept {
    board_print(what);
    board_print(" ");
    board_print_number(figure);
    board_print("\n");
}

// The transport that a client uses, seen by the loop: what carries the bytes is always lwIP.
interest waits_for(lwip::tcp const&, interest what) noexcept { return what; }
bool     has_more(lwip::tcp const&) noexcept { return false; }
#ifdef DEVICE_WITH_TLS
interest waits_for(secure_tcp const& t, interest what) noexcept { return t.wants(what); }
bool     has_more(secure_tcp const& t) noexcept { return t.pending(); }
#endif

// One connection's worth of a device.
template <class Transport>
class device {
public:
    // Runs until the job has ended, and returns how. To be called once.
    ending run(Transport& t, settings const& s, options const& o) noexcept {
        settings_  = &s;
        transport_ = &t;
        mqtt_.set_up(memory, t, clock_, o, entropy_);
        patience_.arm(lwip::clock::now() + s.within_ms);
        if (auto const e = mqtt_.connect(); e != errc::ok) job::say("not connecting", name(e));
        work_.prepare(mqtt_, s);
        while (!work_.ended()) {
            turn();
            rest();
        }
        t.close();
        // lwIP still says farewell; a device that goes on would not wait for it.
        auto const closed = lwip::clock::now();
        while (tcp_active_pcbs != nullptr && lwip::clock::now().since(closed) < 500) {
            net_poll();
            timers.run();
            board_sleep(10);
        }
        return work_.how_it_ended();
    }

private:
    [[nodiscard]] bool ready() const noexcept {
        return tcp.ready(waits_for(*transport_, mqtt_.wants())) || has_more(*transport_);
    }

    // What has come, what is due.
    void turn() noexcept {
        net_poll();
        timers.run();
        auto const now = lwip::clock::now();
        if (ready() || mqtt_.next_deadline().due(now)) {
            mqtt_.poll([this](event const& e) { work_.on_event(mqtt_, e); });
        }
        if (patience_.due(now)) work_.end(ending::too_late);
        if (settings_->idle_ms != 0 && work_.settled() && !stayed_) stay(now);
    }

    // Sleeps until a deadline or an interrupt. One that has come since the last sleep ends it at once.
    void rest() noexcept {
        auto next = mqtt_.next_deadline();
        next.earliest(patience_);
        next.earliest(stay_);
        if (ready()) return;
        auto const ms = lwip::timers::sleep_ms(next.left(lwip::clock::now()));
        if (ms >= 5'000 && work_.listens() && !slept_) {
            slept_ = true;
            job::say("asleep");
        }
        board_sleep(ms);
    }

    // On line with nothing to do: what does that cost?
    void stay(instant now) noexcept {
        if (!stay_.armed) {
            stay_.arm(now + settings_->idle_ms);
            before_ = board_measure();
        }
        if (!stay_.due(now)) return;
        auto const after = board_measure();
        report("wake-ups", after.wake_ups - before_.wake_ups);
        report("cycles", after.cycles - before_.cycles);
        stay_.stop();
        stayed_ = true;
        if (mqtt_.disconnect() != errc::ok) work_.end(ending::lost);
    }

    settings const* settings_  = nullptr;
    Transport*      transport_ = nullptr;
    job             work_      = {};
    deadline        patience_  = {};
    deadline        stay_      = {};
    bool            stayed_    = false;
    bool            slept_     = false;
    board_effort    before_    = {};

    [[no_unique_address]] lwip::clock                    clock_   = {};
    [[no_unique_address]] lwip::entropy                  entropy_ = {};
    client<Transport, lwip::clock, sizes, lwip::entropy> mqtt_    = {};
};

template <class Transport>
constinit device<Transport> the_device{};

options options_for(settings const& s) noexcept {
    return {.host           = s.host,
            .port           = static_cast<std::uint16_t>(s.port),
            .client_id      = s.id,
            .keep_alive_s   = static_cast<std::uint16_t>(s.alive_s),
            .chunks         = true,
            .reconnect      = s.rounds > 1,
            .backoff_ms_min = 250,
            .backoff_ms_max = 1000};
}

#ifdef DEVICE_WITH_TLS
ending run_secure(settings const& s, options const& o) noexcept {
    static constinit security safe{};
    if (!safe.read(s)) return ending::bad_settings;
    // Zero until now, so that it lies in .bss; it knows its neighbours from here on.
    alignas(secure_tcp) static constinit char place[sizeof(secure_tcp)]{};
    auto&      secure = *new (place) secure_tcp{tcp, safe.wish()};
    auto const how    = the_device<secure_tcp>.run(secure, s, o);
    report("TLS pool", tls_memory.high_water());
    report("wolfSSL", static_cast<std::uint32_t>(-secure.why().wolfssl));
    return how;
}
#else
ending run_secure(settings const&, options const&) noexcept { return ending::bad_settings; }
#endif

ending run() noexcept {
    settings s;
    board_start();
    if (board_command_line(command_line, sizeof command_line) < 0 || !s.read(command_line)) return ending::bad_settings;
    auto const o = options_for(s);
    net_start(static_cast<std::uint16_t>(s.dns));
    net_lose(s.loss);
    return s.authority.empty() ? the_device<lwip::tcp>.run(tcp, s, o) : run_secure(s, o);
}

}  // namespace

int main() {
    auto const how = run();
    report("frames lost", net_lost());
    report("stack", board_stack_used());
    return static_cast<int>(how);
}
