// SPDX-License-Identifier: BSL-1.0
// Our own main, because Catch2 2 wants one compiled here and Catch2 3 has one in a library of another name.
#define CATCH_CONFIG_RUNNER
#include "catch.hpp"

int main(int argc, char* argv[]) { return Catch::Session().run(argc, argv); }
