// SPDX-License-Identifier: BSL-1.0
// The console's command line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string_view>

#include <barelink/session/options.hpp>

#include "input.hpp"
#include "settings_5.hpp"
#include "tls_options.hpp"

namespace console {

// How the reading of the command line has ended.
enum class start : std::uint8_t { go, help, wrong };

// Reads the options of the command line into `options` of the client.
class settings {
public:
    [[nodiscard]] start read(int argc, char** argv) noexcept {
        std::span<char* const> const words{argv, static_cast<std::size_t>(argc)};
        for (int i = 1; i < argc; i += 2) {
            std::string_view const flag = argv[i];
            if (flag == "--help" || flag == "-h") return help();
            auto const rest = words.subspan(static_cast<std::size_t>(i));
            if (int const taken = take_elsewhere(rest); taken != 0) {
                if (taken < 0) return start::wrong;
                i += taken - 2;
                continue;
            }
            row const* const r = find(flag);
            if (r == nullptr) return complain(flag, "is no option; --help lists them");
            if (i + 1 == argc) return complain(flag, "needs a value");
            value_ = argv[i + 1];
            if (!(this->*r->take)()) return complain(flag, r->wanted);
        }
        bool const no_topic = link_.will.topic.empty();
        if (will_ && no_topic) return complain("--will-topic", "is missing: the other options of a will need it");
        bool const five = link_.protocol == barelink::version::v5;
        if (!five_.finish(five, !no_topic, link_.user_name)) return start::wrong;
        return start::go;
    }

    // Lifetime: that of argv.
    [[nodiscard]] barelink::options&         link() noexcept { return link_; }
    [[nodiscard]] barelink::options_5 const& link_5() const noexcept { return five_.link(); }
    [[nodiscard]] secure::tls_options const& tls() const noexcept { return tls_; }
    [[nodiscard]] auth_words const&          auth() const noexcept { return five_.auth(); }

private:
    struct row {
        char const* flag;
        bool (settings::*take)() noexcept;
        char const* wanted;
    };

    // The options that are not about the link of every version; see their take().
    int take_elsewhere(std::span<char* const> words) noexcept {
        int const taken = tls_.take(words);
        return taken != 0 ? taken : five_.take(words);
    }

    // Times of the client are 32-bit milliseconds that wrap: a day is far from their edge.
    static constexpr std::uint32_t day_ms = 86'400'000;

