// SPDX-License-Identifier: BSL-1.0
#include <barelink/base/delegate.hpp>

#include <type_traits>

#include "support/catch.hpp"

using namespace barelink;

namespace {

struct gauge {
    int value = 0;
    void set(int to) { value = to; }
    int add(int a, int b) { return value += a + b; }
    int read() const { return value; }
    void swap(int& other) {
        auto const mine = value;
        value = other;
        other = mine;
    }
};

int twice(void* context, int n) {
    ++*static_cast<int*>(context);
    return 2 * n;
}

}  // namespace

TEST_CASE("a delegate without a function is false", "[base][delegate]") {
    STATIC_REQUIRE_FALSE(static_cast<bool>(delegate<void()>{}));
    STATIC_REQUIRE_FALSE(std::is_convertible_v<delegate<void()>, bool>);
    gauge g;
    CHECK(static_cast<bool>(delegate<void(int)>::to<&gauge::set>(g)));
}

TEST_CASE("a delegate calls a free function with its context", "[base][delegate]") {
    int calls = 0;
    delegate<int(int)> const d{&twice, &calls};
    CHECK(d(21) == 42);
    CHECK(d(4) == 8);
    CHECK(calls == 2);
}

TEST_CASE("a free function may do without a context", "[base][delegate]") {
    delegate<bool()> const d{[](void* context) { return context == nullptr; }, nullptr};
    REQUIRE(static_cast<bool>(d));
    CHECK(d());
}

TEST_CASE("a delegate calls a member function of the object it was made for", "[base][delegate]") {
    gauge one, two;
    auto const set = delegate<void(int)>::to<&gauge::set>(one);
    auto const add = delegate<int(int, int)>::to<&gauge::add>(two);
    set(7);
    CHECK(one.value == 7);
    CHECK(two.value == 0);
    CHECK(add(1, 2) == 3);
    CHECK(add(1, 2) == 6);
    CHECK(one.value == 7);
    CHECK(delegate<int()>::to<&gauge::read>(one)() == 7);
}

TEST_CASE("a reference argument reaches the caller's object", "[base][delegate]") {
    gauge g{3};
    int other = 9;
    delegate<void(int&)>::to<&gauge::swap>(g)(other);
    CHECK(g.value == 9);
    CHECK(other == 3);
}

TEST_CASE("a copy of a delegate calls the same object, and it is two words", "[base][delegate]") {
    gauge g;
    auto const first = delegate<void(int)>::to<&gauge::set>(g);
    auto const copy = first;
    copy(5);
    CHECK(g.value == 5);
    STATIC_REQUIRE(std::is_trivially_copyable_v<delegate<void(int)>>);
    STATIC_REQUIRE(sizeof(delegate<void(int)>) == 2 * sizeof(void*));
}
