// SPDX-License-Identifier: BSL-1.0
// The certificates of this run, made by make_certificates.sh when they are first asked for, gone when the program ends.
#pragma once

#include <string>
#include <string_view>

namespace certificates {

std::string const& folder();
// What is in a file there. Lifetime: the program's.
std::string const& text(std::string const& name);

}  // namespace certificates
