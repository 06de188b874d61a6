// SPDX-License-Identifier: BSL-1.0
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/resource.h>

#include <initializer_list>
#include <string>
#include <vector>

#include <barelink/port/posix/tcp.hpp>

#include "loopback.hpp"
#include "support/catch.hpp"
#include "tcp_fixture.hpp"

using namespace tcp_fixture;

static_assert(check_transport<px::tcp<>>());
static_assert(waitable_transport<px::tcp<>>);

TEST_CASE("tcp: bytes go both ways", "[port]") {
    connected c;
    CHECK(c.tcp.connect({"127.0.0.1", c.broker.port()}) == connect_stage::done);
    CHECK(c.tcp.write(bytes_in{"hello", 5}).value == 5);
    CHECK(c.broker.take(5) == "hello");
    std::string got;
    CHECK(read(c.tcp, got).error == errc::would_block);
    c.broker.send("welcome");
    CHECK(read_next(c.tcp, got) == errc::ok);
    CHECK(got == "welcome");
    c.tcp.close();
    CHECK(c.broker.at_end());
}

TEST_CASE("tcp: the socket does not block, does not delay and is not inherited", "[port]") {
    connected  c;
    int const  fd   = c.tcp.native_handle();
    int        on   = 0;
    socklen_t  size = sizeof on;
    auto const e    = ::getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &size);
    CHECK(e == 0);
    CHECK(on != 0);
    CHECK((::fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
    CHECK((::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("tcp: without a connection there is nothing to read or write", "[port]") {
    px::tcp<>   tcp;
    std::string text;
    CHECK(tcp.native_handle() == -1);
    CHECK(read(tcp, text).error == errc::io_error);
    CHECK(tcp.write(bytes_in{"x", 1}).error == errc::io_error);
    tcp.wait(0, {.room = true});
    tcp.close();
    tcp.close();
    CHECK(tcp.native_handle() == -1);
}

TEST_CASE("tcp: reading into nothing is not the end of the stream", "[port]") {
    connected c;
    c.broker.send("x");
    c.tcp.wait(for_ever, {});
    CHECK(c.tcp.read({}).error == errc::would_block);
    CHECK(c.tcp.write({}).error == errc::would_block);
}

TEST_CASE("tcp: a port on which nobody listens refuses", "[port]") {
    loopback::watchdog dog;
    auto const         bound = loopback::bound_v4();
    px::tcp<>          tcp;
    endpoint const     to{"127.0.0.1", loopback::port_of(bound)};
    CHECK(connect(tcp, to).error == errc::connect_refused);
    CHECK(tcp.native_handle() == -1);
    CHECK(tcp.connect(to).error == errc::connect_refused);
    tcp.close();

    REQUIRE(::listen(bound, 1) == 0);
    CHECK(connect(tcp, to) == connect_stage::done);
}

TEST_CASE("tcp: a name that the resolver does not know", "[port]") {
    px::tcp<> tcp;
    CHECK(tcp.connect({"broker.example", 1883}).error == errc::resolve_failed);
    CHECK(tcp.connect({"broker.example", 1883}).error == errc::resolve_failed);
    tcp.close();
    CHECK(tcp.connect({"", 1883}).error == errc::resolve_failed);
}

TEST_CASE("tcp: the peer closes in order", "[port]") {
    connected c;
    c.broker.send("bye");
    c.broker.close_peer();
    std::string got;
    CHECK(read_next(c.tcp, got) == errc::ok);
    CHECK(got == "bye");
    CHECK(read_next(c.tcp, got) == errc::closed_by_peer);
    CHECK(read_next(c.tcp, got) == errc::closed_by_peer);
}

TEST_CASE("tcp: the peer resets the connection; writing then raises no signal", "[port]") {
    connected c;
    c.broker.reset_peer();
    std::string got;
    CHECK(read_next(c.tcp, got) == errc::connection_reset);
    CHECK(c.tcp.write(bytes_in{"x", 1}).error == errc::connection_reset);
    CHECK(c.tcp.write(bytes_in{"x", 1}).error == errc::connection_reset);
}

TEST_CASE("tcp: one object connects again and again, without losing a descriptor", "[port]") {
    loopback::watchdog dog;
    int const          before = loopback::open_descriptors();
    {
        loopback::server broker;
        px::tcp<>        tcp;
        for (std::uint32_t i = 1; i <= 20; ++i) {
            REQUIRE(connect(tcp, {"127.0.0.1", broker.port()}) == connect_stage::done);
            CHECK(tcp.generation() == i);
            broker.accept();
            REQUIRE(tcp.write(bytes_in{"x", 1}).value == 1);
            CHECK(broker.take(1) == "x");
            tcp.close();
            CHECK(broker.at_end());
        }
        CHECK(connect(tcp, {"127.0.0.1", broker.port()}) == connect_stage::done);
    }
    CHECK(loopback::open_descriptors() == before);
}

TEST_CASE("tcp: a full socket takes a part, then nothing, and goes on where it was", "[port]") {
    connected c;
    int const small = 8192;
    REQUIRE(::setsockopt(c.tcp.native_handle(), SOL_SOCKET, SO_SNDBUF, &small, sizeof small) == 0);
    std::string text(1U << 20U, '\0');
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 7 + i / 251);

    std::size_t sent  = 0;
    std::size_t parts = 0;
    std::string got;
    bool        was_full = false;
    while (sent < text.size()) {
        auto const r = c.tcp.write(bytes_in{text}.subspan(sent));
        if (r) {
            REQUIRE(r.value > 0);
            sent += r.value;
            ++parts;
            continue;
        }
        REQUIRE(r.error == errc::would_block);
        was_full = true;
        got += c.broker.take();
        c.tcp.wait(for_ever, {.room = true});
    }
    while (got.size() < text.size()) got += c.broker.take(text.size() - got.size());
    CHECK(was_full);
    CHECK(parts > 1);
    CHECK(got == text);
}

TEST_CASE("tcp: unread bytes do not turn the end into a reset", "[port]") {
    connected c;
    c.broker.send(std::string(10'000, 'x'));
    std::string got;
    CHECK(read_next(c.tcp, got) == errc::ok);
    REQUIRE(got.size() < 10'000);
    REQUIRE(c.tcp.write(bytes_in{"goodbye", 7}).value == 7);
    c.tcp.close();
    int       error = -1;
    socklen_t size  = sizeof error;
    REQUIRE(::getsockopt(c.broker.peer(), SOL_SOCKET, SO_ERROR, &error, &size) == 0);
    CHECK(error == 0);
    CHECK(c.broker.take(7) == "goodbye");
    CHECK(c.broker.at_end());
}

TEST_CASE("tcp: IPv6", "[port]") {
    loopback::watchdog dog;
    auto               bound = loopback::bound_v6();
    if (bound < 0) {
        WARN("this machine has no ::1; IPv6 was not tried");
        return;
    }
    loopback::server broker{std::move(bound)};
    px::tcp<>        tcp;
    REQUIRE(connect(tcp, {"::1", broker.port()}) == connect_stage::done);
    broker.accept();
    broker.send("six");
    std::string got;
    CHECK(read_next(tcp, got) == errc::ok);
    CHECK(got == "six");
    tcp.close();

    // localhost is 127.0.0.1, where nobody listens on this port, and then ::1.
    auto const     v4 = loopback::bound_v4();
    endpoint const to{"localhost", broker.port()};
    CHECK(connect(tcp, to) == connect_stage::done);
}

TEST_CASE("tcp: each address is tried before the attempt fails", "[port]") {
    loopback::watchdog          dog;
    auto const                  refusing = loopback::bound_v4();
    int const                   refused  = loopback::port_of(refusing);
    loopback::server            broker;
    px::tcp<scripted_resolver>  tcp{std::vector<int>{refused, refused, broker.port()}};
    px::tcp<scripted_resolver>  hopeless{std::vector<int>{refused, refused, refused}};
    CHECK(connect(tcp, {"broker", 1}) == connect_stage::done);
    CHECK(tcp.generation() == 3);
    tcp.close();
    CHECK(connect(hopeless, {"broker", 1}).error == errc::connect_refused);
    CHECK(hopeless.generation() == 3);
    hopeless.close();
    CHECK(connect(hopeless, {"broker", 1}).error == errc::connect_refused);
    CHECK(hopeless.generation() == 6);

    // What worked once is what the next attempt begins with.
    CHECK(connect(tcp, {"broker", 1}) == connect_stage::done);
    CHECK(tcp.generation() == 4);
}

TEST_CASE("tcp: an address that does not answer is passed over in the next attempt", "[port]") {
    loopback::watchdog dog;
    // A listener whose queue is full lets further connections wait.
    auto const silent = loopback::bound_v4();
    REQUIRE(::listen(silent, 0) == 0);
    std::uint16_t const     port = loopback::port_of(silent);
    std::vector<px::tcp<>*> queue;
    for (bool full = false; !full && queue.size() < 64;) {
        auto* const tcp = queue.emplace_back(new px::tcp<>);
        auto const  r   = tcp->connect({"127.0.0.1", port});
        REQUIRE(r);
        tcp->wait(200, {.room = true});
        full = tcp->connect({"127.0.0.1", port}) == connect_stage::connect;
    }
    REQUIRE(queue.size() < 64);

    loopback::server           broker;
    px::tcp<scripted_resolver> tcp{std::vector<int>{port, broker.port()}};
    CHECK(tcp.connect({"broker", 1}) == connect_stage::connect);
    tcp.wait(0, {});
    CHECK(tcp.connect({"broker", 1}) == connect_stage::connect);
    CHECK(tcp.generation() == 1);
    tcp.close();
    CHECK(connect(tcp, {"broker", 1}) == connect_stage::done);
    CHECK(tcp.generation() == 2);
    for (auto* const waiting : queue) delete waiting;
}

TEST_CASE("tcp: no descriptor left", "[port]") {
    loopback::server broker;
    rlimit           was{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &was) == 0);
    rlimit const none{0, was.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    px::tcp<scripted_resolver> tcp{std::vector<int>{broker.port(), broker.port()}};
    auto const                 r = tcp.connect({"broker", 1});
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &was) == 0);
    CHECK(r.error == errc::no_resources);
    tcp.close();
    CHECK(tcp.connect({"broker", 1}).error == errc::ok);
}

TEST_CASE("tcp: a connection with oneself is none", "[port]") {
    loopback::watchdog dog;
    auto const         self = loopback::bound_v4();
    sockaddr_in        a{};
    socklen_t          size = sizeof a;
    REQUIRE(::getsockname(self, reinterpret_cast<sockaddr*>(&a), &size) == 0);
    if (::connect(self, reinterpret_cast<sockaddr*>(&a), size) != 0) REQUIRE(errno == EINPROGRESS);
    pollfd p{self, POLLOUT, 0};
    REQUIRE(::poll(&p, 1, 20'000) == 1);
    REQUIRE(px::detail::connect_outcome(self) == errc::ok);
    CHECK(px::detail::connected_to_itself(self));

    connected c;
    CHECK_FALSE(px::detail::connected_to_itself(c.tcp.native_handle()));
    CHECK_FALSE(px::detail::connected_to_itself(-1));
}

TEST_CASE("tcp: what the system says becomes one of our errors", "[port]") {
    using namespace px::detail;
    CHECK(connect_error(ECONNREFUSED) == errc::connect_refused);
    for (int const e : {ENETUNREACH, EHOSTUNREACH, ETIMEDOUT, EADDRNOTAVAIL, EAFNOSUPPORT, EACCES, EPERM, ENETDOWN}) {
        CHECK(connect_error(e) == errc::unreachable);
    }
    for (int const e : {EMFILE, ENFILE, ENOBUFS, ENOMEM}) CHECK(connect_error(e) == errc::no_resources);
    CHECK(connect_error(EINVAL) == errc::io_error);
    CHECK(stream_error(EAGAIN) == errc::would_block);
    for (int const e : {ECONNRESET, ECONNABORTED, EPIPE, ENOTCONN, ETIMEDOUT}) {
        CHECK(stream_error(e) == errc::connection_reset);
    }
    for (int const e : {ENETUNREACH, EHOSTUNREACH, ENETDOWN}) CHECK(stream_error(e) == errc::unreachable);
    for (int const e : {ENOBUFS, ENOMEM}) CHECK(stream_error(e) == errc::no_resources);
    CHECK(stream_error(EIO) == errc::io_error);
}
