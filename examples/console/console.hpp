// SPDX-License-Identifier: BSL-1.0
// Commands in words to a client, and its events as lines of JSON.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/barelink.hpp>
#include <barelink/port/posix/clock.hpp>
#include <barelink/port/posix/entropy.hpp>

#include "auth.hpp"
#include "filters.hpp"
#include "input.hpp"
#include "output.hpp"
#include "properties.hpp"
#include "settings_5.hpp"
#include "tls.hpp"

namespace console {

inline constexpr barelink::limits sizes{
    .versions           = barelink::version::v3_1 | barelink::version::v3_1_1 | barelink::version::v5,
    .rx_bytes           = 4096,
    .tx_bytes           = 4096,
    .inflight           = 8,
    .inbound            = 255,
    .subscriptions      = 8,
    .subscribe_requests = 4,
    .sources            = 8,
    .topic_bytes        = 2048,
    .aliases_in         = settings_5::aliases_max,
    .aliases_out        = 16,
    .alias_bytes        = 2048,
    .assigned_id_bytes  = 256,
    .chunks             = true,
    .manual_ack         = true,
};

using network = secure::network;
using link    = barelink::client<network, barelink::posix::clock, sizes, barelink::posix::entropy, authentication>;

// Runs commands and prints events. A command comes back with the cause of its refusal, or with nothing.
class console {
public:
    using cause = std::string_view;

    // Lifetime: all must outlive the console. `options` are those of `mqtt`.
    console(link& mqtt, barelink::options& options) noexcept : mqtt_{mqtt}, options_{options} {}

    // One turn of the client, with all that it has to tell.
    void poll() noexcept {
        mqtt_.poll([this](barelink::event const& e) { tell(e); });
        now_ = barelink::posix::clock::now();
        if (waiting_ != wait_kind::none) end_wait();
    }

    // Runs the command of a line. Requires: !waiting() and !quitting().
    void run(input::line const& l) noexcept {
        words      args{l.text};
        auto const word   = args.next();
        auto const refuse = l.whole ? dispatch(word, args) : cause{"line_too_long"};
        if (word.empty() && l.whole) return;
        if (!refuse.empty()) say_error(word, refuse);
    }

    // Leaves as `quit` does. Requires: !quitting().
    void quit() noexcept {
        if (!leaving_) leaving_ = mqtt_.disconnect() == barelink::errc::ok;
        quitting_ = true;
        quit_at_.arm(now_ + quit_ms);
    }

    [[nodiscard]] bool waiting() const noexcept { return waiting_ != wait_kind::none; }
    [[nodiscard]] bool quitting() const noexcept { return quitting_; }
    // quit() is done: the link is closed, or did not close in time.
    [[nodiscard]] bool over() const noexcept { return quitting_ && (!leaving_ || quit_at_.due(now_)); }

    // When poll() has to be called, if neither the network nor a command comes before.
    [[nodiscard]] barelink::deadline next_deadline() noexcept {
        auto first = mqtt_.next_deadline();
        if (waiting()) first.earliest(wait_until_);
        first.earliest(quit_at_);
        return first;
    }

private:
    enum class wait_kind : std::uint8_t { none, time, answer };

    struct command {
        std::string_view word;
        cause (console::*run)(words&) noexcept;
    };

    static constexpr std::uint32_t quit_ms     = 5'000;       // how long a broker that takes no bytes may hold us
    static constexpr std::uint32_t wait_ms_max = 86'400'000;  // far from where the clock wraps

    static cause said(barelink::errc e) noexcept { return e == barelink::errc::ok ? cause{} : barelink::name(e); }

    void say_error(std::string_view word, cause why) noexcept {
        std::string_view const shown{word.data(), word.size() < 64 ? word.size() : 64};
        line{unread_, answer::error}.text("command", shown).text("cause", why);
    }

    // commands.hpp
    cause dispatch(std::string_view word, words& args) noexcept;
    cause run_connect(words& args) noexcept;
    cause run_authenticate(words& args) noexcept;
    cause run_disconnect(words& args) noexcept;
    cause run_subscribe(words& args) noexcept;
    cause run_unsubscribe(words& args) noexcept;
    cause run_publish(words& args) noexcept;
    cause run_publish_hex(words& args) noexcept;
    cause run_publish_size(words& args) noexcept;
    cause run_ack(words& args) noexcept;
    cause run_wait(words& args) noexcept;
    cause run_wait_for(words& args) noexcept;
    cause run_stats(words& args) noexcept;
    cause run_quit(words& args) noexcept;
    cause        read_message(words& args, barelink::message& out) noexcept;
    static bool  is_option(std::string_view word) noexcept;
    static cause read_option(words& args, std::string_view option, barelink::subscribe_options& out) noexcept;
    cause        read_properties(words& args, barelink::subscribe_options* how = nullptr) noexcept;
    cause        publish(barelink::message const& m) noexcept;
    void         begin_wait(wait_kind kind, std::uint32_t ms) noexcept;
    void         end_wait() noexcept;

    // events.hpp
    void tell(barelink::event const& e) noexcept;
    void tell_message(barelink::event const& e) noexcept;
    void tell_subscription(barelink::event const& e) noexcept;
    void add_reason(line& l, barelink::event const& e, bool told = true) const noexcept;
    void add_properties(line& l, barelink::event const& e) const noexcept;

    [[nodiscard]] bool speaks_5() const noexcept { return options_.protocol == barelink::version::v5; }

    link&              mqtt_;
    barelink::options& options_;

    using filters = filter_texts<sizes.subscriptions, sizes.tx_bytes>;

    filters                                                  filters_  = {};
    property_row<filters::properties_max>                    row_      = {};  // of the command that is run
    kept_properties<filters::properties_max, sizes.rx_bytes> farewell_ = {};  // of DISCONNECT
    std::array<char, input::line_max / 2>                    bytes_    = {};  // of publish-hex
    unread                                                   unread_   = {};

    barelink::instant  now_        = barelink::posix::clock::now();
    barelink::instant  wait_until_ = {};
    barelink::deadline quit_at_    = {};
    wait_kind          waiting_    = wait_kind::none;
    answer             awaited_    = {};
    bool               leaving_    = false;  // DISCONNECT was asked for
    bool               quitting_   = false;
};

}  // namespace console

#include "commands.hpp"
#include "events.hpp"
