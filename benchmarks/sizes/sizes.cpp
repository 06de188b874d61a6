// SPDX-License-Identifier: BSL-1.0
// Never linked: each array is as large as the name says, and nm prints the sizes for whatever CPU it was compiled for.
#include <barelink/client/client.hpp>

namespace {

using namespace barelink;

// The size job's device with QoS 1.
constexpr limits small{.highest_qos        = qos::at_least_once,
                       .rx_bytes           = 1024,
                       .tx_bytes           = 1024,
                       .answers            = 4,
                       .inflight           = 8,
                       .inbound            = 8,
                       .subscriptions      = 1,
                       .subscribe_requests = 1,
                       .topic_bytes        = 64,
                       .reconnect          = false,
                       .statistics         = false};

struct no_transport {
    static result<connect_stage> connect(endpoint const&) noexcept { return connect_stage::done; }
    static result<std::size_t> read(bytes_out) noexcept { return errc::would_block; }
    static result<std::size_t> write(bytes_in) noexcept { return errc::would_block; }
    static void close() noexcept {}
};
struct no_clock {
    static instant now() noexcept { return {}; }
};

template <limits L>
constexpr std::size_t beyond_buffers = sizeof(storage<L>) - L.rx_bytes - L.tx_bytes;
template <limits L>
using device = client<no_transport, no_clock, L>;

// What one more of something adds to the storage, over four: single ones may vanish in padding.
template <class Number>
constexpr limits with(Number limits::*member, int more, bool five) {
    limits l{.versions = five ? version::v5 : version::v3_1_1, .chunks = true, .manual_ack = true};
    l.sources                = 4;
    l.inbound                = 20;
    l.subscriptions          = 8;
    l.topic_bytes            = 64;
    l.aliases_in             = five ? 4 : 0;
    l.aliases_out            = five ? 4 : 0;
    l.assigned_id_bytes      = five ? 32 : 0;
    l.server_reference_bytes = five ? 32 : 0;
    l.*member                = static_cast<Number>(l.*member + more);
    return l;
}
template <auto Member, bool Five = false>
constexpr std::size_t each = (sizeof(storage<with(Member, 4, Five)>) - sizeof(storage<with(Member, 0, Five)>)) / 4;

}  // namespace

#define SHOW(name, ...) extern "C" char size_of_##name[__VA_ARGS__]; char size_of_##name[__VA_ARGS__]

SHOW(qos1_storage_beyond_buffers, beyond_buffers<small>);
SHOW(qos1_client, sizeof(device<small>));
SHOW(v5_client, sizeof(device<limits{.versions = version::v5}>));
SHOW(v5_storage_beyond_buffers, beyond_buffers<limits{.versions = version::v5}>);
SHOW(qos1_all_beyond_buffers, beyond_buffers<small> + sizeof(device<small>));
SHOW(default_storage_beyond_buffers, beyond_buffers<limits{}>);
SHOW(default_client, sizeof(device<limits{}>));
SHOW(default_all_beyond_buffers, beyond_buffers<limits{}> + sizeof(device<limits{}>));
SHOW(one_of_rx_bytes, each<&limits::rx_bytes>);
SHOW(one_of_tx_bytes, each<&limits::tx_bytes>);
SHOW(one_of_answers, each<&limits::answers>);
SHOW(one_of_inflight, each<&limits::inflight>);
SHOW(one_of_inbound, each<&limits::inbound>);
SHOW(one_of_subscriptions, each<&limits::subscriptions>);
SHOW(one_of_sources, each<&limits::sources>);
SHOW(v5_one_of_answers, each<&limits::answers, true>);
SHOW(v5_one_of_subscriptions, each<&limits::subscriptions, true>);
SHOW(v5_one_of_aliases_in, each<&limits::aliases_in, true>);
SHOW(v5_one_of_aliases_out, each<&limits::aliases_out, true>);
SHOW(v5_one_of_alias_bytes, each<&limits::alias_bytes, true>);
SHOW(v5_one_of_assigned_id_bytes, each<&limits::assigned_id_bytes, true>);
SHOW(v5_one_of_server_reference_bytes, each<&limits::server_reference_bytes, true>);
static_assert(each<&limits::topic_bytes> == 0 && each<&limits::subscribe_requests> == 0, "these cost nothing");
SHOW(options, sizeof(options));
SHOW(event, sizeof(event));
