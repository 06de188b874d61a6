// SPDX-License-Identifier: BSL-1.0
// EXPECT: barelink_two_routes_have_the_same_filter
#include <array>
#include <string_view>

#include <barelink/topic/router.hpp>

struct pump {};
struct news {
    std::string_view topic;
};
void handler(pump&, news const&);
using row = barelink::topic_route<pump, news>;

#ifdef CORRECTED
constexpr std::string_view second = "a/#";
#else
constexpr std::string_view second = "a/+";
#endif
constexpr barelink::router table{std::array{row{"a/+", barelink::qos::at_most_once, handler},
                                            row{second, barelink::qos::at_least_once, handler}}};
static_assert(table.begin() != table.end());
