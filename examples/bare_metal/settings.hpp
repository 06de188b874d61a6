// SPDX-License-Identifier: BSL-1.0
// What a run is to do, from the command line that the emulator was given: WORD=VALUE... A product has an object like
// this one in its flash.
#pragma once

#include <charconv>
#include <cstdint>
#include <string_view>

#include "board/board.h"

struct settings {
    std::string_view id        = "metal";
    std::string_view host      = "10.0.2.2";
    std::string_view authority = {};  // the file of the authority that we trust; empty: no TLS
    std::string_view server    = {};  // the name in the server's certificate, if not `host`
    std::uint32_t    port      = 1883;
    std::uint32_t    dns       = 53;   // port of the host's name server
    std::uint32_t    tls       = 0;    // 12, 13; 0: what the server likes best
    std::uint32_t    loss      = 0;    // percent of all frames
    std::uint32_t    rounds    = 1;    // of publishing and receiving; between two of them the connection is to be lost
    std::uint32_t    large     = 0;    // bytes of one large message that is awaited
    std::uint32_t    idle_ms   = 0;    // at the end: to stay for so long
    std::uint32_t    alive_s   = 60;   // keep alive
    std::uint32_t    within_ms = 20'000;

    // Returns false, having said why, if there is something that it does not know. Lifetime: as `line`.
    bool read(std::string_view line) noexcept {
        while (!line.empty()) {
            auto const end  = line.find(' ');
            auto const word = end == line.npos ? line : std::string_view{line.data(), end};
            line.remove_prefix(end == line.npos ? line.size() : end + 1);
            auto const sign = word.find('=');
            if (sign == word.npos) continue;  // the program's own name
            auto const name  = std::string_view{word.data(), sign};
            auto const value = std::string_view{word.data() + sign + 1, word.size() - sign - 1};
            if (!set(name, value)) {
                board_print("not known: ");
                print(name);
                return false;
            }
        }
        return true;
    }

    static void print(std::string_view text) noexcept {
        board_write(text.data(), static_cast<std::uint32_t>(text.size()));
    }

private:
    bool set(std::string_view name, std::string_view value) noexcept {
        static constexpr struct {
            std::string_view name;
            std::string_view settings::*member;
        } texts[] = {{"id", &settings::id},
                     {"host", &settings::host},
                     {"authority", &settings::authority},
                     {"server", &settings::server}};
        static constexpr struct {
            std::string_view name;
            std::uint32_t settings::*member;
        } numbers[] = {{"port", &settings::port},     {"dns", &settings::dns},         {"tls", &settings::tls},
                       {"loss", &settings::loss},     {"rounds", &settings::rounds},   {"large", &settings::large},
                       {"idle_ms", &settings::idle_ms}, {"alive_s", &settings::alive_s},
                       {"within_ms", &settings::within_ms}};
        for (auto const& t : texts) {
            if (t.name != name) continue;
            this->*t.member = value;
            return true;
        }
        for (auto const& n : numbers) {
            if (n.name != name) continue;
            return std::from_chars(value.data(), value.data() + value.size(), this->*n.member).ec == std::errc{};
        }
        return false;
    }
};
