// SPDX-License-Identifier: BSL-1.0
// The device link in one include. Ports, TLS, clouds and testing are included by name.
#pragma once

#include <barelink/base/text.hpp>
#include <barelink/client/client.hpp>
#include <barelink/topic/literal.hpp>
#include <barelink/topic/router.hpp>
