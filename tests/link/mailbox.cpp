// SPDX-License-Identifier: BSL-1.0
#include <barelink/link/mailbox.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <thread>
#include <type_traits>

#include "support/catch.hpp"
#include "wire/dice.hpp"

using namespace barelink;

namespace {

// The least that is a mailbox.
struct archetype {
    archetype() = delete;
    archetype(archetype const&) = delete;
    archetype& operator=(archetype const&) = delete;
    bool front(message&) noexcept;
    void pop() noexcept;
};
struct without_pop {
    bool front(message&) noexcept;
};
struct may_throw {
    bool front(message&);
    void pop() noexcept;
};

struct letter {
    std::string topic, payload;
    qos level = qos::at_most_once;
    bool retain = false;
    message view() const { return {topic, payload, level, retain}; }
};

}  // namespace

TEST_CASE("a mailbox shows its oldest message and removes it, without throwing", "[link][mailbox]") {
    STATIC_REQUIRE(message_source<archetype>);
    STATIC_REQUIRE(message_source<no_mailbox>);
    STATIC_REQUIRE(message_source<mailbox<64>>);
    STATIC_REQUIRE(check_mailbox<archetype>());
    STATIC_REQUIRE_FALSE(message_source<without_pop>);
    STATIC_REQUIRE_FALSE(message_source<may_throw>);
}

TEST_CASE("no mailbox has no message", "[link][mailbox]") {
    message m{.topic = "untouched"};
    CHECK_FALSE(no_mailbox::front(m));
    no_mailbox::pop();
    CHECK(m.topic == "untouched");
    STATIC_REQUIRE(std::is_empty_v<no_mailbox>);
}

TEST_CASE("messages come out as they went in, in their order", "[link][mailbox]") {
    mailbox<128> box;
    message const first{.topic = "a/b", .payload = {"\0\xFF", 2}, .level = qos::exactly_once, .retain = true};
    message const second{.topic = "c", .payload = {}};
    REQUIRE(box.post(first) == errc::ok);
    REQUIRE(box.post(second) == errc::ok);
    message out;
    REQUIRE(box.front(out));
    CHECK(out == first);
    REQUIRE(box.front(out));  // looking does not remove
    CHECK(out == first);
    box.pop();
    REQUIRE(box.front(out));
    CHECK(out == second);
    box.pop();
    CHECK_FALSE(box.front(out));
    box.pop();
    CHECK_FALSE(box.front(out));
}

TEST_CASE("a message is copied when it is posted", "[link][mailbox]") {
    mailbox<64> box;
    std::string topic = "topic";
    REQUIRE(box.post({.topic = topic, .payload = "p"}) == errc::ok);
    topic = "other";
    message out;
    REQUIRE(box.front(out));
    CHECK(out.topic == "topic");
}

TEST_CASE("a full mailbox refuses, keeps what it has, and takes again when read", "[link][mailbox]") {
    mailbox<64> box;
    std::size_t posted = 0;
    while (box.post({.topic = "t", .payload = "1234"}) == errc::ok) REQUIRE(++posted < 64);
    CHECK(posted >= 3);
    CHECK(box.post({.topic = "t", .payload = "1234"}) == errc::mailbox_full);
    message out;
    for (std::size_t i = 0; i < posted; ++i) {
        REQUIRE(box.front(out));
        CHECK(out.payload == "1234");
        box.pop();
    }
    CHECK_FALSE(box.front(out));
    CHECK(box.post({.topic = "t", .payload = "1234"}) == errc::ok);
}

TEST_CASE("a topic of more than 65535 bytes is refused", "[link][mailbox][MQTT-4.7.3-3]") {
    static mailbox<200'000> box;
    std::string const longest(65'535, 't');
    std::string const longer(65'536, 't');
    CHECK(box.post({.topic = longer}) == errc::bad_topic);
    CHECK(box.post({.topic = longest, .payload = "p"}) == errc::ok);
    message out;
    REQUIRE(box.front(out));
    CHECK(out.topic == longest);
    CHECK(out.payload == "p");
}

TEST_CASE("a QoS that does not exist is refused, not turned into another", "[link][mailbox]") {
    for (unsigned level = 3; level < 256; ++level) {
        mailbox<64> box;
        CHECK(box.post({.topic = "t", .level = static_cast<qos>(level)}) == errc::bad_qos);
        message out;
        CHECK_FALSE(box.front(out));
    }
}

// Full means that the owner has to poll. An empty mailbox has nothing to poll, so it would stay full for ever.
TEST_CASE("an empty mailbox is never full, wherever the last message ended", "[link][mailbox]") {
    for (std::size_t before = 0; before < 40; ++before) {
        for (std::size_t size = 0; size < 64; ++size) {
            mailbox<64> box;
            std::string const first(before, 'f'), payload(size, 'p');
            if (box.post({.topic = "t", .payload = first}) == errc::ok) box.pop();
            message out;
            REQUIRE_FALSE(box.front(out));
            CAPTURE(before, size);
            auto const got = box.post({.topic = "t", .payload = payload});
            CHECK(got != errc::mailbox_full);
            CHECK(got == mailbox<64>{}.post({.topic = "t", .payload = payload}));
        }
    }
}

TEST_CASE("a mailbox behaves like a queue through many wraps", "[link][mailbox]") {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        CAPTURE(seed);
        wire_tests::dice r{seed};
        mailbox<97> box;
        std::deque<letter> model;
        for (int step = 0; step < 500; ++step) {
            if (r.coin()) {
                letter const l{r.octets(r.below(9)), r.octets(r.below(20)), static_cast<qos>(r.below(3)), r.coin()};
                if (box.post(l.view()) == errc::ok) model.push_back(l);
            } else {
                message out;
                REQUIRE(box.front(out) == !model.empty());
                if (model.empty()) continue;
                REQUIRE(out == model.front().view());
                box.pop();
                model.pop_front();
            }
        }
    }
}

TEST_CASE("one thread posts while another reads, and nothing is lost", "[link][mailbox]") {
    mailbox<256> box;
    constexpr std::uint32_t count = 20'000;
    std::thread producer{[&box] {
        for (std::uint32_t n = 0; n < count; ++n) {
            auto const text = std::to_string(n);
            while (box.post({.topic = "t", .payload = text}) != errc::ok) std::this_thread::yield();
        }
    }};
    std::uint32_t wrong = 0;
    for (std::uint32_t n = 0; n < count;) {
        message out;
        if (!box.front(out)) {
            std::this_thread::yield();
            continue;
        }
        if (out.payload != std::to_string(n)) ++wrong;
        box.pop();
        ++n;
    }
    producer.join();
    CHECK(wrong == 0);
}
