// SPDX-License-Identifier: BSL-1.0
// The program qos1, or with JOB_V5 mqtt5, with one feature more; FEATURE_... says which.
#include <barelink/client/client.hpp>
#include <barelink/client/requests.hpp>
#include <barelink/link/mailbox.hpp>
#include <barelink/topic/router.hpp>

#include "hal.h"

namespace {

using namespace barelink;

#ifdef FEATURE_RECONNECT
constexpr bool reconnects = true;
#else
constexpr bool reconnects = false;
#endif

[[maybe_unused]] constexpr property extra[] = {{"key", "value"}};

// --- limits and options

#if defined FEATURE_CHUNKS
#define JOB_CHANGE l.chunks = true
#define JOB_OPTIONS .chunks = true
#elif defined FEATURE_MANUAL_ACK
#define JOB_CHANGE l.manual_ack = true
#define JOB_OPTIONS .manual_ack = true
#define JOB_USE static_cast<int>(mqtt.acknowledge(1))
#elif defined FEATURE_SOURCES
#define JOB_CHANGE l.sources = 1
#define JOB_USE static_cast<int>(mqtt.publish({.topic = JOB_PUB}, 2000, source_of_bytes).error)
std::size_t pull(void*, std::uint32_t, bytes_out into) noexcept {
    hal_message(into.data(), into.size(), into.data(), 0, 0);
    return into.size();
}
constexpr payload_source source_of_bytes{pull, nullptr};
#elif defined FEATURE_STATISTICS
#define JOB_CHANGE l.statistics = true
#define JOB_USE static_cast<int>(mqtt.stats().reads)
#elif defined FEATURE_UNSUBSCRIBE
#define JOB_USE static_cast<int>(mqtt.unsubscribe(JOB_SUB))
#elif defined FEATURE_WILL
#define JOB_OPTIONS .will = {.topic = JOB_PUB, .payload = "gone"}
#elif defined FEATURE_V3_1
#define JOB_CHANGE l.versions = version::v3_1 | version::v3_1_1
#elif defined FEATURE_V3_1_1
#define JOB_CHANGE l.versions = version::v3_1_1 | version::v5
#elif defined FEATURE_DEADLINES
#define JOB_USE static_cast<int>(mqtt.next_deadline().at.ms)
#elif defined FEATURE_ALIASES_IN
#define JOB_CHANGE l.aliases_in = 4
#elif defined FEATURE_ALIASES_OUT
#define JOB_CHANGE l.aliases_out = 4
#elif defined FEATURE_ASSIGNED_ID
#define JOB_CHANGE l.assigned_id_bytes = 32
#elif defined FEATURE_SERVER_REFERENCE
#define JOB_CHANGE l.server_reference_bytes = 32
#elif defined FEATURE_PROPERTIES
#define JOB_USE static_cast<int>(mqtt.publish({.topic = JOB_PUB}, extra).error)
#elif defined FEATURE_SUBSCRIBE_OPTIONS
#define JOB_USE static_cast<int>(mqtt.subscribe(JOB_SUB, qos::at_least_once, {.no_local = true}))

// --- policies

#elif defined FEATURE_ENTROPY
seeded_entropy noise{17};
#define JOB_POLICY noise
#elif defined FEATURE_CREDENTIALS
struct fresh_login {
    static errc refresh(login& out) noexcept {
        out.password = JOB_PASS;
        return errc::ok;
    }
};
fresh_login token;
#define JOB_POLICY token
#elif defined FEATURE_STORE
// Bytes go to the transport, so that the store itself costs next to nothing.
struct flash_store {
    static errc put(store_key key, bytes_in record) noexcept {
        return hal_send(record.data(), record.size() + key.id) < 0 ? errc::store_failed : errc::ok;
    }
    static errc erase(store_key key) noexcept { return put(key, {}); }
    static result<stored_record> restore(bytes_out into) noexcept {
        return stored_record{{}, static_cast<std::size_t>(hal_recv(into.data(), into.size()))};
    }
};
flash_store kept;
#define JOB_POLICY kept
#elif defined FEATURE_MAILBOX
constinit mailbox<128> letters{};
#define JOB_POLICY letters
#define JOB_USE static_cast<int>(letters.post({.topic = JOB_PUB}))
#elif defined FEATURE_AUTH
struct token_dialogue {
    static std::string_view method() noexcept { return "TOKEN"; }
    static errc start(std::string_view& out) noexcept { return step({}, out); }
    static errc step(std::string_view, std::string_view& out) noexcept {
        out = JOB_PASS;
        return errc::ok;
    }
    static errc finish(std::string_view) noexcept { return errc::ok; }
};
token_dialogue dialogue;
#define JOB_POLICY dialogue

// --- what stands beside the client

#elif defined FEATURE_ROUTER
struct pump {};
pump device_pump;
void on_set(pump&, event const& e) { hal_acked(e.id); }
using pump_route = topic_route<pump, event>;
constexpr auto table = router{std::array{pump_route{"pump/+/set", qos::at_least_once, on_set},
                                         pump_route{"pump/+/get", qos::at_least_once, on_set}}};
#define JOB_DISPATCH mqtt.dispatch(table, device_pump, e)
#elif defined FEATURE_REQUESTS
constinit pending_requests<4> requests{};
int ask(auto& mqtt) {
    auto const ticket = requests.open("re", {}, 5000);
    return static_cast<int>(mqtt.publish({.topic = JOB_PUB}, ticket.value.with()).error);
}
#define JOB_USE ask(mqtt)
#define JOB_DISPATCH hal_acked(static_cast<int>(requests.take(e)))
#endif

}  // namespace

#include "job.hpp"
