// SPDX-License-Identifier: BSL-1.0
#include "tls/kit.hpp"

namespace kit {

constinit probe_pool memory{};
constinit calendar   today{};

}  // namespace kit
