// SPDX-License-Identifier: BSL-1.0
// Built only where c-ares is; no packet leaves the machine: the name server is here, on the loopback interface.
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <barelink/base/time.hpp>
#include <barelink/port/posix/cares_resolver.hpp>
#include <barelink/port/posix/tcp.hpp>

#include "loopback.hpp"
#include "support/catch.hpp"

using namespace barelink;
namespace px = barelink::posix;

namespace {

constexpr std::uint32_t for_ever = deadline::never;

// Answers questions for A with as many loopback addresses as were asked for; for AAAA there is nothing.
class name_server {
public:
    std::string servers() const { return "127.0.0.1:" + std::to_string(loopback::port_of(socket_)); }
    int socket() const { return socket_; }
    int questions() const { return questions_; }

    // Takes all questions that are there; answers if `answer` says so, with NXDOMAIN if there are no addresses.
    void serve(bool answer, std::vector<std::string> const& addresses = {}) {
        for (;;) {
            std::string       packet(512, '\0');
            sockaddr_in       from{};
            socklen_t         size = sizeof from;
            auto* const       to   = reinterpret_cast<sockaddr*>(&from);
            auto const        n    = ::recvfrom(socket_, packet.data(), packet.size(), 0, to, &size);
            if (n < 17) return;
            ++questions_;
            packet.resize(static_cast<std::size_t>(n));
            if (!answer) continue;
            auto const reply = reply_to(packet, addresses);
            REQUIRE(::sendto(socket_, reply.data(), reply.size(), 0, to, size) == static_cast<ssize_t>(reply.size()));
        }
    }

private:
    static std::string reply_to(std::string const& question, std::vector<std::string> const& addresses) {
        auto const  name_end = question.find('\0', 12);  // the root ends the name
        auto const  type     = question.at(name_end + 2);
        std::string reply    = question.substr(0, name_end + 5);
        auto const  answers  = type == 1 ? addresses.size() : 0;
        reply[2]             = static_cast<char>(0x81);
        reply[3]             = static_cast<char>(addresses.empty() ? 0x83 : 0x80);
        reply[7]             = static_cast<char>(answers);
        reply[8] = reply[9] = reply[10] = reply[11] = 0;
        for (std::size_t i = 0; i < answers; ++i) {
            in_addr a{};
            REQUIRE(::inet_pton(AF_INET, addresses[i].c_str(), &a) == 1);
            // The name (as in the question), type A, class IN, one minute, four bytes.
            reply += std::string("\xC0\x0C\0\1\0\1\0\0\0\x3C\0\4", 12);
            reply.append(reinterpret_cast<char const*>(&a), sizeof a);
        }
        return reply;
    }

    loopback::descriptor socket_    = loopback::bound_v4(SOCK_DGRAM);
    int                  questions_ = 0;
};

void sleep_until_it_moves(px::cares_resolver& r) {
    pollfd     set[ARES_GETSOCK_MAXNUM];
    auto const count = r.watch(set);
    px::detail::sleep_on({set, count}, r.longest_sleep(for_ever));
}

std::size_t watched(px::cares_resolver& r) {
    pollfd set[ARES_GETSOCK_MAXNUM];
    return r.watch(set);
}

}  // namespace

