// SPDX-License-Identifier: BSL-1.0
#include <barelink/topic/match.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <barelink/topic/filter.hpp>

#include "base/check_both.hpp"
#include "wire/dice.hpp"

using namespace barelink;

namespace {

// The standard's words, taken slowly: both are cut into levels first.
std::vector<std::string> levels(std::string const& text) {
    std::vector<std::string> all(1);
    for (char const c : text) {
        if (c == '/') {
            all.emplace_back();
        } else {
            all.back() += c;
        }
    }
    return all;
}

bool slowly(std::string const& filter, std::string const& name) {
    auto const f = levels(filter);
    auto const n = levels(name);
    bool const wild = f[0] == "#" || f[0] == "+";
    if (wild && name[0] == '$') return false;
    for (std::size_t i = 0; i < f.size(); ++i) {
        if (f[i] == "#") return n.size() >= i;
        if (i >= n.size()) return false;
        if (f[i] != "+" && f[i] != n[i]) return false;
    }
    return f.size() == n.size();
}

std::string word(wire_tests::dice& dice, bool filter) {
    static char const* const plain[] = {"a", "b", "", "ab", "$", "$SYS", "\xC3\xA4"};
    auto const pick = dice.below(filter ? 10 : 7);
    return pick < 7 ? plain[pick] : "+";
}

std::string topic(wire_tests::dice& dice, bool filter) {
    std::string s = word(dice, filter);
    for (auto n = dice.below(4); n > 0; --n) s += "/" + word(dice, filter);
    if (filter && dice.below(3) == 0) s = s.empty() || dice.below(6) == 0 ? "#" : s + "/#";
    return s;
}

}  // namespace

TEST_CASE("the examples of the standard", "[topic][4.7.1.2][4.7.1.3]") {
    CHECK_BOTH(matches("sport/tennis/player1/#", "sport/tennis/player1"));
    CHECK_BOTH(matches("sport/tennis/player1/#", "sport/tennis/player1/ranking"));
    CHECK_BOTH(matches("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon"));
    CHECK_BOTH(matches("sport/#", "sport"));
    CHECK_BOTH(matches("#", "sport"));
    CHECK_BOTH(matches("#", "/"));
    CHECK_BOTH(matches("sport/tennis/+", "sport/tennis/player1"));
    CHECK_BOTH(matches("sport/tennis/+", "sport/tennis/player2"));
    CHECK_BOTH(!matches("sport/tennis/+", "sport/tennis/player1/ranking"));
    CHECK_BOTH(!matches("sport/+", "sport"));
    CHECK_BOTH(matches("sport/+", "sport/"));
    CHECK_BOTH(matches("+/+", "/finance"));
    CHECK_BOTH(matches("/+", "/finance"));
    CHECK_BOTH(!matches("+", "/finance"));
    CHECK_BOTH(matches("+", "finance"));
    CHECK_BOTH(matches("+/tennis/#", "x/tennis"));
}

TEST_CASE("names that begin with '$' are not meant by a wildcard in the first level", "[topic][MQTT-4.7.2-1]") {
    CHECK_BOTH(!matches("#", "$SYS/uptime"));
    CHECK_BOTH(!matches("+/monitor/Clients", "$SYS/monitor/Clients"));
    CHECK_BOTH(!matches("+", "$SYS"));
    CHECK_BOTH(matches("$SYS/#", "$SYS"));
    CHECK_BOTH(matches("$SYS/#", "$SYS/uptime"));
    CHECK_BOTH(matches("$SYS/monitor/+", "$SYS/monitor/Clients"));
    CHECK_BOTH(matches("a/+", "a/$SYS"));
    CHECK_BOTH(matches("+/+", "/$SYS"));
    CHECK_BOTH(!matches("$SYS", "SYS"));
}

TEST_CASE("names are compared byte for byte", "[topic][MQTT-4.7.3-4][4.7.3]") {
    CHECK_BOTH(!matches("ACCOUNTS", "Accounts"));
    CHECK_BOTH(!matches("/finance", "finance"));
    CHECK_BOTH(!matches("a/", "a"));
    CHECK_BOTH(!matches("a", "a/"));
    CHECK_BOTH(matches("a//b", "a//b"));
    CHECK_BOTH(matches("a/+/b", "a//b"));
    CHECK_BOTH(!matches("a/+/b", "a/b"));
    CHECK_BOTH(!matches("ab", "a"));
    CHECK_BOTH(!matches("a", "ab"));
    CHECK_BOTH(matches("Accounts payable", "Accounts payable"));
}

TEST_CASE("any filter and any name: the same as level by level", "[topic][4.7]") {
    std::size_t yes = 0;
    for (std::uint64_t seed = 0; seed < 60'000; ++seed) {
        wire_tests::dice dice{seed};
        auto const filter = topic(dice, true);
        auto const name = topic(dice, false);
        if (name.empty() || find_filter_fault(filter) != filter_fault::none) continue;
        bool const expected = slowly(filter, name);
        yes += expected ? 1U : 0U;
        if (matches(filter, name) != expected) {
            CAPTURE(seed, filter, name);
            CHECK(matches(filter, name) == expected);
        }
    }
    CHECK(yes > 2'000);
}
