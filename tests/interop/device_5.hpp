// SPDX-License-Identifier: BSL-1.0
// A device that speaks 5.0.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <barelink/session/options.hpp>
#include <barelink/wire/property.hpp>

#include "device.hpp"

namespace interop {

using barelink::options_5;
using barelink::property;
using barelink::property_id;
using barelink::property_list;
using barelink::reason_code;
using barelink::subscribe_options;

inline constexpr limits usual_5{.versions          = version::v5,
                                .rx_bytes          = 4096,
                                .tx_bytes          = 4096,
                                .inbound           = 64,
                                .sources           = 1,
                                .aliases_in        = 8,
                                .aliases_out       = 4,
                                .assigned_id_bytes = 64,
                                .chunks            = true};

class device_5 : public device_of<usual_5> {
public:
    // Copies `o` and `more`; what their views point to must outlive the device.
    explicit device_5(options const& o, options_5 const& more = {}) : device_of{o}, more_{more} {
        mqtt.announce(more_);
    }

    using device_of::publish;
    using device_of::subscribe;

    errc publish(message const& m, std::initializer_list<property> with, int number = 0) {
        auto const id = mqtt.publish(m, property_list{with.begin(), with.size()});
        if (id && id.value != 0) enter(id.value, number);
        return id.error;
    }
    void deliver(message const& m, std::initializer_list<property> with) {
        REQUIRE(publish(m, with) == errc::ok);
        until({this}, "the acknowledgement", [this] { return ledger.empty(); });
    }
    using device_of::deliver;

    // Returns the reason of the broker. Lifetime: the filter and the user properties are kept by the client.
    reason_code subscribe(std::string_view filter, qos level, subscribe_options const& how) {
        auto const answers = [this] { return count(event_type::subscribed) + count(event_type::subscribe_failed); };
        auto const before  = answers();
        REQUIRE(mqtt.subscribe(filter, level, how) == errc::ok);
        until({this}, "SUBACK", [&] { return answers() > before; });
        for (auto i = notes.rbegin();; ++i) {
            if (i->what.type == event_type::subscribed || i->what.type == event_type::subscribe_failed) {
                return i->what.reason;
            }
        }
    }
    // Waits for so many messages since the last forget(), and returns the last one.
    note const& await(std::size_t messages) {
        until({this}, "messages", [&] { return count(event_type::message) >= messages; });
        return last(event_type::message);
    }
    void forget() { notes.clear(); }
    // Whether such a line was among the last packets.
    bool spoke(std::string_view text) const { return story().find(text) != std::string::npos; }

private:
    options_5 more_;
};

// "content_type=text/plain" and the like, in the order in which they came.
inline std::vector<std::string> words_of(barelink::properties const& all) {
    std::vector<std::string> words;
    for (auto const& p : all) {
        auto text = std::string{barelink::name(p.id)} + '=';
        if (p.id == property_id::user_property) {
            text += std::string{p.text} + ':' + std::string{p.value};
        } else {
            text += p.text.data() != nullptr ? std::string{p.text} : std::to_string(p.number);
        }
        words.push_back(text);
    }
    return words;
}

} // namespace interop