TEST_CASE("c-ares resolver: addresses and localhost need no server", "[port][cares]") {
    loopback::watchdog dog;
    name_server        dns;
    std::string const  servers = dns.servers();
    px::cares_resolver r{{.servers = servers.c_str()}};
    px::address_list   list;
    REQUIRE(r.resolve({"127.0.0.1", 1883}, list) == errc::ok);
    REQUIRE(list.size() == 1);
    CHECK(list[0].v4.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
    CHECK(list[0].v4.sin_port == htons(1883));
    REQUIRE(r.resolve({"::1", 1884}, list) == errc::ok);
    REQUIRE(list.size() == 1);
    CHECK(list[0].family() == AF_INET6);
    CHECK(list[0].v6.sin6_port == htons(1884));

    CHECK(r.resolve({"localhost", 1883}, list) == errc::ok);
    dns.serve(false);
    CHECK(dns.questions() == 0);
}

TEST_CASE("c-ares resolver: a name of /etc/hosts", "[port][cares]") {
    loopback::watchdog dog;
    std::ifstream      hosts{"/etc/hosts"};
    std::string        wanted;
    std::string        address;
    for (std::string line; wanted.empty() && std::getline(hosts, line);) {
        std::istringstream words{line.substr(0, line.find('#'))};
        words >> address;
        for (std::string name; words >> name;) {
            if (!px::detail::is_localhost(name)) wanted = name;
        }
    }
    if (wanted.empty()) {
        WARN("/etc/hosts has nothing but localhost; looking up a file was not tried");
        return;
    }
    name_server        dns;
    std::string const  servers = dns.servers();
    px::cares_resolver r{{.servers = servers.c_str()}};
    px::address_list   list;
    // "localhost" itself does not come so far; see the test above.
    INFO(wanted);
    REQUIRE(r.resolve({wanted, 1883}, list) == errc::ok);
    REQUIRE(list.size() >= 1);
    px::address_list   expected;
    REQUIRE(px::numeric_resolver::resolve({address, 1883}, expected) == errc::ok);
    bool found = false;
    for (std::size_t i = 0; i < list.size(); ++i) found |= std::memcmp(&list[i], &expected[0], sizeof list[i]) == 0;
    CHECK(found);
    CHECK(watched(r) == 0);
}

TEST_CASE("c-ares resolver: an answer of the name server", "[port][cares]") {
    loopback::watchdog dog;
    name_server        dns;
    std::string const  servers = dns.servers();
    px::cares_resolver r{{.servers = servers.c_str()}};
    px::address_list   list;
    endpoint const     to{"broker.example", 8883};
    for (int round = 0; round < 3; ++round) {
        errc e = r.resolve(to, list);
        REQUIRE(e == errc::would_block);
        CHECK(watched(r) >= 1);
        REQUIRE(r.resolve(to, list) == errc::would_block);
        while (e == errc::would_block) {
            dns.serve(true, {"127.0.0.2", "127.0.0.3"});
            sleep_until_it_moves(r);
            e = r.resolve(to, list);
        }
        REQUIRE(e == errc::ok);
        REQUIRE(list.size() == 2);
        std::uint32_t both = 0;
        for (std::size_t i = 0; i < 2; ++i) {
            CHECK(list[i].v4.sin_port == htons(8883));
            both |= 1U << (ntohl(list[i].v4.sin_addr.s_addr) & 0xFFU);
        }
        CHECK(both == (1U << 2U | 1U << 3U));
        CHECK(watched(r) == 0);
    }
}

TEST_CASE("c-ares resolver: a name that does not exist", "[port][cares]") {
    loopback::watchdog dog;
    name_server        dns;
    std::string const  servers = dns.servers();
    px::cares_resolver r{{.servers = servers.c_str()}};
    px::address_list   list;
    errc               e = r.resolve({"no-such.example", 1}, list);
    while (e == errc::would_block) {
        dns.serve(true);
        sleep_until_it_moves(r);
        e = r.resolve({"no-such.example", 1}, list);
    }
    CHECK(e == errc::resolve_failed);
    CHECK(dns.questions() >= 2);
}

TEST_CASE("c-ares resolver: names that can't be asked for", "[port][cares]") {
    px::cares_resolver r;
    px::address_list   list;
    CHECK(r.resolve({"", 1}, list) == errc::resolve_failed);
    CHECK(r.resolve({std::string(256, 'a'), 1}, list) == errc::resolve_failed);
    CHECK(r.resolve({{"127.0.0.1\0.example", 18}, 1}, list) == errc::resolve_failed);
    px::cares_resolver without{{.servers = "not an address"}};
    CHECK(without.resolve({"broker.example", 1}, list) == errc::resolve_failed);
    CHECK(watched(without) == 0);
    CHECK(without.longest_sleep(17) == 17);
}

TEST_CASE("c-ares resolver: a server that is silent is asked again, and then no more", "[port][cares]") {
    loopback::watchdog dog;
    name_server        dns;
    std::string const  servers = dns.servers();
    px::cares_resolver r{{.servers = servers.c_str(), .try_ms = 20, .tries = 2}};
    px::address_list   list;
    CHECK(r.longest_sleep(1000) == 1000);
    errc e = r.resolve({"broker.example", 1}, list);
    REQUIRE(e == errc::would_block);
    CHECK(r.longest_sleep(for_ever) <= 1000);
    CHECK(r.longest_sleep(0) == 0);
    while (e == errc::would_block) {
        px::detail::sleep_on({}, r.longest_sleep(for_ever));
        e = r.resolve({"broker.example", 1}, list);
    }
    CHECK(e == errc::resolve_failed);
    dns.serve(false);
    CHECK(dns.questions() >= 4);  // A and AAAA, twice
}

TEST_CASE("c-ares resolver: a look-up can be cancelled at any time", "[port][cares]") {
    name_server       dns;
    std::string const servers = dns.servers();
    int const         before  = loopback::open_descriptors();
    px::address_list  list;
    {
        px::cares_resolver r{{.servers = servers.c_str()}};
        r.cancel();
        for (int i = 0; i < 10; ++i) {
            REQUIRE(r.resolve({"broker.example", 1}, list) == errc::would_block);
            CHECK(watched(r) >= 1);
            r.cancel();
            CHECK(watched(r) == 0);
            r.cancel();
            CHECK(loopback::open_descriptors() == before);
        }
        REQUIRE(r.resolve({"broker.example", 1}, list) == errc::would_block);
    }
    CHECK(loopback::open_descriptors() == before);
    CHECK(list.size() == 0);
}

TEST_CASE("tcp: connects to a name, and wait wakes up for the name server too", "[port][cares]") {
    loopback::watchdog          dog;
    loopback::server            broker;
    name_server                 dns;
    std::string const           servers = dns.servers();
    px::tcp<px::cares_resolver> tcp{px::cares_options{.servers = servers.c_str(), .try_ms = 60'000}};
    static_assert(waitable_transport<decltype(tcp)>);
    endpoint const to{"broker.example", broker.port()};
    REQUIRE(tcp.connect(to) == connect_stage::resolve);
    CHECK(tcp.native_handle() == -1);
    pollfd set[px::tcp<>::max_watched];
    CHECK(tcp.watch(set, {}) >= 1);
    CHECK(tcp.longest_sleep(for_ever) <= 60'000);

    // With 60 s for the first try only the server's answer can end the sleep before the watchdog does.
    auto r = tcp.connect(to);
    while (r && r.value == connect_stage::resolve) {
        dns.serve(true, {"127.0.0.1"});
        tcp.wait(for_ever, {});
        r = tcp.connect(to);
    }
    while (r && r.value == connect_stage::connect) {
        tcp.wait(for_ever, {});
        r = tcp.connect(to);
    }
    REQUIRE(r == connect_stage::done);
    broker.accept();
    broker.send("x");
    tcp.wait(for_ever, {});
    char c = 0;
    CHECK(tcp.read({&c, 1}).value == 1);
    tcp.close();

    // The client's deadline ends a look-up with close().
    int const before = loopback::open_descriptors();
    REQUIRE(tcp.connect(to) == connect_stage::resolve);
    CHECK(loopback::open_descriptors() > before);
    tcp.close();
    CHECK(loopback::open_descriptors() == before);
    CHECK(tcp.watch(set, {}) == 0);
    CHECK(tcp.connect(to) == connect_stage::resolve);
}
