// SPDX-License-Identifier: BSL-1.0
// Gives a transport in memory the optional wait(), so that client::yield() runs on virtual time.
#pragma once

#include <cstddef>
#include <cstdint>

#include <barelink/base/bytes.hpp>
#include <barelink/base/delegate.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/link/transport.hpp>
#include <barelink/testing/clock.hpp>

namespace barelink::inline v0::testing {

// Requires of Transport: readable() and writable(), as the ends of memory_pipe and flaky_link have. `meanwhile` lets
// the rest of the world live: it is called once a millisecond of virtual time. Lifetime: both references must outlive
// it.
template <transport Transport>
class waiting_transport {
public:
    constexpr waiting_transport(Transport& inner, manual_clock& clock, delegate<void()> meanwhile) noexcept
        : inner_{&inner}, clock_{&clock}, meanwhile_{meanwhile} {}

    constexpr result<connect_stage> connect(endpoint const& to) noexcept { return inner_->connect(to); }
    constexpr result<std::size_t> read(bytes_out into) noexcept { return inner_->read(into); }
    constexpr result<std::size_t> write(bytes_in from) noexcept { return inner_->write(from); }
    constexpr void close() noexcept { inner_->close(); }
    // Work: ms_max calls of `meanwhile`.
    constexpr void wait(std::uint32_t ms_max, interest what) noexcept {
        ++waits_;
        if (meanwhile_) meanwhile_();
        for (std::uint32_t ms = 0; ms < ms_max; ++ms) {
            if ((what.bytes && inner_->readable()) || (what.room && inner_->writable())) return;
            clock_->advance(1);
            if (meanwhile_) meanwhile_();
        }
    }
    // How often the device went to sleep.
    [[nodiscard]] constexpr std::uint32_t waits() const noexcept { return waits_; }

private:
    Transport*       inner_;
    manual_clock*    clock_;
    delegate<void()> meanwhile_;
    std::uint32_t    waits_ = 0;
};

}  // namespace barelink::inline v0::testing
