// SPDX-License-Identifier: BSL-1.0
// EXPECT-FIRST: barelink: a transport needs `result<size_t> write\(bytes_in\) noexcept`
#include <cstddef>

#include <barelink/link/transport.hpp>

using namespace barelink;

struct cable {
    result<connect_stage> connect(endpoint const&) noexcept;
    result<std::size_t>   read(bytes_out) noexcept;
#ifdef CORRECTED
    result<std::size_t>   write(bytes_in) noexcept;
#else
    int                   write(bytes_in) noexcept;
#endif
    void                  close() noexcept;
};
static_assert(check_transport<cable>());
