// SPDX-License-Identifier: BSL-1.0
// A client, a pipe and a server that knows one answer for each connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <barelink/http/client.hpp>
#include <barelink/testing/fixed.hpp>
#include <barelink/testing/pipe.hpp>

namespace http_tests {

using barelink::bytes_in;
using barelink::errc;
using barelink::instant;

inline constexpr std::size_t any = static_cast<std::size_t>(-1);

struct conditions {
    std::size_t room       = 512;
    std::size_t read_max   = any;    // bytes a read
    std::size_t write_max  = any;    // bytes a write
    std::size_t cut        = any;    // the server closes after so many bytes of its last answer
    bool        reset      = false;  // and cuts the connection off instead of closing it
    std::size_t keep       = 256;    // bytes that the sink takes
    bool        lazy_sink  = false;  // it says would_block every second time
    std::size_t url_room   = 128;
    bool        no_sink    = false;  // for constant expressions, which cannot call a delegate
};

// Everything of a few exchanges in a row.
class talk {
public:
    constexpr explicit talk(conditions const& c) noexcept
        : conditions_{c},
          client_{pipe_.client(), barelink::bytes_out{room_}.first(c.room),
                  c.no_sink ? barelink::http::sink{} : barelink::http::sink::to<&talk::keep>(*this),
                  barelink::bytes_out{url_room_}.first(c.url_room)} {
        pipe_.knobs.client_read_max  = c.read_max;
        pipe_.knobs.client_write_max = c.write_max;
    }
    talk(talk const&) = delete;
    talk& operator=(talk const&) = delete;

    // Each connection gets the next answer once its request has ended. One virtual millisecond a poll.
    constexpr errc run(barelink::http::request const& r, std::span<std::string_view const> answers) noexcept {
        answers_  = answers;
        answered_ = start_ = 0;
        fresh_             = true;
        seen_.clear();
        kept_.clear();
        if (auto const e = client_.start(r, now); e != errc::ok) return e;
        for (polls_ = 0; polls_ < 20'000; ++polls_) {
            auto const e = client_.poll(now);
            if (e != errc::would_block) return e;
            serve(r);
            now = now + 1;
        }
        return errc::would_block;
    }
    constexpr errc run(barelink::http::request const& r, std::string_view answer) noexcept {
        return run(r, std::span{&answer, 1});
    }

    // What the server got, of all connections; what the sink got.
    [[nodiscard]] constexpr std::string_view seen() const noexcept { return seen_.view(); }
    [[nodiscard]] constexpr std::string_view kept() const noexcept { return kept_.view(); }
    [[nodiscard]] constexpr auto& client() noexcept { return client_; }
    [[nodiscard]] constexpr auto& pipe() noexcept { return pipe_; }
    [[nodiscard]] constexpr std::uint64_t first_offset() const noexcept { return first_offset_; }

    instant now = {0xFFFF'FF00U};  // the clock wraps in the middle

private:
    constexpr errc keep(std::uint64_t offset, bytes_in piece) noexcept {
        if (conditions_.lazy_sink && (waited_ = !waited_)) return errc::would_block;
        if (piece.size() > conditions_.keep - kept_.size()) return errc::body_refused;
        if (kept_.empty()) first_offset_ = offset;
        // Without a gap: the place says how much came before.
        if (offset != first_offset_ + kept_.size()) return errc::io_error;
        kept_ << barelink::text_of(piece);
        return errc::ok;
    }
    constexpr void serve(barelink::http::request const& r) noexcept {
        auto& server = pipe_.server();
        if (!server.open()) {
            fresh_ = true;
            return;
        }
        if (fresh_) {
            fresh_ = answers_now_ = false;
            start_                = seen_.size();
        }
        char       buffer[64] = {};
        auto const got        = server.read(buffer);
        if (got) seen_ << std::string_view{buffer, got.value};
        if (got.error == errc::closed_by_peer) return server.close();
        if (!answers_now_ && answered_ < answers_.size() && ended(seen_.view().substr(start_), r.body)) {
            answers_now_ = true;
            bool const last = answered_ + 1 == answers_.size();
            answer_         = answers_[answered_++].substr(0, last ? conditions_.cut : any);
        }
        if (!answers_now_) return;
        if (!answer_.empty()) answer_.remove_prefix(server.write(answer_).value);
        if (answer_.empty() && closes) conditions_.reset ? server.reset() : server.close();
    }
    // Whether the request has come as a whole.
    [[nodiscard]] static constexpr bool ended(std::string_view request, std::string_view body) noexcept {
        auto const head = request.find("\r\n\r\n");
        if (head == std::string_view::npos) return false;
        bool const has_body = request.find("\r\nContent-Length: ") < head && !body.empty();
        return request.size() == head + 4 + (has_body ? body.size() : 0);
    }

public:
    bool closes = true;  // the server closes behind its answer

private:
    conditions                           conditions_;
    barelink::testing::memory_pipe<1024> pipe_          = {};
    char                                 room_[1024]    = {};
    char                                 url_room_[128] = {};
    barelink::testing::fixed_text<2048>  seen_          = {};
    barelink::testing::fixed_text<256>   kept_          = {};
    barelink::http::client<barelink::testing::memory_pipe<1024>::client_end> client_;
    std::span<std::string_view const>    answers_       = {};
    std::string_view                     answer_        = {};
    std::size_t                          answered_      = 0;
    std::size_t                          start_         = 0;
    std::uint64_t                        first_offset_  = 0;
    std::uint32_t                        polls_         = 0;
    bool                                 fresh_         = true;
    bool                                 answers_now_   = false;
    bool                                 waited_        = false;
};

}  // namespace http_tests
