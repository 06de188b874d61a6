// SPDX-License-Identifier: BSL-1.0
// SCRAM-SHA-256: a password that is never sent, and a Server that has to know it too [RFC 5802, RFC 7677].
//
//   wolfcrypt engine;  wolfcrypt_random noise;
//   scram_sha256 who{engine, noise, "user", "pencil"};
//   client mqtt{memory, tls, clock, my_options, who};
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/base/utf8.hpp>
#include <barelink/crypto/engine.hpp>
#include <barelink/crypto/scram_messages.hpp>
#include <barelink/link/authenticator.hpp>
#include <barelink/text/builder.hpp>
#include <barelink/text/slice.hpp>

namespace barelink::inline v0 {

struct scram_limits {
    std::size_t   text_bytes     = 256;     // each message of ours; and our first one with the Server's salt behind it
    std::size_t   nonce_bytes    = 18;      // random bytes a dialogue, 15 or more; a multiple of 3, which base64 likes
    std::uint32_t iterations_max = 16'384;  // MACs of a password, the most that a Server may ask for; 4096 or more
};

// What does the arithmetic: everything. A secure element that keeps its keys to itself cannot do it.
template <class T>
concept scram_engine = mac_engine<T> && digest_engine<T> && base64_codec<T>;

namespace detail {

// A secret of 32 bytes, which leaves nothing behind.
struct scram_key {
    char bytes[32] = {};

    constexpr scram_key() noexcept          = default;
    scram_key(scram_key const&)             = delete;
    scram_key&  operator=(scram_key const&) = delete;
    constexpr ~scram_key() { wipe(bytes); }

    [[nodiscard]] constexpr std::string_view text() const noexcept { return {bytes, sizeof(bytes)}; }
    constexpr void mix(scram_key const& other) noexcept {
        for (std::size_t i = 0; i < sizeof(bytes); ++i) bytes[i] = static_cast<char>(bytes[i] ^ other.bytes[i]);
    }
};

// PBKDF2 with HMAC-SHA-256, one block of it. wolfCrypt's own leaves the password in its stack, or asks the heap for it.
// Requires: `to` is zero. Work: `iterations` MACs of 32 bytes.
template <mac_engine Engine>
constexpr errc stretch_password(Engine& engine, std::string_view password, std::string_view salt,
                                std::uint32_t iterations, scram_key& to) noexcept {
    scram_key step{};
    auto      error = make_mac(engine, digest::sha256, password, step.bytes, salt, std::string_view{"\0\0\0\1", 4});
    to.mix(step);
    for (; iterations > 1 && error == errc::ok; --iterations) {
        error = make_mac(engine, digest::sha256, password, step.bytes, step.text());
        to.mix(step);
    }
    return error;
}

// The dialogue in somebody else's memory: the sizes share this code.
template <scram_engine Engine>
class scram_dialogue {
protected:
    constexpr explicit scram_dialogue(Engine& engine) noexcept : engine_{engine} {}

    constexpr errc begin(bytes_out area, std::string_view user, bytes_in random, std::string_view& out) noexcept {
        stop();
        builder text{area};
        text << "n,,n=";
        for (char const& c : user) text << (c == ',' ? "=2C" : c == '=' ? "=3D" : std::string_view{&c, 1});
        text << ",r=";
        auto const nonce = text.extend(random.size() / 3 * 4);
        if (text.error() != errc::ok) return text.error();
        auto const size = engine_.encode_base64(text_of(random), nonce);
        if (!size) return size.error;
        if (size.value != nonce.size()) return errc::crypto_failed;
        our_nonce_ = nonce.size();
        out = first_ = text.view();
        stage_       = stage::begun;
        return errc::ok;
    }

    constexpr errc answer(bytes_out area, std::string_view password, std::uint32_t iterations_max, std::string_view in,
                          std::string_view& out) noexcept {
        auto const error = stage_ == stage::begun ? respond(area, password, iterations_max, in, out)
                                                  : errc::protocol_error;
        if (error != errc::ok) stop();
        return error;
    }

    constexpr errc judge(std::string_view in) noexcept {
        // Who says yes without having been asked for a proof has not given one either.
        auto const error = stage_ == stage::answered ? compare(in) : errc::auth_failed;
        stop();
        return error;
    }

    // Forgets a dialogue.
    constexpr void stop() noexcept {
        stage_ = stage::idle;
        wipe(expected_.bytes);
    }

private:
    enum class stage : std::uint8_t { idle, begun, answered };

    constexpr errc respond(bytes_out area, std::string_view password, std::uint32_t iterations_max,
                           std::string_view in, std::string_view& out) noexcept {
        auto const c = read_scram_challenge(in, slice(first_, first_.size() - our_nonce_), iterations_max);
        if (!c) return c.error;
        // The salt lies behind our first message, which is part of what is signed.
        auto const room = area.subspan(first_.size());
        auto const salt = engine_.decode_base64(c.value.salt, room);
        if (!salt) return salt.error == errc::malformed_text ? errc::protocol_error : salt.error;
        scram_key  proof{};
        auto const error = prove(password, text_of(room.first(salt.value)), c.value, in, proof);
        if (error != errc::ok) return error;
        builder text{area};
        text << "c=biws,r=" << c.value.nonce << ",p=";
        auto const coded = text.extend(44);
        if (text.error() != errc::ok) return text.error();
        auto const size = engine_.encode_base64(proof.text(), coded);
        if (!size || size.value != coded.size()) return errc::crypto_failed;
        out    = text.view();
        stage_ = stage::answered;
        return errc::ok;
    }

