// SPDX-License-Identifier: BSL-1.0
// How long a device may sleep that runs lwIP without threads. lwIP alone wakes it four times a second as long as there
// is a connection, whether or not there is anything to do.
#pragma once

#include <cstdint>

#include <lwip/nd6.h>
#include <lwip/priv/nd6_priv.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/sys.h>
#include <lwip/timeouts.h>

namespace barelink::inline v0::lwip {

// True if no connection waits for anything but a packet or a call: nothing is to be sent, acknowledged or tried again,
// so TCP's timer would find nothing. Work: one look at each connection.
[[nodiscard]] inline bool tcp_is_quiet() noexcept {
    for (tcp_pcb const* p = tcp_active_pcbs; p != nullptr; p = p->next) {
        bool const open  = p->state == ESTABLISHED || p->state == CLOSE_WAIT;
        bool const sends = p->unsent != nullptr || p->unacked != nullptr || p->persist_backoff != 0;
        bool       owes  = p->refused_data != nullptr || (p->flags & (TF_ACK_DELAY | TF_ACK_NOW | TF_CLOSEPEND)) != 0;
#if TCP_QUEUE_OOSEQ
        owes = owes || p->ooseq != nullptr;
#endif
        // Another part of the program may have asked for one of these.
        bool const timed = p->poll != nullptr || ip_get_option(p, SOF_KEEPALIVE) != 0;
        if (!open || sends || owes || timed) return false;
    }
    return true;
}

// Use it instead of sys_check_timeouts() and sys_timeouts_sleeptime():
//
//   timers.run();
//   mqtt.poll();
//   sleep(timers.sleep_ms(mqtt.next_deadline().left(now)));      or until the network interrupts
//
// What lwIP counts in seconds (ages of ARP and DNS entries, leases, lifetimes of IPv6 routers) is caught up with when
// the device wakes; rather early than late. Only with NO_SYS=1; the object is zero at first.
class timers {
public:
    // Runs what is due. Work: as lwIP's timers, and once more the slow ones for each of their periods that was slept.
    void run() noexcept {
        std::uint32_t const slept = sys_now() - last_;
        last_ += slept;
        for (int i = 0; started_ && i < lwip_num_cyclic_timers; ++i) {
            auto const& slow = lwip_cyclic_timers[i];
            // TCP counts ticks, not seconds, and had nothing to count.
            if (slow.interval_ms <= TCP_TMR_INTERVAL) continue;
            for (auto left = slept; left > slow.interval_ms && !asks(slow); left -= slow.interval_ms) slow.handler();
        }
        started_ = true;
        sys_check_timeouts();
    }

    // Returns for how many milliseconds to sleep, at most `ms_max`: past lwIP's timers if there are connections and all
    // of them are quiet. Without one there may be a name that is looked up, or a lease that is asked for. `asks`: there
    // is beside them, too; with several clients tcp::looks_up() of any of them.
    [[nodiscard]] static std::uint32_t sleep_ms(std::uint32_t ms_max, bool asks = false) noexcept {
        if (!asks && tcp_active_pcbs != nullptr && tcp_is_quiet()) return ms_max;
        auto const next = sys_timeouts_sleeptime();  // all ones if there is no timer
        return next < ms_max ? next : ms_max;
    }

private:
    // Whether this timer would ask a neighbour of IPv6 again and again, who had no time to answer.
    [[nodiscard]] static bool asks([[maybe_unused]] lwip_cyclic_timer const& slow) noexcept {
#if LWIP_IPV6
        for (int i = 0; slow.handler == nd6_tmr && i < LWIP_ND6_NUM_NEIGHBORS; ++i) {
            if (neighbor_cache[i].state == ND6_PROBE || neighbor_cache[i].state == ND6_INCOMPLETE) return true;
        }
#endif
        return false;
    }

    std::uint32_t last_    = 0;
    bool          started_ = false;
};

}  // namespace barelink::inline v0::lwip
