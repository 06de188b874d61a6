// SPDX-License-Identifier: BSL-1.0
#include <barelink/link/backoff.hpp>

#include <cstdint>

#include <barelink/link/entropy.hpp>

#include "base/check_both.hpp"

using namespace barelink;

namespace {

constexpr auto lost = errc::connection_reset;
constexpr backoff_limits steady{.jitter = false};
constexpr backoff_limits jittered{};

// The wait after the failure with this number, counted from 1.
constexpr std::uint32_t wait_after(int failure, backoff_limits const& limits, std::uint32_t random = 0) {
    backoff b;
    std::uint32_t wait = 0;
    for (int i = 0; i < failure; ++i) wait = b.next(lost, limits, random);
    return wait;
}

}  // namespace

TEST_CASE("the wait doubles from 1 s to 60 s and stays there", "[link][backoff]") {
    CHECK_BOTH(wait_after(1, steady) == 1'000);
    CHECK_BOTH(wait_after(2, steady) == 2'000);
    CHECK_BOTH(wait_after(3, steady) == 4'000);
    CHECK_BOTH(wait_after(6, steady) == 32'000);
    CHECK_BOTH(wait_after(7, steady) == 60'000);
    CHECK_BOTH(wait_after(8, steady) == 60'000);
    CHECK_BOTH(wait_after(1000, steady) == 60'000);
}

TEST_CASE("a reset starts anew", "[link][backoff]") {
    backoff b;
    for (int i = 0; i < 5; ++i) b.next(lost, steady, 0);
    b.reset();
    CHECK(b.next(lost, steady, 0) == 1'000);
    CHECK(b.next(lost, steady, 0) == 2'000);
}

TEST_CASE("jitter takes at most half of the wait away, by what is drawn", "[link][backoff]") {
    CHECK_BOTH(wait_after(1, jittered, 0) == 1'000);
    CHECK_BOTH(wait_after(1, jittered, 0x8000'0000U) == 750);
    CHECK_BOTH(wait_after(7, jittered, 0) == 60'000);
    CHECK_BOTH(wait_after(7, jittered, 0x8000'0000U) == 45'000);
    for (int failure = 1; failure < 10; ++failure) {
        auto const whole = wait_after(failure, steady);
        for (std::uint32_t const random : {0U, 1U, 0x1234'5678U, 0x7FFF'FFFFU, 0x8000'0000U, 0xFFFF'FFFFU}) {
            auto const wait = wait_after(failure, jittered, random);
            CAPTURE(failure, random);
            CHECK(wait <= whole);
            CHECK(wait >= whole - whole / 2);
        }
    }
}

TEST_CASE("jitter spreads a wait of an hour as evenly as one of a second", "[link][backoff]") {
    constexpr backoff_limits hour{.ms_min = 3'600'000, .ms_max = 3'600'000};
    CHECK_BOTH(wait_after(1, hour, 0) == 3'600'000);
    auto const middle = wait_after(1, hour, 0x8000'0000U);
    CHECK(middle == 2'700'000);
    auto const least = wait_after(1, hour, 0xFFFF'FFFFU);
    CHECK(least >= 1'800'000);
    CHECK(least < 1'800'100);
}

TEST_CASE("without entropy there is no jitter", "[link][backoff][entropy]") {
    CHECK_BOTH(wait_after(1, jittered, no_entropy::draw()) == 1'000);
    CHECK_BOTH(wait_after(7, jittered, no_entropy::draw()) == 60'000);
}

TEST_CASE("what cannot heal waits the maximum at once and counts as no failure", "[link][backoff]") {
    backoff b;
    CHECK(b.next(errc::bad_credentials, steady, 0) == 60'000);
    CHECK(b.next(errc::not_authorized, jittered, 0xFFFF'FFFFU) == 60'000);
    CHECK(b.next(lost, steady, 0) == 1'000);
}

TEST_CASE("what an operator has to change cannot heal, what the network does can", "[link][backoff]") {
    using enum errc;
    for (auto const why : {bad_credentials, not_authorized, identifier_rejected, unacceptable_version, replaced,
                           credentials_failed, bad_client_id, bad_option}) {
        CHECK(cannot_heal(why));
    }
    for (auto const why : {server_unavailable, connack_timeout, ping_timeout, closed_by_peer, connection_reset,
                           resolve_failed, credentials_timeout, malformed_packet, requested}) {
        CHECK_FALSE(cannot_heal(why));
    }
    STATIC_REQUIRE(cannot_heal(not_authorized));
}

TEST_CASE("a certificate or a key that is wrong cannot heal, a clock, a cut or a lack of memory can",
          "[link][backoff]") {
    using enum errc;
    for (auto const why : {tls_unknown_authority, tls_expired, tls_not_yet_valid, tls_wrong_name, tls_wrong_pin,
                           tls_bad_certificate, tls_client_refused, tls_nothing_common, tls_bad_trust, tls_bad_key,
                           tls_bad_name}) {
        CAPTURE(static_cast<int>(why));
        CHECK(cannot_heal(why));
        CHECK(backoff{}.next(why, steady, 0) == steady.ms_max);
    }
    for (auto const why : {tls_clock_unknown, tls_timeout, tls_failed, tls_memory, tls_plain_peer, tls_cut,
                           tls_protocol}) {
        CAPTURE(static_cast<int>(why));
        CHECK_FALSE(cannot_heal(why));
        CHECK(backoff{}.next(why, steady, 0) == steady.ms_min);
    }
}

TEST_CASE("a minimum above the maximum waits the maximum", "[link][backoff]") {
    CHECK_BOTH(wait_after(1, {.ms_min = 90'000, .ms_max = 60'000, .jitter = false}) == 60'000);
    CHECK_BOTH(wait_after(3, {.ms_min = 60'000, .ms_max = 60'000, .jitter = false}) == 60'000);
}

TEST_CASE("being hung up on soon after twice in a row is a takeover", "[link][takeover]") {
    takeover_detector t;
    CHECK_FALSE(t.ended(true, errc::closed_by_peer, false));
    CHECK(t.ended(true, errc::closed_by_peer, false));
    CHECK(t.ended(true, errc::connection_reset, false));
}

TEST_CASE("anything else in between is no takeover", "[link][takeover]") {
    takeover_detector t;
    CHECK_FALSE(t.ended(true, errc::closed_by_peer, false));
    CHECK_FALSE(t.ended(false, errc::connect_refused, false));
    CHECK_FALSE(t.ended(true, errc::closed_by_peer, false));
    CHECK_FALSE(t.ended(true, errc::ping_timeout, false));
    CHECK_FALSE(t.ended(true, errc::closed_by_peer, false));
    CHECK_FALSE(t.ended(true, errc::closed_by_peer, true));
    // Hung up before CONNACK: the Server did not accept us.
    CHECK_FALSE(t.ended(false, errc::closed_by_peer, false));
    CHECK_FALSE(t.ended(true, errc::closed_by_peer, false));
}