    // The MAC of all that both have said [RFC 5802, 3: AuthMessage].
    constexpr errc sign(scram_key const& key, std::string_view in, std::string_view nonce, scram_key& to) noexcept {
        return make_mac(engine_, digest::sha256, key.text(), to.bytes, slice(first_, 3), ",", in, ",c=biws,r=", nonce);
    }

    // Makes our proof, and the signature that the Server will have to show [RFC 5802, 3].
    constexpr errc prove(std::string_view password, std::string_view salt, scram_challenge const& c,
                         std::string_view in, scram_key& proof) noexcept {
        scram_key  salted{};
        scram_key  key{};
        scram_key  stored{};
        auto const derive = [&](std::string_view what) {
            return make_mac(engine_, digest::sha256, salted.text(), key.bytes, what);
        };
        auto error = stretch_password(engine_, password, salt, c.iterations, salted);
        if (error == errc::ok) error = derive("Server Key");
        if (error == errc::ok) error = sign(key, in, c.nonce, expected_);
        if (error == errc::ok) error = derive("Client Key");
        if (error == errc::ok) error = make_digest(engine_, digest::sha256, stored.bytes, key.text());
        if (error == errc::ok) error = sign(stored, in, c.nonce, proof);
        proof.mix(key);
        return error;
    }

    constexpr errc compare(std::string_view in) noexcept {
        auto const coded = read_scram_verdict(in);
        if (!coded) return coded.error;
        char       shown[33] = {};  // with what a decoder may need for the padding
        auto const size      = coded.value.size() == 44 ? engine_.decode_base64(coded.value, shown)
                                                        : result<std::size_t>{errc::malformed_text};
        if (!size) return size.error == errc::malformed_text ? errc::protocol_error : size.error;
        bool const same = size.value == 32 && same_secret({shown, 32}, expected_.text());
        return same ? errc::ok : errc::auth_failed;
    }

    Engine&          engine_;
    std::string_view first_     = {};  // our first message, in the area, until the answer is written over it
    std::size_t      our_nonce_ = 0;   // bytes at the end of it
    scram_key        expected_  = {};  // the Server's signature
    stage            stage_     = stage::idle;
};

consteval bool check_scram_limits(scram_limits const& l) {
    if (l.nonce_bytes < 15 || l.nonce_bytes > 96 || l.nonce_bytes % 3 != 0) return false;
    return l.text_bytes >= 64 + 2 * (l.nonce_bytes / 3 * 4) && l.iterations_max >= scram_iterations_min;
}

}  // namespace detail

// An authenticator of a client of 5.0. Nothing is kept from one dialogue to the next; there is no channel binding, so
// use it over TLS that checks the Server's certificate.
//
// Requires: user name and password are prepared as SASLprep does [RFC 4013]; printable ASCII is what it is.
// Returns: bad_user_name, text_too_long (limits), crypto_failed; auth_failed if the Server has not proved that it knows
// the password, refuses ours in words, takes a nonce that is not ours, or asks for fewer than 4096 or more than
// iterations_max iterations; protocol_error for what is not SCRAM, or comes out of turn.
// Work: step() makes as many MACs as the Server asks for, and client::poll() waits for it. Of SHA-256 that are four
// blocks of 64 bytes an iteration.
// Lifetime: engine, source, user name and password are borrowed. Other copies of secrets are wiped.
template <scram_engine Engine, random_source Random, scram_limits L = scram_limits{}>
class scram_sha256 : detail::scram_dialogue<Engine> {
    static_assert(detail::check_scram_limits(L),
                  "barelink: scram_limits needs nonce_bytes of 15 to 96 in steps of 3, text_bytes for two nonces in "
                  "base64 and 64 bytes more, and iterations_max of 4096 or more");

public:
    // An empty user name: no dialogue.
    constexpr scram_sha256(Engine& engine, Random& random, std::string_view user, std::string_view password) noexcept
        : detail::scram_dialogue<Engine>{engine}, random_{random}, user_{user}, password_{password} {}
    scram_sha256(scram_sha256 const&)            = delete;
    scram_sha256& operator=(scram_sha256 const&) = delete;

    [[nodiscard]] constexpr std::string_view method() const noexcept {
        return user_.empty() ? std::string_view{} : std::string_view{"SCRAM-SHA-256"};
    }
    constexpr errc start(std::string_view& out) noexcept {
        this->stop();
        if (user_.empty() || !is_utf8(user_)) return errc::bad_user_name;
        char nonce[L.nonce_bytes] = {};
        if (auto const e = random_.fill(nonce); e != errc::ok) return e;
        return this->begin(text_, user_, nonce, out);
    }
    constexpr errc step(std::string_view in, std::string_view& out) noexcept {
        return this->answer(text_, password_, L.iterations_max, in, out);
    }
    constexpr errc finish(std::string_view in) noexcept { return this->judge(in); }

private:
    Random&          random_;
    std::string_view user_;
    std::string_view password_;
    char             text_[L.text_bytes] = {};  // what we say
};

}  // namespace barelink::inline v0
