// SPDX-License-Identifier: BSL-1.0
#include <barelink/testing/byte_queue.hpp>
#include <barelink/testing/fixed.hpp>

#include <string_view>

#include "base/check_both.hpp"

using namespace barelink;
using barelink::testing::byte_queue;
using barelink::testing::fixed_list;
using barelink::testing::fixed_text;

namespace {

constexpr bool list_keeps_order() {
    fixed_list<int, 3> list;
    list.add(1);
    list.add(2);
    list.add(3);
    bool const full = list.full();
    list.erase(list.begin());
    list.erase(&list[1]);
    return full && list.size() == 1 && list[0] == 2;
}

constexpr auto numbers() {
    fixed_text<40> text;
    text << std::uint32_t{0} << ' ' << std::uint64_t{18'446'744'073'709'551'615U} << ' ' << std::uint8_t{7};
    return text;
}
constexpr auto hexadecimal() {
    return fixed_text<20>{}.hex(std::string_view{"\x00\x9F", 2});
}
constexpr auto in_quotes(std::string_view text) {
    return fixed_text<30>{}.quoted(text);
}
constexpr auto cut() {
    return fixed_text<4>{"seven77"};
}

// A queue of four bytes that has wrapped around its end.
constexpr bool queue_wraps() {
    byte_queue<4> queue;
    char const    abc[]  = {'a', 'b', 'c'};
    char          out[4] = {};
    bool const    first  = queue.push(abc) == 3 && queue.pop(bytes_out{out, 2}) == 2 && out[1] == 'b';
    bool const    second = queue.push(abc) == 3 && queue.push(abc) == 0 && queue.room() == 0;
    bool const    pieces = queue.front().size() == 2 && queue.front()[0] == 'c';
    return first && second && pieces && queue.pop(out) == 4 && out[0] == 'c' && out[3] == 'c' && queue.empty();
}

}  // namespace

TEST_CASE("a fixed list keeps the order of what was added", "[testing][fixed]") {
    CHECK_BOTH(list_keeps_order());
}

TEST_CASE("a fixed text writes numbers, bytes and quotations", "[testing][fixed]") {
    CHECK_BOTH(numbers().view() == "0 18446744073709551615 7");
    CHECK_BOTH(hexadecimal().view() == "009F");
    CHECK_BOTH(in_quotes("a\"b\\").view() == R"("a\"b\\")");
    CHECK_BOTH(in_quotes("\n\x7F").view() == R"("\x0A\x7F")");
}

TEST_CASE("a fixed text says that something is missing", "[testing][fixed]") {
    CHECK_BOTH(cut().view() == "seve");
    CHECK_BOTH(cut().truncated());
    CHECK_BOTH(!in_quotes("a").truncated());
}

TEST_CASE("a byte queue gives back what it took, across its end", "[testing][byte_queue]") {
    CHECK_BOTH(queue_wraps());
}