    bool host() noexcept {
        link_.host = value_;
        return !value_.empty();
    }
    bool port() noexcept { return number(1, 65'535) && (link_.port = static_cast<std::uint16_t>(number_), true); }
    bool client_id() noexcept { return link_.client_id = value_, true; }
    bool user_name() noexcept { return link_.user_name = value_, true; }
    bool password() noexcept { return link_.password = value_, true; }
    bool keep_alive() noexcept {
        return number(0, 65'535) && (link_.keep_alive_s = static_cast<std::uint16_t>(number_), true);
    }
    bool clean_session() noexcept { return number(0, 1) && (link_.clean_session = number_ == 1, true); }
    bool protocol() noexcept {
        using barelink::version;
        link_.protocol = value_ == "3.1" ? version::v3_1 : value_ == "5.0" ? version::v5 : version::v3_1_1;
        return value_ == "3.1" || value_ == "3.1.1" || value_ == "5.0";
    }
    bool will_topic() noexcept {
        link_.will.topic = value_;
        return !value_.empty();
    }
    bool will_payload() noexcept { return link_.will.payload = value_, will_ = true; }
    bool will_qos() noexcept {
        will_ = true;
        return number(0, 2) && (link_.will.level = static_cast<barelink::qos>(number_), true);
    }
    bool will_retain() noexcept {
        will_ = true;
        return number(0, 1) && (link_.will.retain = number_ == 1, true);
    }
    bool request_timeout() noexcept {
        if (!number(1, day_ms)) return false;
        link_.request_timeout_ms = number_;
        link_.publish_timeout_ms = 2 * number_;
        return true;
    }
    bool reconnect() noexcept { return number(0, 1) && (link_.reconnect = number_ == 1, true); }
    bool backoff_max() noexcept { return number(1, day_ms / 1000) && (link_.backoff_ms_max = number_ * 1000, true); }
    bool chunks() noexcept { return number(0, 1) && (link_.chunks = number_ == 1, true); }

    // Reads value_ into number_.
    bool number(std::uint32_t min, std::uint32_t max) noexcept {
        return read_number(value_, max, number_) && number_ >= min;
    }

    static constexpr row rows[] = {
        {"--host", &settings::host, "wants a name or an address"},
        {"--port", &settings::port, "wants 1..65535"},
        {"--client-id", &settings::client_id, "wants a text"},
        {"--username", &settings::user_name, "wants a text"},
        {"--password", &settings::password, "wants a text"},
        {"--keep-alive", &settings::keep_alive, "wants 0..65535 seconds"},
        {"--clean-session", &settings::clean_session, "wants 0 or 1"},
        {"--protocol", &settings::protocol, "wants 3.1, 3.1.1 or 5.0"},
        {"--will-topic", &settings::will_topic, "wants a topic name"},
        {"--will-payload", &settings::will_payload, "wants a text"},
        {"--will-qos", &settings::will_qos, "wants 0, 1 or 2"},
        {"--will-retain", &settings::will_retain, "wants 0 or 1"},
        {"--request-timeout", &settings::request_timeout, "wants 1..86400000 milliseconds"},
        {"--reconnect", &settings::reconnect, "wants 0 or 1"},
        {"--backoff-max", &settings::backoff_max, "wants 1..86400 seconds"},
        {"--chunks", &settings::chunks, "wants 0 or 1"},
    };

    static row const* find(std::string_view flag) noexcept {
        for (auto const& r : rows) {
            if (flag == r.flag) return &r;
        }
        return nullptr;
    }

    static start complain(std::string_view flag, char const* what) noexcept {
        std::fprintf(stderr, "barelink-console: %.*s %s\n", static_cast<int>(flag.size()), flag.data(), what);
        return start::wrong;
    }

    static start help() noexcept {
        std::puts("barelink-console: talks MQTT as commands on standard input say, and tells what happens in JSON.\n"
                  "\nOptions:");
        for (auto const& r : rows) std::printf("  %-18s %s\n", r.flag, r.wanted);
        std::printf("%s\n", secure::tls_options::help.data());
        std::puts("\nOptions of 5.0, told to the broker only if they are given:");
        settings_5::help();
        std::puts("\nCommands:\n"
                  "  connect | disconnect | stats | quit\n"
                  "  subscribe QOS FILTER | unsubscribe FILTER\n"
                  "  publish QOS RETAIN TOPIC [TEXT...] | publish-hex QOS RETAIN TOPIC [HEX]\n"
                  "  publish-size QOS RETAIN TOPIC N\n"
                  "  ack auto | ack manual | ack PACKET_ID\n"
                  "  wait MS | wait-for EVENT MS\n"
                  "\nIn 5.0, before QOS: --property NAME=VALUE, as often as needed, with NAME as in the standard:\n"
                  "content-type, user-property=KEY=VALUE, subscription-identifier ... subscribe also takes\n"
                  "--no-local 0|1, --retain-as-published 0|1 and --retain-handling 0|1|2, disconnect a reason:\n"
                  "disconnect [0..255]. authenticate: does what --auth-method says once more.");
        return start::help;
    }

    secure::tls_options tls_    = {};
    settings_5          five_   = {};
    barelink::options   link_   = {.host = "127.0.0.1"};
    std::string_view    value_  = {};
    std::uint32_t       number_ = 0;
    bool                will_   = false;
};

}  // namespace console
