// SPDX-License-Identifier: BSL-1.0
#include <barelink/text/utc.hpp>

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <string_view>

#include "base/check_both.hpp"

using namespace barelink;

namespace {

template <class Form>
constexpr bool writes(std::string_view expected, std::uint64_t seconds) {
    char    room[16] = {};
    builder out{room};
    out << Form{utc(seconds)};
    return out.take() == result<std::string_view>{expected};
}

}  // namespace

TEST_CASE("seconds become dates across leap years and centuries", "[text][utc]") {
    CHECK_BOTH(utc(0) == utc_time{});
    CHECK_BOTH(utc(951'782'399) == utc_time{2000, 2, 28, 23, 59, 59});
    CHECK_BOTH(utc(951'782'400) == utc_time{2000, 2, 29, 0, 0, 0});
    CHECK_BOTH(utc(951'868'800) == utc_time{2000, 3, 1, 0, 0, 0});
    CHECK_BOTH(utc(1'440'938'160) == utc_time{2015, 8, 30, 12, 36, 0});
    CHECK_BOTH(utc(4'107'542'399) == utc_time{2100, 2, 28, 23, 59, 59});
    CHECK_BOTH(utc(4'107'542'400) == utc_time{2100, 3, 1, 0, 0, 0});
    CHECK_BOTH(utc(utc_last) == utc_time{9999, 12, 31, 23, 59, 59});
}

TEST_CASE("the C library says the same of every day for 500 years", "[text][utc]") {
    std::size_t wrong = 0;
    for (std::time_t day = 0; day < 500 * 366; ++day) {
        std::time_t const seconds = day * 86'400 + day % 86'400;
        std::tm           t       = {};
        gmtime_r(&seconds, &t);
        auto const u = utc(static_cast<std::uint64_t>(seconds));
        wrong += u.year != t.tm_year + 1900 || u.month != t.tm_mon + 1 || u.day != t.tm_mday || u.hour != t.tm_hour ||
                         u.minute != t.tm_min || u.second != t.tm_sec
                     ? 1U
                     : 0U;
    }
    CHECK(wrong == 0);
}

TEST_CASE("dates are written in the forms that are signed", "[text][utc]") {
    CHECK_BOTH(writes<utc_date>("20150830", 1'440'938'160));
    CHECK_BOTH(writes<utc_hour>("2015083012", 1'440'938'160));
    CHECK_BOTH(writes<utc_stamp>("20150830T123600Z", 1'440'938'160));
    CHECK_BOTH(writes<utc_stamp>("19700101T000000Z", 0));
    CHECK_BOTH(writes<utc_stamp>("99991231T235959Z", utc_last));
}
