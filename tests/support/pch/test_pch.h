// SPDX-License-Identifier: BSL-1.0
// What every test file includes, read once a suite. Each file still includes what it uses.
#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../catch.hpp"
