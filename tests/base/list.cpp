// SPDX-License-Identifier: BSL-1.0
#include <barelink/base/list.hpp>

#include <array>
#include <span>
#include <string>

#include "base/check_both.hpp"

using namespace barelink;

namespace {

// Three digits in memory for four; the one at `gone` is taken out. Returns what is left, as a decimal number.
constexpr int left_without(int gone) {
    std::array<int, 4> memory = {};
    list<int> numbers{memory};
    for (int n = 1; n <= 3; ++n) numbers.add(n);
    if (gone >= 0) numbers.erase(numbers.begin() + gone);
    int digits = 0;
    for (int const n : numbers) digits = 10 * digits + n;
    return digits;
}

constexpr int sum(list<int> const& numbers) {
    int total = 0;
    for (int const n : numbers) total += n;
    return total;
}

}  // namespace

TEST_CASE("elements keep the order in which they were added", "[base][list]") { CHECK_BOTH(left_without(-1) == 123); }

TEST_CASE("those behind an erased element move up, wherever it was", "[base][list]") {
    CHECK_BOTH(left_without(0) == 23);
    CHECK_BOTH(left_without(1) == 13);
    CHECK_BOTH(left_without(2) == 12);
}

TEST_CASE("a list without memory is empty and full at once", "[base][list]") {
    list<int> const none;
    CHECK(none.size() == 0);
    CHECK(none.capacity() == 0);
    CHECK(none.full());
    CHECK(none.begin() == none.end());
}

TEST_CASE("a list is full when it has as many elements as its memory", "[base][list]") {
    std::array<int, 2> memory = {};
    list<int> numbers{memory};
    CHECK(numbers.capacity() == 2);
    CHECK_FALSE(numbers.full());
    numbers.add(1);
    CHECK_FALSE(numbers.full());
    numbers.add(2);
    CHECK(numbers.full());
    CHECK(numbers.size() == 2);
    numbers.erase(numbers.begin());
    CHECK_FALSE(numbers.full());
    CHECK(numbers.size() == 1);
}

TEST_CASE("adding returns the place of the new element in the given memory", "[base][list]") {
    std::array<int, 2> memory = {};
    list<int> numbers{memory};
    CHECK(numbers.add(5) == &memory[0]);
    auto* const second = numbers.add(6);
    CHECK(second == &memory[1]);
    *second = 8;
    CHECK(sum(numbers) == 13);
}

TEST_CASE("erasing the last element leaves the memory behind it alone", "[base][list]") {
    std::array<int, 3> memory = {0, 0, 99};
    list<int> numbers{std::span<int>{memory}.first(2)};
    numbers.add(1);
    numbers.add(2);
    numbers.erase(numbers.end() - 1);
    CHECK(numbers.size() == 1);
    numbers.erase(numbers.begin());
    CHECK(numbers.size() == 0);
    CHECK(memory[2] == 99);
}

TEST_CASE("a cleared list takes as many elements as before", "[base][list]") {
    std::array<int, 2> memory = {};
    list<int> numbers{memory};
    numbers.add(1);
    numbers.add(2);
    numbers.clear();
    CHECK(numbers.size() == 0);
    CHECK(sum(numbers) == 0);
    numbers.add(3);
    numbers.add(4);
    CHECK(sum(numbers) == 7);
}

TEST_CASE("elements of odd size move up whole", "[base][list]") {
    struct triple {
        char a = 0, b = 0, c = 0;
    };
    std::array<triple, 4> memory = {};
    list<triple> letters{memory};
    for (char const c : {'d', 'g', 'j', 'm'}) letters.add({c, static_cast<char>(c + 1), static_cast<char>(c + 2)});
    letters.erase(letters.begin() + 1);
    std::string all;
    for (auto const& t : letters) all += {t.a, t.b, t.c};
    CHECK(all == "defjklmno");
}
