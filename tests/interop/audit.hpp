// SPDX-License-Identifier: BSL-1.0
// Judges a client by what it writes and hands over, packet by packet, and knows what the broker has done. So a message
// that is lost or doubled on its way through two clients and a broker can be laid at the right door.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <barelink/session/events.hpp>

namespace interop {

// A line of testing::tracer, taken apart as far as it is needed here.
struct packet_line {
    explicit packet_line(std::string_view line) : out{line.starts_with("> ")} {
        mine            = out || line.starts_with("< ");
        auto const rest = mine ? line.substr(2) : std::string_view{};
        auto const head = rest.substr(0, rest.find('"')); // before the topic
        type            = rest.substr(0, rest.find(' '));
        id              = static_cast<std::uint16_t>(number_behind(" id ", head));
        if (type == "PUBLISH") level = static_cast<std::uint8_t>(number_behind(" qos ", head));
        dup     = head.find(" dup ") != std::string_view::npos;
        present = rest.find("session present") != std::string_view::npos;
        good    = rest.find("accepted") != std::string_view::npos;
        old     = rest.starts_with("CONNECT 3.1 ");
        clean   = type == "CONNECT" && rest.find("\" clean ") != std::string_view::npos;
    }

    // 0 if the word is not there.
    static unsigned long number_behind(std::string_view word, std::string_view text) {
        auto const at = text.find(word);
        return at == std::string_view::npos ? 0 : std::stoul(std::string{text.substr(at + word.size(), 5)});
    }

    bool             out, mine = false, dup = false, present = false, good = false, old = false, clean = false;
    std::string_view type  = {};
    std::uint16_t    id    = 0;
    std::uint8_t     level = 0;
};

class auditor {
public:
    std::vector<std::string>   faults;        // of the client: must stay empty
    std::map<std::string, int> sent, came;    // packets of each type
    std::size_t                forgotten = 0; // QoS 2 publishes of ours between PUBREC and PUBCOMP: session lost
    std::size_t                resent    = 0; // publishes that went out again

    void line(std::string_view text) {
        packet_line const p{text};
        if (!p.mine) return;
        ++(p.out ? sent : came)[std::string{p.type}];
        text_ = text;
        p.out ? wrote(p) : received(p);
    }

    void handed_over() {
        if (arrived_.empty()) {
            faults.emplace_back("a message was handed over twice");
        } else {
            arrived_.pop_front();
        }
    }
    // The program has ended. What it had read but not taken out any more is as good as never read.
    void ended() {
        for (auto const id : arrived_) theirs_.erase(id);
        arrived_.clear();
        for (auto& x : ours_) x.second.unsure = x.second.recorded && !x.second.released;
    }
    // Everything that came is handed over and answered, and everything that went out is acknowledged.
    bool settled() const { return arrived_.empty() && owed_.empty() && theirs_.empty() && ours_.empty(); }

private:
    struct exchange {
        std::uint8_t  level    = 0;
        bool          recorded = false; // PUBREC came
        bool          released = false; // PUBREL was sent
        bool          unsure   = false; // PUBREC came, but perhaps was not taken out before the program ended
        unsigned      life     = 0;     // the connection it was last sent on
        unsigned long order    = 0;
    };

    void fault(char const* what) { faults.push_back(std::string{what} + ": " + text_); }

    void wrote(packet_line const& p) {
        if (p.type == "CONNECT") {
            ++life_;
            clean_ = p.clean;
            old_   = p.old;
            owed_.clear();
            last_resent_ = 0;
        } else if (p.type == "PUBLISH" && p.level == 0) {
            if (p.dup || p.id != 0) fault("QoS 0 with DUP or id");
        } else if (p.type == "PUBLISH") {
            publish(p);
        } else if (p.type == "PUBREL") {
            auto const found = ours_.find(p.id);
            if (found == ours_.end()) return;
            if (!found->second.recorded) fault("PUBREL before PUBREC");
            found->second.released = true;
        } else if (p.type == "PUBACK" || p.type == "PUBREC" || p.type == "PUBCOMP") {
            answer(p);
        }
    }

    // [MQTT-4.3.2-1, 4.3.3-1, 3.3.1-1, 4.4.0-1, 4.6.0-1]
    void publish(packet_line const& p) {
        auto const found = ours_.find(p.id);
        if (found == ours_.end()) {
            if (p.dup && !resumed_) fault("DUP on a new message");
            ours_[p.id] = {.level = p.level, .life = life_, .order = ++order_};
            return;
        }
        auto& x = found->second;
        ++resent;
        if (x.life == life_) fault("sent again on a living connection, or the id is in use");
        if (x.recorded && !x.unsure) fault("PUBLISH again after PUBREC");
        x.recorded = x.unsure = false;
        if (x.level != p.level) fault("other QoS under the same id");
        if (!p.dup) fault("no DUP on a repeated message");
        if (x.order < last_resent_) fault("repeated out of order");
        last_resent_ = x.order;
        x.life       = life_;
    }

    // [MQTT-4.6.0-2, -3]: acknowledgements in the order of what they acknowledge.
    void answer(packet_line const& p) {
        for (auto i = owed_.begin(); i != owed_.end(); ++i) {
            if (i->first != p.type) continue;
            if (i->second != p.id) fault("answered out of order");
            owed_.erase(i);
            return;
        }
        fault("an answer to nothing");
    }

    void received(packet_line const& p) {
        if (p.type == "CONNACK" && p.good) {
            resumed_ = old_ ? !clean_ : p.present;
            if (!resumed_) lose_session();
        } else if (p.type == "PUBLISH") {
            if (p.level == 1) owed_.emplace_back("PUBACK", p.id);
            if (p.level == 2) owed_.emplace_back("PUBREC", p.id);
            if (p.level == 2 && !theirs_.insert(p.id).second) return;
            arrived_.push_back(p.id);
        } else if (p.type == "PUBREL") {
            owed_.emplace_back("PUBCOMP", p.id);
            theirs_.erase(p.id);
        } else if (p.type == "PUBACK" || p.type == "PUBCOMP") {
            ours_.erase(p.id);
        } else if (p.type == "PUBREC") {
            auto const found = ours_.find(p.id);
            if (found != ours_.end()) found->second.recorded = true;
        }
    }

    // What is not acknowledged goes out again as new; a QoS 2 message that was recorded is uncertain.
    void lose_session() {
        for (auto const& x : ours_) forgotten += x.second.recorded ? 1 : 0;
        ours_.clear();
        theirs_.clear();
    }

    std::string                                       text_;
    std::map<std::uint16_t, exchange>                 ours_;
    std::set<std::uint16_t>                           theirs_;  // QoS 2: PUBLISH came, PUBREL did not
    std::deque<std::uint16_t>                         arrived_; // messages that were not handed over yet, 0 at QoS 0
    std::deque<std::pair<std::string, std::uint16_t>> owed_;    // answers that have to leave

    unsigned      life_        = 0;
    unsigned long order_       = 0;
    unsigned long last_resent_ = 0;
    bool          clean_ = true, old_ = false, resumed_ = false;
};

} // namespace interop
