// SPDX-License-Identifier: BSL-1.0
// TLS with a wolfSSL that was built with examples/firmware/user_settings.h: its memory, its clock, and the functions
// that it asks of the board. Included by one source.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <barelink/port/lwip/tcp.hpp>
#include <barelink/tls/wolfssl.hpp>

#include "board/board.h"
#include "settings.hpp"

struct board_wall_clock {
    static barelink::wall_time now() noexcept { return {barelink::time_trust::trusted, board_calendar()}; }
};

inline constinit barelink::tls::pool<20 * 1024> tls_memory{};
inline constinit board_wall_clock               calendar{};
using tls_library = barelink::tls::wolfssl_library<tls_memory, calendar>;
using secure_tcp  = barelink::tls::wolfssl<barelink::lwip::tcp, tls_library>;

extern "C" {
void* XMALLOC(size_t size, void*, int) { return tls_library::allocate(size); }
void  XFREE(void* piece, void*, int) { tls_library::release(piece); }
void* XREALLOC(void* piece, size_t size, void*, int) { return tls_library::resize(piece, size); }

time_t device_time(time_t* out) {
    auto const now = static_cast<time_t>(board_calendar());
    if (out != nullptr) *out = now;
    return now;
}
int device_seed(unsigned char* out, unsigned size) {
    board_random(out, size);
    return 0;
}
unsigned LowResTimer() { return board_ms() / 1000; }
#ifdef WOLFSSL_32BIT_MILLI_TIME
unsigned TimeNowInMilliseconds() { return board_ms(); }
#else
long long TimeNowInMilliseconds() { return board_ms(); }
#endif
}

// The settings of a run. The authority is read from the host; a product has it in its flash.
class security {
public:
    // Returns false if the authority's file cannot be read.
    bool read(settings const& s) noexcept {
        if (s.authority.size() >= sizeof path_) return false;
        barelink::move_bytes(path_, s.authority.data(), s.authority.size());
        path_[s.authority.size()] = '\0';
        int const size            = board_read_file(path_, authority_, sizeof authority_);
        if (size <= 0) return false;
        trust_         = barelink::bytes_in{authority_, static_cast<std::size_t>(size)};
        wish_.server   = s.server;
        wish_.trust    = std::span{&trust_, 1};
        wish_.version  = s.tls == 12   ? barelink::tls::versions::v1_2
                         : s.tls == 13 ? barelink::tls::versions::v1_3
                                       : barelink::tls::versions::v1_2_and_v1_3;
        wish_.max_fragment = barelink::tls::fragment::b2048;
        return true;
    }
    [[nodiscard]] constexpr barelink::tls::settings const& wish() const noexcept { return wish_; }

private:
    char                    path_[128]       = {};
    char                    authority_[1536] = {};
    barelink::bytes_in      trust_           = {};
    barelink::tls::settings wish_            = {};
};
