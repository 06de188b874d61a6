// SPDX-License-Identifier: BSL-1.0
// What a wolfSSL that is built with examples/firmware/user_settings.h asks the program for; nothing for the system's.
#ifdef WOLFSSL_USER_SETTINGS
#include <time.h>

#include <cstddef>
#include <cstdint>
#include <random>

#include "tls/kit.hpp"

extern "C" {
void*         XMALLOC(std::size_t n, void*, int) { return kit::library::allocate(n); }
void          XFREE(void* p, void*, int) { kit::library::release(p); }
void*         XREALLOC(void* p, std::size_t n, void*, int) { return kit::library::resize(p, n); }
time_t        device_time(time_t*) { return ::time(nullptr); }
unsigned int  LowResTimer() { return static_cast<unsigned int>(::time(nullptr)); }
std::uint64_t TimeNowInMilliseconds() { return 1'000 * static_cast<std::uint64_t>(::time(nullptr)); }

int device_seed(unsigned char* out, unsigned int size) {
    std::random_device noise;
    for (unsigned int i = 0; i < size; ++i) out[i] = static_cast<unsigned char>(noise());
    return 0;
}
}
#endif
