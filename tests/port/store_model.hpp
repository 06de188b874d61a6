// SPDX-License-Identifier: BSL-1.0
// What a store should hold, kept in the simplest way.
#pragma once

#include <algorithm>
#include <array>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <barelink/link/store.hpp>

#include "support/catch.hpp"

namespace store_model {

using barelink::bytes_in;
using barelink::errc;
using barelink::store_key;

struct record {
    store_key   key;
    std::string bytes;

    friend bool operator==(record const&, record const&) = default;
    friend std::ostream& operator<<(std::ostream& out, record const& r) {
        return out << (r.key.from == store_key::side::inbound ? 'i' : 'o') << r.key.id << ':' << r.bytes.size();
    }
};
using records = std::vector<record>;

constexpr store_key out(std::uint16_t id) { return {store_key::side::outbound, id}; }
constexpr store_key in(std::uint16_t id) { return {store_key::side::inbound, id}; }

// An erase() if there are no bytes to put.
struct change {
    bool   put;
    record what;
};

inline void apply(records& to, change const& c) {
    auto const same = [&](record const& r) { return r.key == c.what.key; };
    auto const at   = std::find_if(to.begin(), to.end(), same);
    if (!c.put) {
        if (at != to.end()) to.erase(at);
    } else if (at == to.end()) {
        to.push_back(c.what);
    } else {
        *at = c.what;
    }
}

template <class Store>
errc apply(Store& to, change const& c) {
    return c.put ? to.put(c.what.key, c.what.bytes) : to.erase(c.what.key);
}

// All that restore() gives, and how often it failed.
template <class Store>
std::pair<records, int> restore_all(Store& store) {
    std::pair<records, int> all;
    std::string             buffer(4096, '\0');
    for (int calls = 0;; ++calls) {
        REQUIRE(calls < 1000);  // it has to come to an end
        auto const r = store.restore(buffer);
        if (!r) {
            REQUIRE(r.error == errc::store_failed);
            ++all.second;
        } else if (r.value.key.from == store_key::side::none) {
            return all;
        } else {
            all.first.push_back({r.value.key, buffer.substr(0, r.value.size)});
        }
    }
}

// Small numbers that are the same everywhere.
class dice {
public:
    explicit dice(std::uint32_t seed) : state_{seed} {}
    std::uint32_t below(std::uint32_t n) {
        state_ = state_ * 1'664'525U + 1'013'904'223U;
        return (state_ >> 8U) % n;
    }

private:
    std::uint32_t state_;
};

inline change random_change(dice& d, std::uint16_t ids, std::uint32_t bytes_max) {
    auto const  id      = static_cast<std::uint16_t>(1 + d.below(ids));
    bool const  inbound = d.below(3) == 0;
    bool const  put     = d.below(5) < 3;
    std::string bytes(inbound || !put ? 0 : d.below(bytes_max + 1), '\0');
    for (char& c : bytes) c = static_cast<char>(d.below(256));
    return {put, {inbound ? in(id) : out(id), bytes}};
}

}  // namespace store_model
