// SPDX-License-Identifier: BSL-1.0
// The limits as they are, with all that can be switched on in 3.1.1 but sources and a store.
#include <barelink/client/limits.hpp>

namespace {
constexpr auto             spoken = barelink::version::v3_1_1;
constexpr barelink::limits device{.chunks = true, .manual_ack = true};
}

#include "calls.hpp"
