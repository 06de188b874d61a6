// SPDX-License-Identifier: BSL-1.0
// EXPECT-FIRST: barelink: a transport needs `result<connect_stage> connect\(endpoint const&\) noexcept`
#include <cstddef>

#include <barelink/link/transport.hpp>

using namespace barelink;

struct cable {
#ifdef CORRECTED
    result<connect_stage> connect(endpoint const&) noexcept;
#endif
    result<std::size_t>   read(bytes_out) noexcept;
    result<std::size_t>   write(bytes_in) noexcept;
    void                  close() noexcept;
};
static_assert(check_transport<cable>());
