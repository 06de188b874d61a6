// SPDX-License-Identifier: BSL-1.0
#include <barelink/topic/router.hpp>

#include <array>
#include <string>
#include <string_view>

#include <barelink/topic/literal.hpp>

#include "base/check_both.hpp"

using namespace barelink;

namespace {

struct news {
    std::string_view topic = {};
};
// Notes in which order its handlers were called.
struct pump {
    char called[8] = {};
    std::size_t calls = 0;
    constexpr std::string_view log() const { return {called, calls}; }
};
template <char Name>
constexpr void note(pump& p, news const&) {
    p.called[p.calls++] = Name;
}

using row = topic_route<pump, news>;
constexpr router table{std::array{row{topic_filter("pump/+/set"), qos::at_least_once, note<'a'>},
                                  row{topic_filter("pump/#"), qos::at_most_once, note<'b'>},
                                  row{topic_filter("pump/7/set"), qos::exactly_once, note<'c'>},
                                  row{topic_filter("#"), qos::at_most_once, note<'d'>}}};

struct outcome {
    std::size_t returned = 0;
    pump device = {};
};
constexpr outcome dispatched(std::string_view topic) {
    outcome o;
    o.returned = table.dispatch(o.device, {topic});
    return o;
}

}  // namespace

TEST_CASE("every matching handler is called, in the order of the table", "[topic][3.3.5]") {
    CHECK_BOTH(dispatched("pump/7/set").device.log() == "abcd");
    CHECK_BOTH(dispatched("pump/7/set").returned == 4);
    CHECK_BOTH(dispatched("pump/8/set").device.log() == "abd");
    CHECK_BOTH(dispatched("pump").device.log() == "bd");
    CHECK_BOTH(dispatched("valve").device.log() == "d");
    CHECK_BOTH(dispatched("$SYS/x").device.log() == "");
    CHECK_BOTH(dispatched("$SYS/x").returned == 0);
}

TEST_CASE("the table is the list to subscribe to", "[topic]") {
    std::string all;
    for (auto const& r : table) {
        all += r.filter;
        all += static_cast<char>('0' + number(r.level));
    }
    CHECK(all == "pump/+/set1pump/#0pump/7/set2#0");
    CHECK_BOTH(table.end() - table.begin() == 4);
}

TEST_CASE("filters that mean the same but are spelled differently are two routes", "[topic]") {
    static constexpr router both{
        std::array{row{"a/#", qos::at_most_once, note<'a'>}, row{"a/+", qos::at_most_once, note<'b'>}}};
    pump p;
    CHECK(both.dispatch(p, {"a/x"}) == 2);
}
