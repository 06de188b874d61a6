// SPDX-License-Identifier: BSL-1.0
// The memory of a client: a plain aggregate, all zero, that the user places.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <barelink/base/bytes.hpp>
#include <barelink/client/limits.hpp>
#include <barelink/session/memory.hpp>

namespace barelink::inline v0 {

namespace detail {
// N elements, or nothing at all.
template <class T, std::size_t N>
struct block {
    T elements[N];
    constexpr std::span<T> span() noexcept { return elements; }
};
template <class T>
struct block<T, 0> {
    static constexpr std::span<T> span() noexcept { return {}; }
};
}  // namespace detail

// What a client gets of its storage. Views of it.
struct client_memory {
    session_memory session          = {};
    bytes_out      assigned_id      = {};
    bytes_out      server_reference = {};
    std::uint16_t  topic_bytes      = 0;
};

// `static constinit storage<my_limits> memory{};` lies in .bss. Lifetime: must outlive its client; one client each.
template <limits L>
struct storage {
    static_assert(check_limits<L>());

    static constexpr bool        above_0       = L.highest_qos != qos::at_most_once;
    static constexpr bool        has_inbound   = L.highest_qos == qos::exactly_once || L.manual_ack;
    static constexpr std::size_t inflight_max  = above_0 ? L.inflight : 0;
    static constexpr std::size_t inbound_max   = has_inbound ? L.inbound : 0;
    static constexpr std::size_t buffer_bytes  = L.rx_bytes + L.tx_bytes;
    static constexpr std::size_t inflight_bytes = inflight_max * sizeof(inflight_slot);
    static constexpr std::size_t alias_stride   = alias_table::overhead + L.alias_bytes;
    // A publish whose topic is replaced is put together here; a longer one keeps its topic.
    static constexpr std::size_t scratch_bytes = L.aliases_out == 0 ? 0 : 2U * L.alias_bytes + 64U;

    [[no_unique_address]] detail::block<inflight_slot, inflight_max>   inflight;
    [[no_unique_address]] detail::block<subscription, L.subscriptions> subscriptions;
    [[no_unique_address]] detail::block<source_slot, L.sources>        sources;
    [[no_unique_address]] detail::block<inbound_slot, inbound_max>     inbound;
    [[no_unique_address]] detail::block<subscribe_options, L.versions.v5 ? L.subscriptions : 0> subscribing;
    [[no_unique_address]] detail::block<char, L.aliases_in * alias_stride>  aliases_in;
    [[no_unique_address]] detail::block<char, L.aliases_out * alias_stride> aliases_out;
    [[no_unique_address]] detail::block<char, scratch_bytes>                alias_scratch;
    [[no_unique_address]] detail::block<char, L.assigned_id_bytes>          assigned_id;
    [[no_unique_address]] detail::block<char, L.server_reference_bytes>     server_reference;
    char control[(L.versions.v5 ? 5U : 4U) * L.answers];
    char rx[L.rx_bytes];
    char tx[L.tx_bytes];

    [[nodiscard]] constexpr client_memory memory() noexcept {
        return {.session          = {.rx                 = rx,
                                     .tx                 = tx,
                                     .control            = control,
                                     .inflight           = inflight.span(),
                                     .subscriptions      = subscriptions.span(),
                                     .inbound            = inbound.span(),
                                     .sources            = sources.span(),
                                     .subscribing        = subscribing.span(),
                                     .aliases_in         = {aliases_in.span(), L.aliases_in},
                                     .aliases_out        = {aliases_out.span(), L.aliases_out},
                                     .alias_scratch      = alias_scratch.span(),
                                     .subscribe_requests = L.subscribe_requests},
                .assigned_id      = assigned_id.span(),
                .server_reference = server_reference.span(),
                .topic_bytes      = L.topic_bytes};
    }
};

// Write `static_assert(check_budget<my_limits, 2048>());` to keep a client's memory within a number of bytes.
template <limits L, std::size_t BytesMax>
consteval bool check_budget() {
    static_assert(storage<L>::buffer_bytes <= BytesMax,
                  "barelink: the buffers alone exceed the budget: lower limits::rx_bytes or limits::tx_bytes");
    static_assert(sizeof(storage<L>) <= BytesMax,
                  "barelink: the tables exceed the budget: lower limits::inflight, inbound, subscriptions or sources");
    return true;
}

}  // namespace barelink::inline v0
