// SPDX-License-Identifier: BSL-1.0
// The text of the filters that the client knows, and their properties: it borrows both for as long as a subscription
// lives.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <barelink/base/bytes.hpp>

#include "properties.hpp"

namespace console {

// `Known` filters of at most `Bytes` bytes each, with as many bytes of properties. The client knows no longer ones:
// SUBSCRIBE has to fit its ring.
template <std::size_t Known, std::size_t Bytes>
class filter_texts {
public:
    static constexpr std::size_t properties_max = 64;  // of one filter

    struct kept {
        std::string_view        filter = {};
        barelink::property_list with   = {};
        bool                    full   = false;  // there was no place
    };

    // What a command may hand to the client. Lifetime: until drop(). What is too long comes back as it is: the client
    // refuses it.
    kept keep(std::string_view text, barelink::property_list with = {}) noexcept {
        fresh_ = nullptr;
        // The client has the old properties until it takes the new ones, so these get a place of their own.
        if (auto* const known = find(text); known != nullptr && with.empty()) return {view(*known), {}};
        if (text.size() > Bytes) return {text, with};
        for (auto& e : entries_) {
            if (e.used) continue;
            if (!e.with.keep(with)) return {text, with};
            e.used = true;
            e.size = text.size();
            barelink::move_bytes(e.text.data(), text.data(), text.size());
            fresh_ = &e;
            return {view(e), e.with.list()};
        }
        return {.full = true};
    }
    // The client has taken what keep() gave, in the place of what it had for this filter.
    void taken() noexcept {
        if (fresh_ == nullptr) return;
        for (auto& e : entries_) {
            if (&e != fresh_ && e.used && view(e) == view(*fresh_)) e.used = false;
        }
    }
    // The client has refused what keep() gave.
    void refused() noexcept {
        if (fresh_ != nullptr) fresh_->used = false;
    }
    // The client knows it no longer.
    void drop(std::string_view text) noexcept {
        if (auto* const known = find(text)) known->used = false;
    }

private:
    struct entry {
        std::array<char, Bytes>                text = {};
        std::size_t                            size = 0;
        kept_properties<properties_max, Bytes> with = {};
        bool                                   used = false;
    };

    static std::string_view view(entry const& e) noexcept { return {e.text.data(), e.size}; }

    entry* find(std::string_view text) noexcept {
        for (auto& e : entries_) {
            if (e.used && view(e) == text) return &e;
        }
        return nullptr;
    }

    // More than the client knows: for the one that it is going to refuse, and for those that it has given up for
    // another one after a SUBACK that did not come.
    std::array<entry, 2 * Known> entries_ = {};
    entry*                       fresh_   = nullptr;
};

}  // namespace console
