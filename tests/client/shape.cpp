// SPDX-License-Identifier: BSL-1.0
// What a client is made of: limits, storage, statistics, and the least that each policy must have.
#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <type_traits>

#include <barelink/topic/literal.hpp>

#include "base/check_both.hpp"
#include "support/client_kit.hpp"

using namespace kit;

namespace {

// The least that the contracts ask for.
struct least_transport {
    result<connect_stage> connect(endpoint const&) noexcept { return connect_stage::done; }
    result<std::size_t> read(bytes_out) noexcept { return errc::would_block; }
    result<std::size_t> write(bytes_in from) noexcept { return from.size(); }
    void close() noexcept {}
};
struct least_clock {
    instant now() noexcept { return {}; }
};
struct least_entropy {
    std::uint32_t draw() noexcept { return 0; }
};
struct least_credentials {
    errc refresh(login&) noexcept { return errc::ok; }
};
struct least_store {
    errc put(store_key, bytes_in) noexcept { return errc::ok; }
    errc erase(store_key) noexcept { return errc::ok; }
    result<stored_record> restore(bytes_out) noexcept { return stored_record{}; }
};
struct least_mailbox {
    bool front(message&) noexcept { return false; }
    void pop() noexcept {}
};

template <limits L, class... Policies>
session_state after_a_turn(Policies&... policies) {
    static storage<L> memory;
    memory = {};
    least_transport transport;
    least_clock clock;
    options const o{.host = "h", .client_id = "c", .clean_session = false};
    client<least_transport, least_clock, L, Policies...> c{memory, transport, clock, o, policies...};
    CHECK(c.connect() == errc::ok);
    c.poll([](event const&) {});
    static_cast<void>(c.next_deadline());
    c.yield(0, [](event const&) {});
    CHECK(c.disconnect() == errc::ok);
    return c.online() ? session_state::online : session_state::offline;
}

constexpr limits tiny{.highest_qos = qos::at_most_once,
                      .rx_bytes = 64,
                      .tx_bytes = 32,
                      .inflight = 0,
                      .inbound = 0,
                      .subscriptions = 0,
                      .subscribe_requests = 0,
                      .topic_bytes = 20,
                      .reconnect = false,
                      .statistics = false};
constexpr limits full{.versions = version::v3_1 | version::v3_1_1, .sources = 2, .chunks = true, .manual_ack = true};

constexpr limits richest{.versions               = version_set{true, true, true},
                         .sources                = 2,
                         .aliases_in             = 2,
                         .aliases_out            = 2,
                         .assigned_id_bytes      = 23,
                         .server_reference_bytes = 32,
                         .chunks                 = true,
                         .manual_ack             = true};

// What has a byte that is not zero would lie in .data, and so in flash once more.
struct leased_login {
    errc refresh(login&, lease&) noexcept { return errc::ok; }
};
template <limits L, class... Policies>
constinit client<least_transport, least_clock, L, Policies...> unborn{};
template <class T>
bool all_zero(T const& object) {
    auto const* const bytes = reinterpret_cast<unsigned char const*>(&object);
    return std::all_of(bytes, bytes + sizeof object, [](unsigned char b) { return b == 0; });
}

constexpr limits small{.rx_bytes = 128, .tx_bytes = 300};
constexpr limits large{.rx_bytes = 1024, .tx_bytes = 4096, .inflight = 30, .subscriptions = 20, .topic_bytes = 100};

// A client at compile time: connect, publish, be acknowledged.
struct constant_transport {
    char written[256] = {};
    std::size_t size = 0;
    blob incoming = {};
    constexpr result<connect_stage> connect(endpoint const&) noexcept { return connect_stage::done; }
    constexpr result<std::size_t> read(bytes_out into) noexcept {
        if (incoming.size == 0) return errc::would_block;
        auto const count = incoming.size < into.size() ? incoming.size : into.size();
        for (std::size_t i = 0; i < count; ++i) into[i] = incoming.data[i];
        incoming = {};
        return count;
    }
    constexpr result<std::size_t> write(bytes_in from) noexcept {
        for (char const c : from) written[size++] = c;
        return from.size();
    }
    constexpr void close() noexcept {}
};
struct constant_clock {
    constexpr instant now() const noexcept { return {1000}; }
};
constexpr bool lives_while_compiling() {
    storage<limits{.rx_bytes = 64, .tx_bytes = 64, .topic_bytes = 20}> memory{};
    constant_transport transport;
    constant_clock clock;
    options const o{.host = "h", .client_id = "dev"};
    client c{memory, transport, clock, o};
    if (c.connect() != errc::ok) return false;
    c.poll();
    if (transport.size != 17) return false;
    transport.incoming = connack();
    c.poll();
    if (c.next_event().type != event_type::connected || c.next_event()) return false;
    if (c.publish({.topic = "a", .payload = "x", .level = qos::at_least_once}).value != 1) return false;
    c.poll();
    if (std::string_view{transport.written + 17, transport.size - 17} != std::string_view{publish("a", "x", 1, 1)}) {
        return false;
    }
    transport.incoming = puback(1);
    c.poll();
    return c.next_event().type == event_type::delivered && c.stats().delivered == 1 && c.online();
}

}  // namespace

