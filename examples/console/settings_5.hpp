// SPDX-License-Identifier: BSL-1.0
// The words of a command line that only 5.0 has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string_view>

#include <barelink/session/options.hpp>

#include "auth.hpp"
#include "input.hpp"
#include "properties.hpp"

namespace console {

// Reads them into options_5. What is not given is not announced to the broker; what is given is, also where it is what
// the standard would assume.
class settings_5 {
public:
    static constexpr std::uint32_t aliases_max = 255;  // as the console's limits

    settings_5() noexcept                    = default;
    settings_5(settings_5 const&)            = delete;
    settings_5& operator=(settings_5 const&) = delete;

    // Takes an option at the front of `words`. Returns how many words it took, 0 if it is none of these; -1 if it
    // cannot be taken, which was said on stderr.
    int take(std::span<char* const> words) noexcept {
        std::string_view const flag = words[0];
        for (auto const& r : rows) {
            if (flag != r.flag) continue;
            if (words.size() < 2) return complain(r.flag, "needs a value");
            value_ = words[1];
            if (!(this->*r.take)()) return complain(r.flag, r.wanted);
            given_ = r.flag;
            return 2;
        }
        return 0;
    }

    // Returns whether they go together with a client that speaks 5.0, or does not; why not was said on stderr.
    [[nodiscard]] bool finish(bool speaks_5, bool will, std::string_view user) noexcept {
        auth_.user = user;
        if (given_ != nullptr && !speaks_5) return complain(given_, "needs --protocol 5.0") > 0;
        if (!will && !will_with_.list().empty()) return complain("--will-property", "needs --will-topic") > 0;
        if (auto const* wrong = find_fault(auth_); wrong != nullptr) return complain("--auth-method", wrong) > 0;
        link_.with      = with_.list();
        link_.will_with = will_with_.list();
        return true;
    }

    // Lifetime: that of the object and of the command line.
    [[nodiscard]] barelink::options_5 const& link() const noexcept { return link_; }
    [[nodiscard]] auth_words const&          auth() const noexcept { return auth_; }

    static void help() noexcept {
        for (auto const& r : rows) std::printf("  %-23s %s\n", r.flag, r.wanted);
    }

private:
    struct row {
        char const* flag;
        bool (settings_5::*take)() noexcept;
        char const* wanted;
    };
    using id = barelink::property_id;

    bool session_expiry() noexcept {
        return number(0, 0xFFFF'FFFF) && announce(id::session_expiry_interval, link_.session_expiry_s = number_, 0);
    }
    bool receive_maximum() noexcept {
        if (!number(1, unbounded)) return false;
        link_.receive_maximum = static_cast<std::uint16_t>(number_);
        return announce(id::receive_maximum, number_, unbounded);
    }
    bool topic_alias_maximum() noexcept {
        if (!number(0, aliases_max)) return false;
        link_.topic_alias_maximum = static_cast<std::uint16_t>(number_);
        return announce(id::topic_alias_maximum, number_, 0);
    }
    bool maximum_packet_size() noexcept {
        return number(1, 0xFFFF'FFFF) && (link_.maximum_packet_size = number_, true);
    }
    bool user_property() noexcept {
        auto const at = value_.find('=');
        if (at == std::string_view::npos) return false;
        return with_.add({std::string_view{value_.data(), at}, value_.substr(at + 1)});
    }
    bool will_property() noexcept {
        barelink::property p{};
        return read_property(value_, p) && will_with_.add(p);
    }
    bool auth_method() noexcept { return auth_.method = value_, !value_.empty(); }
    bool auth_secret() noexcept { return auth_.secret = value_, !value_.empty(); }

    // The client is silent about a value that the standard assumes: then the property is given to it as one of ours.
    bool announce(id which, std::uint32_t value, std::uint32_t assumed) noexcept {
        return value != assumed || with_.add({which, value});
    }
    // Reads value_ into number_.
    bool number(std::uint32_t min, std::uint32_t max) noexcept {
        return read_number(value_, max, number_) && number_ >= min;
    }

    static int complain(char const* flag, char const* what) noexcept {
        std::fprintf(stderr, "barelink-console: %s %s\n", flag, what);
        return -1;
    }

    static constexpr std::uint32_t unbounded = 65'535;

    static constexpr row rows[] = {
        {"--session-expiry", &settings_5::session_expiry, "wants 0..4294967295 seconds, the last one for ever"},
        {"--receive-maximum", &settings_5::receive_maximum, "wants 1..65535 messages"},
        {"--topic-alias-maximum", &settings_5::topic_alias_maximum, "wants 0..255"},
        {"--maximum-packet-size", &settings_5::maximum_packet_size, "wants 1..4294967295 bytes"},
        {"--user-property", &settings_5::user_property, "wants KEY=VALUE; may be there up to 32 times"},
        {"--will-property", &settings_5::will_property, "wants NAME=VALUE; may be there up to 32 times"},
        {"--auth-method", &settings_5::auth_method, "wants SCRAM-SHA-256; needs --username and --auth-secret"},
        {"--auth-secret", &settings_5::auth_secret, "wants a text: the password"},
    };

    property_row<32 + 3> with_      = {};  // with those of announce()
    property_row<32>     will_with_ = {};
    barelink::options_5  link_      = {.receive_maximum = unbounded};
    auth_words           auth_      = {};
    std::string_view     value_     = {};
    std::uint32_t        number_    = 0;
    char const*          given_     = nullptr;
};

}  // namespace console
