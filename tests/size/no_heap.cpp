// SPDX-License-Identifier: BSL-1.0
// A device on a real socket, with a heap that ends the program as soon as it is asked for anything: connects,
// subscribes,
// publishes and receives at every level, in chunks and from a source, is thrown out and comes back, and leaves.
// usage: no-heap EMPTY_FOLDER [guilty]     with `guilty` it asks the heap for a byte, and has to die of it
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include <barelink/barelink.hpp>
#include <barelink/port/posix/clock.hpp>
#include <barelink/port/posix/entropy.hpp>
#include <barelink/port/posix/file_store.hpp>
#include <barelink/port/posix/tcp.hpp>
#include <barelink/testing/broker.hpp>

// --- a heap with an alarm: glibc's own functions behind ours

namespace {

bool heap_is_closed = false;

void say(char const* text) { static_cast<void>(!write(STDERR_FILENO, text, std::strlen(text))); }
void ask_heap(char const* who) {
    if (!heap_is_closed) return;
    say("the heap was asked by ");
    say(who);
    say("\n");
    std::abort();
}

}  // namespace

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void  __libc_free(void*);

void* malloc(std::size_t size) {
    ask_heap("malloc");
    return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
    ask_heap("calloc");
    return __libc_calloc(count, size);
}
void* realloc(void* p, std::size_t size) {
    ask_heap("realloc");
    return __libc_realloc(p, size);
}
void* memalign(std::size_t alignment, std::size_t size) {
    ask_heap("memalign");
    return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
    ask_heap("aligned_alloc");
    return __libc_memalign(alignment, size);
}
int posix_memalign(void** into, std::size_t alignment, std::size_t size) {
    ask_heap("posix_memalign");
    *into = __libc_memalign(alignment, size);
    return *into != nullptr ? 0 : ENOMEM;
}
void free(void* p) { __libc_free(p); }
}

namespace {

using namespace barelink;

// --- the broker, in a process of its own

class stream {
public:
    void open(int fd) { fd_ = fd; }
    [[nodiscard]] int fd() const { return fd_; }
    result<std::size_t> read(bytes_out into) noexcept {
        auto const n = recv(fd_, into.data(), into.size(), MSG_DONTWAIT);
        if (n > 0) return static_cast<std::size_t>(n);
        if (n == 0) return errc::closed_by_peer;
        return errno == EAGAIN ? errc::would_block : errc::connection_reset;
    }
    result<std::size_t> write(bytes_in from) noexcept {
        auto const n = send(fd_, from.data(), from.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n > 0) return static_cast<std::size_t>(n);
        return errno == EAGAIN ? errc::would_block : errc::connection_reset;
    }
    void close() noexcept {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }

private:
    int fd_ = -1;
};

constinit testing::broker<testing::broker_limits{.message_bytes = 4096, .rx_bytes = 8192, .tx_bytes = 8192}> cloud{};

// Lives until `control` is closed; each byte on it throws the device out.
[[noreturn]] void serve(int listener, int control) {
    posix::clock clock;
    stream       streams[4];
    for (;;) {
        pollfd fds[6] = {{listener, POLLIN, 0}, {control, POLLIN, 0}};
        for (int i = 0; i < 4; ++i) fds[2 + i] = {streams[i].fd(), POLLIN, 0};
        poll(fds, 6, 20);
        char command = 0;
        if (fds[1].revents != 0 && read(control, &command, 1) != 1) _exit(cloud.violations() == 0 ? 0 : 9);
        if (command != 0) cloud.kick("pump");
        if ((fds[0].revents & POLLIN) != 0) {
            for (auto& s : streams) {
                if (s.fd() >= 0) continue;
                s.open(accept(listener, nullptr, nullptr));
                break;
            }
        }
        for (auto& s : streams) {
            while (s.fd() >= 0 && cloud.serve(s, clock.now())) {
            }
        }
        cloud.on_time(clock.now());
    }
}

// --- the device

constexpr limits small{.rx_bytes = 256, .tx_bytes = 1024, .sources = 1, .chunks = true, .manual_ack = true};

constinit storage<small> memory{};

struct counts {
    int connected = 0, disconnected = 0, subscribed = 0, unsubscribed = 0, messages = 0, chunks = 0, delivered = 0,
        others = 0;
};

std::size_t pull(void*, std::uint32_t offset, bytes_out into) {
    for (std::size_t i = 0; i < into.size(); ++i) into[i] = static_cast<char>('a' + (offset + i) % 26);
    return into.size();
}

template <class Client>
class device {
public:
    explicit device(Client& mqtt) : mqtt_{&mqtt} {}
    // Works until `condition` holds. A program that takes longer than its alarm has failed.
    template <class Condition>
    void until(Condition&& condition) {
        while (!condition()) {
            mqtt_->yield(5, [this](event const& e) { count(e); });
        }
    }
    counts seen;

private:
    void count(event const& e) {
        switch (e.type) {
        case event_type::connected: ++seen.connected; break;
        case event_type::disconnected: ++seen.disconnected; break;
        case event_type::subscribed: ++seen.subscribed; break;
        case event_type::unsubscribed: ++seen.unsubscribed; break;
        case event_type::chunk: ++seen.chunks; break;
        case event_type::delivered: ++seen.delivered; break;
        case event_type::message:
            ++seen.messages;
            if (e.id != 0 && mqtt_->acknowledge(e.id) != errc::ok) ++seen.others;
            break;
        default: ++seen.others;
        }
    }

