// SPDX-License-Identifier: BSL-1.0
// The program qos1 over TLS with wolfSSL, as examples/firmware/user_settings.h builds it. The program is linked and
// measured, not run: nobody is there to shake hands with.
namespace {
constexpr bool reconnects = false;
}

#define JOB_TLS
#include "job.hpp"

// What wolfSSL asks of the device.
extern "C" {
void* XMALLOC(size_t size, void*, int) { return tls_library::allocate(size); }
void  XFREE(void* piece, void*, int) { tls_library::release(piece); }
void* XREALLOC(void* piece, size_t size, void*, int) { return tls_library::resize(piece, size); }

time_t device_time(time_t*) { return 0; }
int    device_seed(unsigned char* out, unsigned int size) {
    for (; size != 0; --size) *out++ = static_cast<unsigned char>(hal_ms());
    return 0;
}
word32 LowResTimer(void) { return hal_ms() / 1000; }
word32 TimeNowInMilliseconds(void) { return hal_ms(); }
}
