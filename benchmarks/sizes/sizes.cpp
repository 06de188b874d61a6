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
constexpr limits with(std::uint8_t limits::*member, int more) {
    limits l{.chunks = true, .manual_ack = true};
    l.sources          = 4;
    l.inbound          = 20;
    l.subscriptions    = 8;
    l.*member          = static_cast<std::uint8_t>(l.*member + more);
    return l;
}
template <std::uint8_t limits::*Member>
constexpr std::size_t each = (sizeof(storage<with(Member, 4)>) - sizeof(storage<with(Member, 0)>)) / 4;

}  // namespace

#define SHOW(name, value) extern "C" char size_of_##name[value]; char size_of_##name[value]

SHOW(qos1_storage_beyond_buffers, beyond_buffers<small>);
SHOW(qos1_client, sizeof(device<small>));
SHOW(qos1_all_beyond_buffers, beyond_buffers<small> + sizeof(device<small>));
SHOW(default_storage_beyond_buffers, beyond_buffers<limits{}>);
SHOW(default_client, sizeof(device<limits{}>));
SHOW(default_all_beyond_buffers, beyond_buffers<limits{}> + sizeof(device<limits{}>));
SHOW(one_of_answers, each<&limits::answers>);
SHOW(one_of_inflight, each<&limits::inflight>);
SHOW(one_of_inbound, each<&limits::inbound>);
SHOW(one_of_subscriptions, each<&limits::subscriptions>);
SHOW(one_of_sources, each<&limits::sources>);
SHOW(options, sizeof(options));
SHOW(event, sizeof(event));
