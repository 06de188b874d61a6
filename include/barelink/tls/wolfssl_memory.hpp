// SPDX-License-Identifier: BSL-1.0
// All the memory that wolfSSL gets: one bounded object that you place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <barelink/tls/wipe.hpp>

namespace barelink::inline v0::tls {

namespace detail {
// What stands in front of each piece of a pool. Its size is the alignment, so that what follows is aligned.
struct alignas(std::max_align_t) pool_block {
    std::uint32_t size;  // with this header; a multiple of the alignment
    std::uint32_t used;  // 0, or mark_of() its place
};
inline constexpr std::uint32_t pool_step = sizeof(pool_block);
// Not 0, because a place is a multiple of the alignment; and not what lies in the middle of a piece by chance.
[[nodiscard]] constexpr std::uint32_t mark_of(std::uint32_t where) noexcept { return where ^ 0xB5A9'C3D1U; }
}  // namespace detail

// First fit with coalescing over bytes that are all zero at first. Not a template: the sizes share this code.
class pool_state {
public:
    // Bytes in use now, with headers.
    [[nodiscard]] constexpr std::uint32_t in_use() const noexcept { return in_use_; }
    // How large the pool had to be for what it held since the start or reset_high_water(), gaps included.
    [[nodiscard]] constexpr std::uint32_t high_water() const noexcept { return high_water_; }
    constexpr void reset_high_water() noexcept { high_water_ = in_use_; }
    // How often it had no room, ever (wraps). Whoever sees it move knows why wolfSSL failed, whatever wolfSSL says.
    [[nodiscard]] constexpr std::uint32_t refused() const noexcept { return refused_; }

protected:
    using block = detail::pool_block;

    // Returns `size` bytes, aligned for anything; nullptr if no gap is large enough. Work: the blocks behind the first
    // gap.
    void* allocate(unsigned char* memory, std::uint32_t capacity, std::size_t size) noexcept {
        if (end_ == 0) {
            end_ = capacity - capacity % detail::pool_step;
            *at(memory, 0) = {end_, 0};
        }
        // Larger than the pool, or so large that rounding would wrap.
        if (size >= end_) return refuse();
        auto const need = (static_cast<std::uint32_t>(size) + 2 * detail::pool_step - 1) & ~(detail::pool_step - 1);
        for (auto where = first_gap_; where < end_;) {
            auto* const b = at(memory, where);
            if (b->used != 0) {
                where += b->size;
                continue;
            }
            while (where + b->size < end_ && at(memory, where + b->size)->used == 0) {
                b->size += at(memory, where + b->size)->size;
            }
            if (b->size < need) {
                where += b->size;
                continue;
            }
            take(memory, where, need);
            return b + 1;
        }
        return refuse();
    }

    // Gives back what allocate() returned, and wipes it: keys lie there. nullptr is ignored, and so is what is no
    // piece: wolfSSL 5.5.4 gives back the middle of one when a connection is freed whose CertificateVerify is stuck.
    void release(unsigned char* memory, void* piece) noexcept {
        auto const at_piece = reinterpret_cast<std::uintptr_t>(piece);
        auto const first    = reinterpret_cast<std::uintptr_t>(memory) + detail::pool_step;
        if (at_piece < first || at_piece - first >= end_ || (at_piece - first) % detail::pool_step != 0) return;
        auto const  where = static_cast<std::uint32_t>(at_piece - first);
        auto* const b     = at(memory, where);
        if (b->used != detail::mark_of(where)) return;
        wipe(piece, b->size - detail::pool_step);
        b->used = 0;
        in_use_ -= b->size;
        if (where < first_gap_) first_gap_ = where;
    }

    // As realloc does: on failure the old piece stays.
    void* resize(unsigned char* memory, std::uint32_t capacity, void* piece, std::size_t size) noexcept {
        if (piece == nullptr) return allocate(memory, capacity, size);
        auto const room = (static_cast<block*>(piece) - 1)->size - detail::pool_step;
        if (size <= room) return piece;
        void* const larger = allocate(memory, capacity, size);
        if (larger == nullptr) return nullptr;
        std::memcpy(larger, piece, room);
        release(memory, piece);
        return larger;
    }

private:
    static block* at(unsigned char* memory, std::uint32_t where) noexcept {
        return reinterpret_cast<block*>(memory + where);
    }
    void* refuse() noexcept {
        ++refused_;
        return nullptr;
    }
    // Uses the first `need` bytes of the gap at `where`.
    void take(unsigned char* memory, std::uint32_t where, std::uint32_t need) noexcept {
        auto* const b = at(memory, where);
        if (b->size - need > detail::pool_step) {
            *at(memory, where + need) = {b->size - need, 0};
            b->size                   = need;
        }
        b->used = detail::mark_of(where);
        in_use_ += b->size;
        auto const top = where + b->size;
        if (top > high_water_) high_water_ = top;
        if (where == first_gap_) first_gap_ = top;
    }

    std::uint32_t end_        = 0;  // 0: nothing was asked for yet
    std::uint32_t first_gap_  = 0;  // no gap lies in front of it
    std::uint32_t in_use_     = 0;
    std::uint32_t high_water_ = 0;
    std::uint32_t refused_    = 0;
};

// A pool of `Bytes` bytes, all zero at first, so that a static one lies in .bss and costs no flash. docs/tls.md says
// how large it has to be. One owner: not for two threads.
template <std::uint32_t Bytes>
class pool : public pool_state {
    static_assert(Bytes >= 4096 && Bytes <= 0x4000'0000, "barelink: a pool for wolfSSL has 4 KiB to 1 GiB");

public:
    static constexpr std::uint32_t capacity = Bytes;

    void* allocate(std::size_t size) noexcept { return pool_state::allocate(memory_, Bytes, size); }
    void  release(void* piece) noexcept { pool_state::release(memory_, piece); }
    void* resize(void* piece, std::size_t size) noexcept { return pool_state::resize(memory_, Bytes, piece, size); }

private:
    alignas(std::max_align_t) unsigned char memory_[Bytes] = {};
};

}  // namespace barelink::inline v0::tls
