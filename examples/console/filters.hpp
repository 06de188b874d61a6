// SPDX-License-Identifier: BSL-1.0
// The text of the filters that the client knows: it borrows them for as long as a subscription lives.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <barelink/base/bytes.hpp>

namespace console {

// `Known` filters of at most `Bytes` bytes each. The client knows no longer ones: SUBSCRIBE has to fit its ring.
template <std::size_t Known, std::size_t Bytes>
class filter_texts {
public:
    // What a command may hand to the client. Lifetime: until drop(). A text that can't be kept comes back as it is: the
    // client refuses it.
    std::string_view keep(std::string_view text) noexcept {
        fresh_ = nullptr;
        if (auto* const known = find(text)) return view(*known);
        if (text.size() > Bytes) return text;
        for (auto& e : entries_) {
            if (e.used) continue;
            e.used = true;
            e.size = text.size();
            barelink::move_bytes(e.text.data(), text.data(), text.size());
            fresh_ = &e;
            return view(e);
        }
        return text;
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
        std::array<char, Bytes> text = {};
        std::size_t             size = 0;
        bool                    used = false;
    };

    static std::string_view view(entry const& e) noexcept { return {e.text.data(), e.size}; }

    entry* find(std::string_view text) noexcept {
        for (auto& e : entries_) {
            if (e.used && view(e) == text) return &e;
        }
        return nullptr;
    }

    // One more than the client knows: for the one that it is going to refuse.
    std::array<entry, Known + 1> entries_ = {};
    entry*                       fresh_   = nullptr;
};

}  // namespace console
