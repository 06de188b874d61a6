// SPDX-License-Identifier: BSL-1.0
// What each command of the console does.
#pragma once

#include "console.hpp"

namespace console {

inline console::cause console::dispatch(std::string_view word, words& args) noexcept {
    static constexpr command commands[] = {
        {"connect", &console::run_connect},           {"disconnect", &console::run_disconnect},
        {"subscribe", &console::run_subscribe},       {"unsubscribe", &console::run_unsubscribe},
        {"publish", &console::run_publish},           {"publish-hex", &console::run_publish_hex},
        {"publish-size", &console::run_publish_size}, {"ack", &console::run_ack},
        {"wait", &console::run_wait},                 {"wait-for", &console::run_wait_for},
        {"stats", &console::run_stats},               {"authenticate", &console::run_authenticate},
        {"quit", &console::run_quit},
    };
    for (auto const& c : commands) {
        if (c.word == word) return (this->*c.run)(args);
    }
    return "unknown_command";
}

inline console::cause console::run_connect(words& args) noexcept {
    return args.more() ? "bad_arguments" : said(mqtt_.connect());
}

// Anew, on the connection that stands.
inline console::cause console::run_authenticate(words& args) noexcept {
    return args.more() ? "bad_arguments" : said(mqtt_.reauthenticate());
}

// Reads what only 5.0 has and stands before all else: properties into row_; with `how`, also options of SUBSCRIBE.
inline console::cause console::read_properties(words& args, barelink::subscribe_options* how) noexcept {
    row_ = {};
    for (auto ahead = args;; args = ahead) {
        auto const option = ahead.next();
        bool const known  = option == "--property" || (how != nullptr && is_option(option));
        if (!known) return speaks_5() && option.starts_with("--") ? "unknown_option" : cause{};
        if (!speaks_5()) return "needs_protocol_5";
        if (option == "--property") {
            barelink::property p{};
            if (!read_property(ahead.next(), p)) return said(barelink::errc::bad_property);
            bool const marks = how != nullptr && p.id == barelink::property_id::subscription_identifier;
            if (marks) {
                if (p.number == 0 || how->identifier != 0) return said(barelink::errc::bad_property);
                how->identifier = p.number;
            } else if (!row_.add(p)) {
                return "too_many_properties";
            }
        } else if (auto const wrong = read_option(ahead, option, *how); !wrong.empty()) {
            return wrong;
        }
    }
}

inline bool console::is_option(std::string_view word) noexcept {
    return word == "--no-local" || word == "--retain-as-published" || word == "--retain-handling";
}

inline console::cause console::read_option(words& args, std::string_view option,
                                           barelink::subscribe_options& out) noexcept {
    bool const    local = option == "--no-local", published = option == "--retain-as-published";
    std::uint32_t number = 0;
    if (!read_number(args.next(), local || published ? 1 : 2, number)) return said(barelink::errc::bad_option);
    if (local) {
        out.no_local = number == 1;
    } else if (published) {
        out.retain_as_published = number == 1;
    } else {
        out.retained = static_cast<barelink::retain_handling>(number);
    }
    return {};
}

// In 5.0 [REASON]. A second one must not cut what the first one lets leave in order.
inline console::cause console::run_disconnect(words& args) noexcept {
    std::uint32_t reason = 0;
    if (auto const wrong = read_properties(args); !wrong.empty()) return wrong;
    if (args.more() && (!speaks_5() || !read_number(args.next(), 0xFF, reason) || args.more())) return "bad_arguments";
    if (leaving_) return said(barelink::errc::not_connected);
    if (!farewell_.keep(row_.list())) return said(barelink::errc::request_too_long);
    auto const e = mqtt_.disconnect(static_cast<barelink::reason_code>(reason), farewell_.list());
    leaving_     = e == barelink::errc::ok;
    return said(e);
}

inline console::cause console::run_subscribe(words& args) noexcept {
    barelink::subscribe_options how{};
    if (auto const wrong = read_properties(args, &how); !wrong.empty()) return wrong;
    auto const    level  = args.next();
    auto const    filter = args.next();
    std::uint32_t number = 0;
    if (filter.empty() || args.more()) return "bad_arguments";
    if (!read_number(level, 2, number)) return said(barelink::errc::bad_qos);
    auto const kept = filters_.keep(filter, row_.list());
    if (kept.full) return said(barelink::errc::subscriptions_full);
    auto const qos = static_cast<barelink::qos>(number);
    how.with       = kept.with;
    auto const e   = speaks_5() ? mqtt_.subscribe(kept.filter, qos, how) : mqtt_.subscribe(kept.filter, qos);
    e == barelink::errc::ok ? filters_.taken() : filters_.refused();
    return said(e);
}

inline console::cause console::run_unsubscribe(words& args) noexcept {
    auto const filter = args.next();
    if (filter.empty() || args.more()) return "bad_arguments";
    auto const kept = filters_.keep(filter);
    if (kept.full) return said(barelink::errc::subscriptions_full);
    auto const e = mqtt_.unsubscribe(kept.filter);
    if (e != barelink::errc::ok) filters_.refused();
    return said(e);
}

// QOS RETAIN TOPIC; in 5.0 with properties before them
inline console::cause console::read_message(words& args, barelink::message& out) noexcept {
    if (auto const wrong = read_properties(args); !wrong.empty()) return wrong;
    auto const level  = args.next();
    auto const retain = args.next();
    out.topic         = args.next();
    if (out.topic.empty()) return "bad_arguments";
    std::uint32_t number = 0;
    if (!read_number(level, 2, number)) return said(barelink::errc::bad_qos);
    out.level = static_cast<barelink::qos>(number);
    if (!read_number(retain, 1, number)) return "bad_retain";
    out.retain = number == 1;
    return {};
}

inline console::cause console::publish(barelink::message const& m) noexcept {
    return said((speaks_5() ? mqtt_.publish(m, row_.list()) : mqtt_.publish(m)).error);
}

inline console::cause console::run_publish(words& args) noexcept {
    barelink::message m{};
    if (auto const wrong = read_message(args, m); !wrong.empty()) return wrong;
    m.payload = args.tail();
    return publish(m);
}

inline console::cause console::run_publish_hex(words& args) noexcept {
    barelink::message m{};
    if (auto const wrong = read_message(args, m); !wrong.empty()) return wrong;
    auto const digits = args.next();
    if (args.more()) return "bad_arguments";
    if (!read_hex(digits, bytes_.data())) return "bad_hex";
    m.payload = {bytes_.data(), digits.size() / 2};
    return publish(m);
}

// The payload is a row of alphabets, made while it is sent: byte N is letter N modulo 26.
inline console::cause console::run_publish_size(words& args) noexcept {
    barelink::message m{};
    if (auto const wrong = read_message(args, m); !wrong.empty()) return wrong;
    auto const    word = args.next();
    std::uint32_t size = 0;
    if (word.empty() || args.more()) return "bad_arguments";
    if (!read_number(word, 0xFFFF'FFFF, size)) return "bad_size";
    constexpr auto letters = [](void*, std::uint32_t offset, barelink::bytes_out into) noexcept {
        for (char& c : into) c = static_cast<char>('a' + offset++ % 26);
        return into.size();
    };
    barelink::payload_source const source{letters, nullptr};
    auto const sent = speaks_5() ? mqtt_.publish(m, size, source, row_.list()) : mqtt_.publish(m, size, source);
    return said(sent.error);
}

inline console::cause console::run_ack(words& args) noexcept {
    auto const word = args.next();
    if (word.empty() || args.more()) return "bad_arguments";
    if (word == "auto" || word == "manual") {
        options_.manual_ack = word == "manual";  // for the next connect
        mqtt_.manual_ack(options_.manual_ack);
        return {};
    }
    std::uint32_t id = 0;
    if (!read_number(word, 0xFFFF, id) || id == 0) return "bad_packet_id";
    return said(mqtt_.acknowledge(static_cast<barelink::packet_id>(id)));
}

inline console::cause console::run_wait(words& args) noexcept {
    auto const    word = args.next();
    std::uint32_t ms   = 0;
    if (word.empty() || args.more()) return "bad_arguments";
    if (!read_number(word, wait_ms_max, ms)) return "bad_time";
    begin_wait(wait_kind::time, ms);
    return {};
}

// One line is waited for once: a line that was printed since the last real wait began ends this one at once, unless
// another wait-for has taken it.
inline console::cause console::run_wait_for(words& args) noexcept {
    auto const    kind = args.next();
    auto const    word = args.next();
    std::uint32_t ms   = 0;
    if (word.empty() || args.more()) return "bad_arguments";
    std::size_t n = 0;
    while (n < answer_count && answer_names[n] != kind) ++n;
    if (n == answer_count) return "unknown_event";
    if (!read_number(word, wait_ms_max, ms)) return "bad_time";
    awaited_ = static_cast<answer>(n);
    if (!unread_.take(awaited_)) begin_wait(wait_kind::answer, ms);
    return {};
}

inline void console::begin_wait(wait_kind kind, std::uint32_t ms) noexcept {
    unread_.clear();
    waiting_    = kind;
    wait_until_ = barelink::posix::clock::now() + ms;
}

inline void console::end_wait() noexcept {
    bool const found = waiting_ == wait_kind::answer && unread_.take(awaited_);
    if (!found && !now_.reached(wait_until_)) return;
    if (waiting_ == wait_kind::answer && !found) say_error("wait-for", "wait_timeout");
    waiting_ = wait_kind::none;
}

inline console::cause console::run_stats(words& args) noexcept {
    if (args.more()) return "bad_arguments";
    auto const& s = mqtt_.stats();
    line{unread_, answer::stats}
        .flag("online", mqtt_.online())
        .number("connects", s.connects)
        .number("disconnects", s.disconnects)
        .number("bytes_in", s.bytes_in)
        .number("bytes_out", s.bytes_out)
        .number("reads", s.reads)
        .number("writes", s.writes)
        .number("messages_in", s.messages_in)
        .number("messages_out", s.messages_out)
        .number("delivered", s.delivered)
        .number("dropped", s.dropped);
    return {};
}

inline console::cause console::run_quit(words& args) noexcept {
    if (args.more()) return "bad_arguments";
    quit();
    return {};
}

}  // namespace console
