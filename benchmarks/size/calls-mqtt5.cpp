// SPDX-License-Identifier: BSL-1.0
// The same in 5.0, with aliases both ways.
#include <barelink/client/limits.hpp>

namespace {
constexpr auto             spoken = barelink::version::v5;
constexpr barelink::limits device{
    .versions = spoken, .aliases_in = 4, .aliases_out = 4, .chunks = true, .manual_ack = true};
}

#include "calls.hpp"
