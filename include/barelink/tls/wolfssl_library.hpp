// SPDX-License-Identifier: BSL-1.0
// What wolfSSL takes from the whole program: memory and the calendar. Its callbacks for the two have no argument of
// ours, so they need to know the objects from their type. The address of an object with static storage is a constant:
// it is a template argument here, and no header of barelink has a variable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <barelink/base/errc.hpp>
#include <barelink/link/wall_clock.hpp>
#include <barelink/tls/wolfssl_api.hpp>
#include <barelink/tls/wolfssl_memory.hpp>

namespace barelink::inline v0::tls {

// Requires: `Pool` (a tls::pool, or what has the same verbs and ignores what it has not given) and `Clock` (a wall
// clock) are objects of the program with static storage. One such library in a program; two transports may share it, on
// one thread.
//
//   static constinit tls::pool<32 * 1024> memory;
//   static constinit my_clock             calendar;
//   using tls_library = tls::wolfssl_library<memory, calendar>;
template <auto& Pool, auto& Clock>
class wolfssl_library {
    static_assert(check_wall_clock<std::remove_reference_t<decltype(Clock)>>());

public:
    // Gives wolfSSL its memory and its clock. The transport calls it before each attempt to connect; whoever uses
    // wolfSSL for something else, too, calls it before that. Only the first call does something.
    // Returns tls_memory or tls_failed.
    static errc start() noexcept {
#ifdef USE_WOLFSSL_MEMORY
        wolfSSL_Malloc_cb  now_allocates = nullptr;
        wolfSSL_Free_cb    now_releases  = nullptr;
        wolfSSL_Realloc_cb now_resizes   = nullptr;
        if (wolfSSL_GetAllocators(&now_allocates, &now_releases, &now_resizes) != 0) return errc::tls_failed;
        if (now_allocates == allocate) return errc::ok;
        if (wolfSSL_SetAllocators(allocate, release, resize) != 0) return errc::tls_failed;
#endif
#ifndef NO_ASN_TIME
        if (wc_SetTimeCb(seconds) != 0) return errc::tls_failed;
#endif
        auto const before = Pool.refused();
        if (wolfSSL_Init() == WOLFSSL_SUCCESS) return errc::ok;
        return Pool.refused() != before ? errc::tls_memory : errc::tls_failed;
    }

    // Gives back what wolfSSL keeps beyond need: tables of curve points and a list of errors, in builds that have them.
    // The transport calls it at the end of each handshake and of each connection.
    static void tidy_up() noexcept {
#ifdef FP_ECC
        wc_ecc_fp_free();
#endif
#if defined(OPENSSL_EXTRA) || defined(DEBUG_WOLFSSL_VERBOSE)
        wolfSSL_ERR_clear_error();
#endif
    }

    // For XMALLOC, XFREE and XREALLOC of a wolfSSL that was built with XMALLOC_USER.
    static void* allocate(std::size_t size) noexcept { return Pool.allocate(size); }
    static void  release(void* piece) noexcept { Pool.release(piece); }
    static void* resize(void* piece, std::size_t size) noexcept { return Pool.resize(piece, size); }

    [[nodiscard]] static std::uint32_t refused() noexcept { return Pool.refused(); }
    [[nodiscard]] static wall_time     now() noexcept { return Clock.now(); }

private:
    static time_t seconds(time_t* out) noexcept {
        auto const t = static_cast<time_t>(Clock.now().s);
        if (out != nullptr) *out = t;
        return t;
    }
};

}  // namespace barelink::inline v0::tls