TEST_CASE("the least of each policy is enough, in any order", "[client]") {
    least_entropy entropy;
    least_credentials credentials;
    least_store store;
    least_mailbox mail;
    CHECK(after_a_turn<limits{}>() == session_state::offline);
    CHECK(after_a_turn<tiny>() == session_state::offline);
    CHECK(after_a_turn<full>() == session_state::offline);
    CHECK(after_a_turn<limits{}>(entropy) == session_state::offline);
    CHECK(after_a_turn<limits{}>(credentials) == session_state::offline);
    CHECK(after_a_turn<limits{}>(store) == session_state::offline);
    CHECK(after_a_turn<limits{}>(mail) == session_state::offline);
    CHECK(after_a_turn<full>(mail, store, entropy, credentials) == session_state::offline);
    CHECK(after_a_turn<full>(credentials, entropy, store, mail) == session_state::offline);
}

TEST_CASE("a client works while compiling", "[client]") {
    STATIC_REQUIRE(lives_while_compiling());
    CHECK(lives_while_compiling());
}

template <limits L>
void is_zero_until_set_up() {
    using kind = client<far_end, hand_clock, L>;
    alignas(kind) char bytes[sizeof(kind)];
    std::memset(bytes, 0x55, sizeof bytes);
    auto const* const c    = new (bytes) kind{};
    bool              zero = !c->online();
    // What lies between members may keep what it was.
    for (char const byte : bytes) zero = zero && (byte == 0 || byte == 0x55);
    CHECK(zero);
}

TEST_CASE("a client without arguments is all zero, and works when it is set up", "[client]") {
    is_zero_until_set_up<small>();
    is_zero_until_set_up<full>();
    is_zero_until_set_up<limits{.versions = version::v5, .aliases_in = 2, .aliases_out = 2}>();
    static storage<small> memory;
    least_transport       transport;
    least_clock           clock;
    options const         o{.host = "h", .client_id = "c"};
    client<least_transport, least_clock, small> c{};
    c.set_up(memory, transport, clock, o);
    CHECK(c.connect() == errc::ok);
    c.poll([](event const&) {});
    CHECK(c.publish({.topic = std::string(256, 't')}).error == errc::topic_too_long);
    CHECK(c.publish({.topic = "t", .level = qos::at_least_once}).value == 1);
}

TEST_CASE("clients of different sizes share all their code", "[client]") {
    using a = client<far_end, hand_clock, small>;
    using b = client<far_end, hand_clock, large>;
    using c = client<far_end, hand_clock, full>;
    STATIC_REQUIRE(std::is_same_v<a::core, b::core>);
    STATIC_REQUIRE_FALSE(std::is_same_v<a::core, c::core>);
}

TEST_CASE("clients of different sizes share their engine", "[client]") {
    using a = client<far_end, hand_clock, small>;
    using b = client<far_end, hand_clock, large>;
    using c = client<far_end, hand_clock, limits{.highest_qos = qos::at_least_once}>;
    STATIC_REQUIRE(a::enabled == b::enabled);
    STATIC_REQUIRE(!(a::enabled == c::enabled));
    STATIC_REQUIRE(std::is_same_v<session<a::enabled>, session<b::enabled>>);
}

TEST_CASE("features follow from the limits", "[client]") {
    STATIC_REQUIRE(features_of(limits{}, false) == features{});
    STATIC_REQUIRE(features_of(full, true) == features{.v3_1 = true,
                                                       .chunks = true,
                                                       .sources = true,
                                                       .deferred_ack = true,
                                                       .persistent = true});
    STATIC_REQUIRE(!features_of(tiny, false).has(qos::at_least_once));
}

TEST_CASE("storage is all zero, an aggregate, and costs what its parts cost", "[client]") {
    STATIC_REQUIRE(std::is_aggregate_v<storage<limits{}>>);
    STATIC_REQUIRE(std::is_trivially_destructible_v<storage<limits{}>>);
    STATIC_REQUIRE(sizeof(storage<tiny>) >= 64 + 32);
    STATIC_REQUIRE(sizeof(storage<tiny>) <= 64 + 32 + 64);
    STATIC_REQUIRE(sizeof(storage<limits{}>) < sizeof(storage<limits{.inflight = 9}>));
    STATIC_REQUIRE(check_budget<tiny, 160>());
    static storage<limits{}> memory{};
    auto const* const bytes = reinterpret_cast<unsigned char const*>(&memory);
    std::size_t set = 0;
    for (std::size_t i = 0; i < sizeof memory; ++i) set += bytes[i] != 0 ? 1U : 0U;
    CHECK(set == 0);
}

