// SPDX-License-Identifier: BSL-1.0
// Makes a secret unreadable before its memory is used for something else.
#pragma once

#include <cstddef>

#include <barelink/base/bytes.hpp>

namespace barelink::inline v0::tls {

// Writes zeros, also where nobody reads them afterwards: a compiler may drop a memset of memory that dies, but no
// write through a volatile pointer. Work: one write a byte.
inline void wipe(void* memory, std::size_t size) noexcept {
    auto volatile* const bytes = static_cast<unsigned char volatile*>(memory);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = 0;
}
inline void wipe(bytes_out memory) noexcept { wipe(memory.data(), memory.size()); }

}  // namespace barelink::inline v0::tls