    Client* mqtt_;
};

// One round: a message at each level and one from a source, each of which comes back.
template <class Client>
bool work(Client& mqtt, device<Client>& d) {
    auto const before = d.seen;
    for (auto const level : {qos::at_most_once, qos::at_least_once, qos::exactly_once}) {
        if (!mqtt.publish({.topic = "loop/a", .payload = "hello", .level = level})) return false;
    }
    if (!mqtt.publish({.topic = "loop/b", .level = qos::exactly_once}, 3000, {&pull, nullptr})) return false;
    d.until([&] { return d.seen.messages == before.messages + 4 && d.seen.delivered == before.delivered + 3; });
    return d.seen.chunks > before.chunks;
}

int live(char const* folder, std::uint16_t port, int control) {
    options o;
    o.host            = "127.0.0.1";
    o.port            = port;
    o.client_id       = "pump";
    o.clean_session   = false;
    o.chunks          = true;
    o.manual_ack      = true;
    o.backoff_ms_min  = 20;
    o.backoff_ms_max  = 100;
    o.stable_after_ms = 1;  // being thrown out three times is no takeover
    posix::tcp<>      wire;
    posix::clock      clock;
    posix::entropy    noise;
    posix::file_store flash{folder};
    client            mqtt{memory, wire, clock, o, noise, flash};
    device            d{mqtt};
    if (mqtt.connect() != errc::ok || mqtt.subscribe("loop/#", qos::exactly_once) != errc::ok) return 2;
    d.until([&] { return d.seen.subscribed == 1; });
    for (int round = 1; round <= 3; ++round) {
        if (!work(mqtt, d)) return 3;
        if (write(control, "k", 1) != 1) return 4;
        d.until([&] { return d.seen.connected == round + 1; });
    }
    if (mqtt.unsubscribe("loop/#") != errc::ok) return 5;
    d.until([&] { return d.seen.unsubscribed == 1; });
    if (mqtt.disconnect() != errc::ok) return 6;
    d.until([&] { return d.seen.disconnected == 4; });
    return d.seen.others == 0 ? 0 : 7;
}

int listen_somewhere(std::uint16_t& port) {
    int const   fd      = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = {};
    socklen_t   size    = sizeof(address);
    address.sin_family  = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const any         = reinterpret_cast<sockaddr*>(&address);
    if (fd < 0 || bind(fd, any, size) != 0 || listen(fd, 4) != 0 || getsockname(fd, any, &size) != 0) return -1;
    port = ntohs(address.sin_port);
    return fd;
}

}  // namespace

int main(int argc, char* argv[]) {
    if (argc < 2) return 1;
    alarm(60);
    std::uint16_t port     = 0;
    int const     listener = listen_somewhere(port);
    int           control[2];
    if (listener < 0 || pipe(control) != 0) return 1;
    pid_t const broker = fork();
    if (broker == 0) {
        close(control[1]);
        serve(listener, control[0]);
    }
    close(control[0]);
    close(listener);

    heap_is_closed = true;
    if (argc > 2) {
        void* volatile p = std::malloc(1);
        return p != nullptr ? 8 : 9;
    }
    int const result = live(argv[1], port, control[1]);
    heap_is_closed   = false;

    close(control[1]);
    int status = 0;
    if (waitpid(broker, &status, 0) != broker || !WIFEXITED(status) || WEXITSTATUS(status) != 0) return 10;
    if (result == 0) say("no heap: three rounds, three reconnects\n");
    return result;
}
