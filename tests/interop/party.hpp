// SPDX-License-Identifier: BSL-1.0
// What all devices of a test have in common, and how a test waits for them: by what happens, never for a time.
#pragma once

#include <poll.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <barelink/base/errc.hpp>
#include <barelink/session/events.hpp>
#include <barelink/wire/properties.hpp>

#include "audit.hpp"
#include "support/catch.hpp"

namespace interop {

using barelink::errc;
using barelink::event;
using barelink::event_type;
using barelink::message;
using barelink::qos;

// An event that outlives its views.
struct note {
    explicit note(event const& e) : what{e}, topic{e.topic}, payload{e.payload} {
        auto const all = e.with.encoded();
        encoded.assign(all.data(), all.size());
        what.topic = what.payload = {};
        what.with                 = {};
    }
    barelink::properties with() const { return barelink::properties{{encoded.data(), encoded.size()}}; }

    event       what;
    std::string topic;
    std::string payload;
    std::string encoded; // properties
};

class party {
public:
    party(party const&)            = delete;
    party& operator=(party const&) = delete;
    virtual ~party()               = default;

    virtual void          turn()                        = 0; // polls once and takes all events
    virtual std::size_t   watch(std::span<pollfd> into) = 0;
    virtual std::uint32_t pause()                       = 0; // milliseconds that nothing has to be done for

    std::size_t count(event_type type) const {
        std::size_t n = 0;
        for (auto const& x : notes) n += x.what.type == type ? 1U : 0U;
        return n;
    }
    // The last event of this type. Requires: there was one.
    note const& last(event_type type) const {
        for (auto i = notes.rbegin(); i != notes.rend(); ++i) {
            if (i->what.type == type) return *i;
        }
        FAIL(name << " has seen no such event");
        return notes.front();
    }
    std::vector<std::string> payloads() const {
        std::vector<std::string> all;
        for (auto const& x : notes) {
            if (x.what.type == event_type::message) all.push_back(x.payload);
        }
        return all;
    }
    // Publishes that had no outcome yet.
    std::size_t outstanding() const { return ledger.size(); }

    std::string                          name;
    std::vector<note>                    notes;
    std::map<std::uint16_t, int>         ledger;          // packet id of a publish, and the number the test gave it
    std::function<void(event const&)>    on_event   = {}; // also called
    std::function<void(event_type, int)> on_outcome = {}; // of a publish with this number
    bool                                 keep_notes = true;
    auditor                              audit;

    std::string story() const {
        std::string text = "\n--- " + name + "\n";
        for (auto const& line : lines_) text += line + '\n';
        return text;
    }

protected:
    explicit party(std::string_view who) : name{who} {}

    void see(event const& e) {
        if (e.type == event_type::message || e.type == event_type::dropped) audit.handed_over();
        bool const outcome =
            e.type == event_type::delivered || e.type == event_type::rejected || e.type == event_type::uncertain;
        if (outcome) {
            auto const found = ledger.find(e.id);
            if (found == ledger.end()) {
                audit.faults.push_back("an outcome of no publish");
            } else {
                auto const number = found->second;
                ledger.erase(found);
                if (on_outcome) on_outcome(e.type, number);
            }
        }
        if (on_event) on_event(e);
        if (keep_notes) notes.emplace_back(e);
    }
    void trace(std::string_view line) {
        audit.line(line);
        lines_.emplace_back(line);
        if (lines_.size() > 60) lines_.pop_front();
    }

private:
    std::deque<std::string> lines_;
};

// Lets them work until `done` is true; it may publish, and is asked after each round. A failure if nothing
// comes of it, or if an auditor finds fault with one of them.
template <class Predicate>
void until(std::initializer_list<party*> all, char const* what, Predicate done) {
    using steady    = std::chrono::steady_clock;
    auto const stop = steady::now() + std::chrono::seconds{30};
    for (;;) {
        for (auto* p : all) {
            p->turn();
            if (!p->audit.faults.empty()) FAIL(what << ": " << p->audit.faults.front() << p->story());
        }
        if (done()) return;
        std::uint32_t ms = 1000;
        pollfd        set[64];
        std::size_t   size = 0;
        for (auto* p : all) {
            if (auto const pause = p->pause(); pause < ms) ms = pause;
            size += p->watch(std::span{set}.subspan(size));
        }
        if (ms != 0) ::poll(set, size, static_cast<int>(ms));
        if (steady::now() < stop) continue;
        std::string text;
        for (auto* p : all) text += p->story();
        FAIL("waited in vain: " << what << text);
    }
}

} // namespace interop
