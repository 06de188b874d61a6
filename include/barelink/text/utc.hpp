// SPDX-License-Identifier: BSL-1.0
// Seconds since 1970 as a date, in the forms that clouds sign.
#pragma once

#include <cstdint>

#include <barelink/text/builder.hpp>

namespace barelink::inline v0 {

// A day of the Gregorian calendar and a time of that day, UTC.
struct utc_time {
    std::uint16_t year   = 1970;
    std::uint8_t  month  = 1;  // 1..12
    std::uint8_t  day    = 1;  // 1..31
    std::uint8_t  hour   = 0;
    std::uint8_t  minute = 0;
    std::uint8_t  second = 0;

    friend constexpr bool operator==(utc_time const&, utc_time const&) = default;
};

// The last second of the year 9999, which has four digits.
inline constexpr std::uint64_t utc_last = 253'402'300'799U;

// Requires: at most utc_last. Work: constant.
[[nodiscard]] constexpr utc_time utc(std::uint64_t seconds) noexcept {
    auto const of_day = static_cast<std::uint32_t>(seconds % 86'400U);
    // Years that begin in March put the leap day at their end: then a month's first day is a linear function.
    auto const day      = static_cast<std::uint32_t>(seconds / 86'400U) + 719'468U;  // since 0000-03-01
    auto const era      = day / 146'097U;                                            // of 400 years
    auto const of_era   = day % 146'097U;
    auto const year     = (of_era - of_era / 1'460U + of_era / 36'524U - of_era / 146'096U) / 365U;
    auto const of_year  = of_era - (365U * year + year / 4U - year / 100U);
    auto const march    = (5U * of_year + 2U) / 153U;  // months since March
    auto const month    = march < 10U ? march + 3U : march - 9U;
    return {.year   = static_cast<std::uint16_t>(year + era * 400U + (month <= 2U ? 1U : 0U)),
            .month  = static_cast<std::uint8_t>(month),
            .day    = static_cast<std::uint8_t>(of_year - (153U * march + 2U) / 5U + 1U),
            .hour   = static_cast<std::uint8_t>(of_day / 3'600U),
            .minute = static_cast<std::uint8_t>(of_day / 60U % 60U),
            .second = static_cast<std::uint8_t>(of_day % 60U)};
}

namespace detail {
constexpr void add_two(builder& out, unsigned number) noexcept {
    out << static_cast<char>('0' + number / 10U) << static_cast<char>('0' + number % 10U);
}
}  // namespace detail

// `out << utc_date{t}`: YYYYMMDD.
struct utc_date {
    utc_time time = {};

    friend constexpr builder& operator<<(builder& out, utc_date const& d) noexcept {
        detail::add_two(out, d.time.year / 100U);
        detail::add_two(out, d.time.year % 100U);
        detail::add_two(out, d.time.month);
        detail::add_two(out, d.time.day);
        return out;
    }
};

// `out << utc_hour{t}`: YYYYMMDDHH.
struct utc_hour {
    utc_time time = {};

    friend constexpr builder& operator<<(builder& out, utc_hour const& h) noexcept {
        out << utc_date{h.time};
        detail::add_two(out, h.time.hour);
        return out;
    }
};

// `out << utc_stamp{t}`: YYYYMMDDTHHMMSSZ, the basic format of ISO 8601.
struct utc_stamp {
    utc_time time = {};

    friend constexpr builder& operator<<(builder& out, utc_stamp const& s) noexcept {
        out << utc_date{s.time} << 'T';
        detail::add_two(out, s.time.hour);
        detail::add_two(out, s.time.minute);
        detail::add_two(out, s.time.second);
        return out << 'Z';
    }
};

}  // namespace barelink::inline v0
