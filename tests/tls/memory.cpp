// SPDX-License-Identifier: BSL-1.0
#include <barelink/tls/wolfssl_memory.hpp>

#include <cstdint>
#include <cstring>
#include <vector>

#include "support/catch.hpp"

using namespace barelink;

namespace {

constexpr std::uint32_t head = tls::detail::pool_step;

bool aligned(void* p) { return reinterpret_cast<std::uintptr_t>(p) % alignof(std::max_align_t) == 0; }

}  // namespace

TEST_CASE("a pool is all zero at first, so it costs no flash", "[tls][memory]") {
    static constinit tls::pool<8192> pool{};
    auto const*                      bytes = reinterpret_cast<unsigned char const*>(&pool);
    for (std::size_t i = 0; i < sizeof pool; ++i) REQUIRE(bytes[i] == 0);
    CHECK(pool.in_use() == 0);
    CHECK(pool.capacity == 8192);
}

TEST_CASE("a pool gives what it has, aligned, and no more", "[tls][memory]") {
    tls::pool<4096>    pool;
    std::vector<void*> pieces;
    while (void* const p = pool.allocate(100)) {
        CHECK(aligned(p));
        std::memset(p, 0xAA, 100);
        pieces.push_back(p);
    }
    CHECK(pieces.size() == 4096 / ((100 + head + head - 1) / head * head));
    CHECK(pool.refused() == 1);
    CHECK(pool.high_water() <= 4096);
    for (void* const p : pieces) pool.release(p);
    CHECK(pool.in_use() == 0);
    void* const all = pool.allocate(4096 - head);
    CHECK(all != nullptr);
    CHECK(pool.allocate(1) == nullptr);
    pool.release(all);
    CHECK(pool.high_water() == 4096);
    pool.reset_high_water();
    CHECK(pool.high_water() == 0);
}

TEST_CASE("a size that no pool can have is refused", "[tls][memory]") {
    tls::pool<4096> pool;
    CHECK(pool.allocate(4096) == nullptr);
    CHECK(pool.allocate(4096 - head + 1) == nullptr);
    CHECK(pool.allocate(0xFFFF'FFFF) == nullptr);
    CHECK(pool.allocate(static_cast<std::size_t>(-1)) == nullptr);
    CHECK(pool.refused() == 4);
    CHECK(pool.in_use() == 0);
    void* const nothing = pool.allocate(0);
    CHECK(nothing != nullptr);
    pool.release(nothing);
    pool.release(nullptr);
    CHECK(pool.in_use() == 0);
}

TEST_CASE("what is no piece of a pool is not given back", "[tls][memory]") {
    tls::pool<4096> pool;
    auto* const     p = static_cast<unsigned char*>(pool.allocate(256));
    std::memset(p, 1, 256);
    auto const held = pool.in_use();
    for (std::size_t i = 1; i < 256; ++i) pool.release(p + i);
    pool.release(&pool);
    pool.release(p - head);
    pool.release(p + 4096);
    pool.release(reinterpret_cast<void*>(head));
    for (int i = 0; i < 256; ++i) REQUIRE(p[i] == 1);
    CHECK(pool.in_use() == held);
    pool.release(p);
    CHECK(pool.in_use() == 0);
    pool.release(p);  // twice
    CHECK(pool.in_use() == 0);
}

TEST_CASE("what is given back is wiped", "[tls][memory]") {
    tls::pool<4096> pool;
    auto* const     p = static_cast<unsigned char*>(pool.allocate(64));
    std::memset(p, 0x5A, 64);
    pool.release(p);
    for (int i = 0; i < 64; ++i) CHECK(p[i] == 0);
}

TEST_CASE("a piece grows with its contents, in place where it can", "[tls][memory]") {
    tls::pool<4096> pool;
    void*           p = pool.resize(nullptr, 10);
    REQUIRE(p != nullptr);
    std::memcpy(p, "0123456789", 10);
    CHECK(pool.resize(p, 5) == p);
    p = pool.resize(p, 2000);
    REQUIRE(p != nullptr);
    CHECK(std::memcmp(p, "0123456789", 10) == 0);
    CHECK(pool.resize(p, 4000) == nullptr);  // the old piece stays
    CHECK(std::memcmp(p, "0123456789", 10) == 0);
    pool.release(p);
    CHECK(pool.in_use() == 0);
}

TEST_CASE("pieces in any order never overlap, and the pool is whole again at the end", "[tls][memory]") {
    static constinit tls::pool<65'536> pool{};
    struct piece {
        unsigned char* at;
        std::size_t    size;
        unsigned char  mark;
    };
    std::vector<piece> live;
    std::uint32_t      state = 1;
    auto const         roll  = [&](std::uint32_t below) {
        state = state * 1'664'525U + 1'013'904'223U;
        return (state >> 8) % below;
    };
    for (int i = 0; i < 20'000; ++i) {
        if (live.empty() || roll(100) < 55) {
            std::size_t const size = 1 + roll(i % 50 == 0 ? 16'000 : 400);
            auto* const       at   = static_cast<unsigned char*>(pool.allocate(size));
            if (at == nullptr) continue;
            auto const mark = static_cast<unsigned char>(1 + roll(255));
            std::memset(at, mark, size);
            live.push_back({at, size, mark});
        } else {
            auto const which = roll(static_cast<std::uint32_t>(live.size()));
            auto const p     = live[which];
            for (std::size_t k = 0; k < p.size; ++k) REQUIRE(p.at[k] == p.mark);
            pool.release(p.at);
            live[which] = live.back();
            live.pop_back();
        }
    }
    CHECK(pool.refused() > 0);
    for (auto const& p : live) pool.release(p.at);
    CHECK(pool.in_use() == 0);
    CHECK(pool.allocate(65'536 - head) != nullptr);
}

TEST_CASE("wiping leaves nothing", "[tls][memory]") {
    char secret[16];
    std::memset(secret, 'k', sizeof secret);
    tls::wipe(bytes_out{secret}.first(10));
    for (int i = 0; i < 10; ++i) CHECK(secret[i] == 0);
    CHECK(secret[10] == 'k');
}
