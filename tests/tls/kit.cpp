// SPDX-License-Identifier: BSL-1.0
#include "tls/kit.hpp"

namespace kit {

constinit probe_pool memory{};
constinit calendar   today{};

std::uint32_t leaked() {
    static std::uint32_t const at_rest = library::start() == errc::ok ? memory.in_use() : 0;
    return memory.in_use() - at_rest;
}

}  // namespace kit