TEST_CASE("statistics count what happened", "[client]") {
    bench<limits{.rx_bytes = 64}> b;
    REQUIRE(b.start());
    REQUIRE(b.c->publish({.topic = "t", .payload = "0"}));
    REQUIRE(b.c->publish({.topic = "t", .payload = "1", .level = qos::at_least_once}));
    CHECK_FALSE(b.c->publish({.topic = "t/#", .payload = "2"}));
    CHECK(b.settle() == "");
    CHECK(b.hears(puback(1)) == "delivered #1");
    CHECK(b.hears(publish("in", "x")) == "message in=x q0");
    CHECK(b.hears(large_publish("in", pattern(100))) == "dropped in [100] message_too_long");
    b.net.read_error = errc::closed_by_peer;
    CHECK(b.settle() == "disconnected closed_by_peer 1000");
    auto const& s = b.c->stats();
    CHECK(s.connects == 1);
    CHECK(s.disconnects == 1);
    CHECK(s.messages_out == 2);
    CHECK(s.messages_in == 1);
    CHECK(s.delivered == 1);
    CHECK(s.dropped == 1);
    CHECK(s.bytes_out == 17 + 6 + 8);
    CHECK(s.bytes_in == 4 + 4 + 7 + 106);
    CHECK(s.reads >= 4);
    CHECK(s.writes == 2);
    CHECK(sizeof(client<far_end, hand_clock, limits{.statistics = false}>) < sizeof(client<far_end, hand_clock>));
}

TEST_CASE("a routing table is subscribed to as a whole", "[client]") {
    struct pump {
        int calls = 0;
    };
    static constexpr auto handler = [](pump& p, event const&) { ++p.calls; };
    static constexpr router table{std::array{route<pump>{topic_filter("a/+"), qos::at_most_once, handler},
                                             route<pump>{topic_filter("b/#"), qos::at_least_once, handler}}};
    bench b;
    REQUIRE(b.start());
    REQUIRE(b.c->subscribe(table) == errc::ok);
    CHECK(b.settle() == "");
    CHECK(b.net.said() == "SUBSCRIBE 1 a/+ q0, SUBSCRIBE 2 b/# q1");
    b.net.incoming += publish("b/x/y", "");
    pump p;
    b.c->poll([&p](event const& e) {
        if (e.type == event_type::message) CHECK(table.dispatch(p, e) == 1);
    });
    CHECK(p.calls == 1);
}

TEST_CASE("a client that is not set up is zero, whatever it can do", "[client]") {
    CHECK(all_zero(unborn<limits{}>));
    CHECK(all_zero(unborn<tiny>));
    CHECK(all_zero(unborn<richest>));
    CHECK(all_zero(unborn<richest, least_entropy, leased_login, least_store, least_mailbox>));
}

TEST_CASE("payloads from a source and manual acknowledgement through the client", "[client]") {
    bench<limits{.rx_bytes = 64, .tx_bytes = 128, .sources = 1, .topic_bytes = 40, .chunks = true, .manual_ack = true}>
        b;
    b.o.manual_ack = true;
    b.o.chunks = true;
    REQUIRE(b.start());
    auto const zeros = [](void*, std::uint32_t, bytes_out into) {
        for (char& c : into) c = 'z';
        return into.size();
    };
    REQUIRE(b.c->publish({.topic = "t", .level = qos::at_least_once}, 300, {zeros, nullptr}).value == 1);
    CHECK(b.c->publish({.topic = std::string_view{"01234567890123456789012345678901234567890"}}, 3, {zeros, nullptr})
              .error == errc::topic_too_long);
    CHECK(b.settle() == "");
    CHECK(b.net.said() == "PUBLISH t=" + payload_words(std::string(300, 'z')) + " q1 #1");
    auto const told = b.hears(large_publish("in", pattern(70), 1, 5));
    CHECK(told.find("chunk in 0+") == 0);
    CHECK(told.find("message in [70] q1 #5") != std::string::npos);
    CHECK(b.net.said() == "");
    REQUIRE(b.c->acknowledge(5) == errc::ok);
    CHECK(b.settle() == "");
    CHECK(b.net.said() == "PUBACK 5");
    b.c->manual_ack(false);
    CHECK(b.hears(publish("in", "x", 1, 6)) == "message in=x q1 #6");
    CHECK(b.net.said() == "PUBACK 6");
}
