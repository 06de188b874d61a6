// SPDX-License-Identifier: BSL-1.0
#include <barelink/barelink.hpp>
int main() { return barelink::culprit_of(barelink::errc::ok) == barelink::culprit::none ? 0 : 1; }
