// SPDX-License-Identifier: BSL-1.0
// A client with a profile, and a web server that knows one answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <barelink/link/wall_clock.hpp>

#include "support/client_kit.hpp"

namespace profile_tests {

using namespace kit;

inline constexpr limits small{.highest_qos = qos::at_least_once};

// A connection a question; the answer begins when the question has come as a whole.
struct web_end {
    std::string answer = {};
    std::string asked  = {};  // by the last connection
    std::string host   = {};  // and port, likewise
    errc        fault  = errc::ok;  // of connect()
    bool        silent = false;     // nothing is answered, nobody hangs up
    std::size_t cut    = std::string::npos;
    std::size_t piece  = std::string::npos;
    std::size_t told   = 0;
    unsigned    connects = 0, closes = 0;
    bool        open   = false;

    result<connect_stage> connect(endpoint const& to) noexcept {
        host = std::string{to.host} + ":" + std::to_string(to.port);
        if (fault != errc::ok) return fault;
        ++connects;
        asked.clear();
        told = 0;
        open = true;
        return connect_stage::done;
    }
    result<std::size_t> read(bytes_out into) noexcept {
        auto const all = std::string_view{answer}.substr(0, cut);
        if (silent || !complete()) return errc::would_block;
        if (told == all.size()) return errc::closed_by_peer;
        auto const count = all.substr(told).copy(into.data(), into.size() < piece ? into.size() : piece);
        told += count;
        return count;
    }
    result<std::size_t> write(bytes_in from) noexcept {
        asked.append(from.data(), from.size());
        return from.size();
    }
    void close() noexcept {
        if (open) ++closes;
        open = false;
    }
    bool complete() const {
        auto const head = asked.find("\r\n\r\n");
        auto const at   = asked.find("Content-Length: ");
        if (head == std::string::npos || at == std::string::npos) return false;
        return asked.size() == head + 4 + static_cast<std::size_t>(std::stoul(asked.substr(at + 16)));
    }
    void answers(std::string_view body, std::string_view status = "200 OK") {
        answer = "HTTP/1.1 " + std::string{status} + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                 std::string{body};
    }
};

struct hand_calendar {
    wall_time time = {};
    wall_time now() const noexcept { return time; }
};
struct hand_dice {
    std::uint32_t next = 41;
    std::uint32_t draw() noexcept { return ++next; }
};

}  // namespace profile_tests
