// SPDX-License-Identifier: BSL-1.0
// A broker that is known by its name. Built only where c-ares is.
#include <fstream>
#include <sstream>
#include <string>

#include <barelink/port/posix/cares_resolver.hpp>

#include "device.hpp"

using namespace interop;

namespace {

// Should a question ever leave, it is refused on this machine: nobody listens on that port.
struct local_resolver : barelink::posix::cares_resolver {
    local_resolver() noexcept : cares_resolver{{.servers = "127.0.0.1:1", .try_ms = 100, .tries = 1}} {}
};

using named_device = basic_device<barelink::posix::tcp<local_resolver>>;

// A name that c-ares has to look up in the system's file, and that leads to the broker; empty if there is none.
std::string name_of_this_host() {
    std::ifstream hosts{"/etc/hosts"};
    for (std::string line; std::getline(hosts, line);) {
        std::istringstream rest{line.substr(0, line.find('#'))};
        std::string        address;
        rest >> address;
        for (std::string name; rest >> name;) {
            if (address == "127.0.0.1" && !barelink::posix::detail::is_localhost(name)) return name;
        }
    }
    return {};
}

void talk(options o, std::string_view host) {
    INFO(host);
    o.host = host;
    named_device d{o};
    d.arrive();
    d.subscribe("names/x", qos::at_least_once);
    d.deliver({"names/x", "hello", qos::at_least_once});
    until({&d}, "its own message", [&] { return d.count(event_type::message) == 1; });
    d.leave();
    // Looked up anew for each connection.
    d.arrive();
    d.leave();
    CHECK(d.mqtt.stats().connects == 2);
}

} // namespace

TEST_CASE("a broker is reached by its name", "[interop][cares]") {
    for (auto const& c : cultures()) {
        DYNAMIC_SECTION(c.name) {
            talk(to(c, "names"), "localhost");
            talk(to(c, "names"), "broker.LocalHost.");
            if (auto const name = name_of_this_host(); !name.empty()) talk(to(c, "names"), name);
        }
    }
}

TEST_CASE("a name that doesn't exist is a cause of its own, and tried again", "[interop][cares]") {
    named_device d{
        {.host = "nobody.invalid", .client_id = "lost", .jitter = false, .backoff_ms_min = 10, .backoff_ms_max = 20}};
    REQUIRE(d.mqtt.connect() == errc::ok);
    until({&d}, "two attempts", [&] { return d.count(event_type::disconnected) == 2; });
    for (auto const& x : d.notes) CHECK(x.what.cause == errc::resolve_failed);
}
