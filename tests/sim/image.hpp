// SPDX-License-Identifier: BSL-1.0
// The memory of a client as bytes, to see whether a life full of trouble has left anything behind.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <new>
#include <string>
#include <type_traits>
#include <vector>

#include <barelink/client/storage.hpp>

namespace sim {

// A client in memory that is all zero, so that the bytes between its members are known.
template <class Client>
class zeroed {
public:
    template <class... Args>
    explicit zeroed(Args&... args) : client_{new (bytes_) Client{args...}} {}
    zeroed(zeroed const&)            = delete;
    zeroed& operator=(zeroed const&) = delete;
    ~zeroed() { client_->~Client(); }

    Client& operator*() { return *client_; }
    Client* operator->() { return client_; }

    // Every byte of the object but its statistics, which count for ever.
    [[nodiscard]] std::string image() const {
        std::string text(reinterpret_cast<char const*>(bytes_), sizeof(Client));
        auto const& stats = client_->stats();
        auto const  from  = reinterpret_cast<unsigned char const*>(&stats) - bytes_;
        if constexpr (!std::is_empty_v<std::remove_cvref_t<decltype(stats)>>) {
            text.replace(static_cast<std::size_t>(from), sizeof(stats), sizeof(stats), '\0');
        }
        return text;
    }

private:
    alignas(Client) unsigned char bytes_[sizeof(Client)] = {};
    Client*                       client_;
};

// What of the storage means something when nothing is under way: the filters, wherever they lie, and which payload
// sources are in use. The buffers and the other tables are empty then, which their indices in the client say.
template <barelink::limits L>
std::string image_of(barelink::storage<L>& memory) {
    std::vector<std::string> lines;
    for (auto const& s : memory.subscriptions.span()) {
        if (s.state == barelink::subscription_state::free) continue;
        lines.push_back(std::string{s.filter} + ' ' + std::to_string(static_cast<int>(s.state)) + ' ' +
                        std::to_string(barelink::number(s.level)) + std::to_string(s.code) + '\n');
    }
    for (auto const& s : memory.sources.span()) lines.push_back(s.read ? "source in use\n" : "source free\n");
    std::sort(lines.begin(), lines.end());
    std::string text;
    for (auto const& line : lines) text += line;
    return text;
}

// Where two images differ, but for the bytes in `masked`.
inline std::vector<std::size_t> differences(std::string const& a, std::string const& b,
                                            std::vector<std::size_t> const& masked = {}) {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < a.size() || i < b.size(); ++i) {
        bool skip = false;
        for (auto const m : masked) skip = skip || m == i;
        if (!skip && (i >= a.size() || i >= b.size() || a[i] != b[i])) found.push_back(i);
    }
    return found;
}

// Bytes between members are copied with their struct now and then, from what the stack held before: let that be zero.
[[gnu::noinline]] inline void clear_stack() {
    char volatile bytes[16'384];
    for (auto& b : bytes) b = 0;
}

}  // namespace sim
