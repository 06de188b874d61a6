// SPDX-License-Identifier: BSL-1.0
// A peer that is never the bottleneck: takes and acknowledges everything, forwards nothing. A publish to PEER_ASK_TOPIC
// with the text "COUNT QOS SIZE" makes it send COUNT publishes back as fast as the socket takes them.
// One thread, epoll, 3.1.1. Usage: sink [PORT]; prints "port N" and runs until it is ended.
#include "peer.h"
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

constexpr std::size_t      chunk  = 256 * 1024; // one read, and what is queued at most while sending back
constexpr unsigned         window = 20;         // QoS 1 publishes sent back that wait for their acknowledgement
constexpr std::string_view topic  = PEER_TOPIC;

unsigned byte(std::string_view s, std::size_t at) {
    return static_cast<unsigned char>(s[at]);
}

std::string number(unsigned n) {
    return {static_cast<char>(n >> 8), static_cast<char>(n)};
}

// Everything leaves through `out_`, whole packets in the order in which they were made, so that nothing can get into
// the middle of a packet that is half sent.
class connection {
public:
    explicit connection(int file) : file_{file}, in_(chunk) {}

    // False when the connection is over.
    bool on_event() {
        auto const got = read(file_, in_.data() + have_, in_.size() - have_);
        if (got == 0 || (got < 0 && errno != EAGAIN)) return false;
        if (got > 0 && !take(static_cast<std::size_t>(got))) return false;
        do refill();
        while (flush() && to_send_ > 0 && may_send());
        return alive_;
    }

    bool wants_to_write() const { return sent_ < out_.size(); }
    bool changed() {
        bool const now = wants_to_write();
        return std::exchange(waits_, now) != now;
    }

private:
    bool take(std::size_t got) {
        have_ += got;
        std::string_view rest{in_.data(), have_};
        while (rest.size() >= 2) {
            std::size_t head = 1, body = 0;
            unsigned    shift = 0;
            do {
                if (head == rest.size()) return keep(rest);
                if (head > 4) return false;
                body |= std::size_t{byte(rest, head) & 127} << shift;
                shift += 7;
            } while (byte(rest, head++) & 128);
            if (head + body > in_.size()) return false;
            if (rest.size() < head + body) return keep(rest);
            if (!handle(byte(rest, 0), rest.substr(head, body))) return false;
            rest.remove_prefix(head + body);
        }
        return keep(rest);
    }

    bool keep(std::string_view rest) {
        std::memmove(in_.data(), rest.data(), rest.size());
        have_ = rest.size();
        return true;
    }

    bool handle(unsigned first, std::string_view body) {
        if (first >> 4 == 3) return on_publish(first >> 1 & 3, body);
        switch (first >> 4) {
        case 1:
            out_ += std::string{"\x20\x02\0\0", 4};
            return true;
        case 4:
            unacknowledged_--;
            return true;
        case 6:
            return acknowledge(0x70, body);
        case 8:
            return on_subscribe(body);
        case 10:
            return acknowledge(static_cast<char>(0xb0), body);
        case 12:
            out_ += std::string{"\xd0\0", 2};
            return true;
        default:
            return false; // DISCONNECT, or what no client sends here
        }
    }

    bool acknowledge(char first, std::string_view body) {
        if (body.size() < 2) return false;
        ((out_ += first) += '\x02').append(body.substr(0, 2));
        return true;
    }

    bool on_publish(unsigned qos, std::string_view body) {
        if (body.size() < 2) return false;
        auto const name = body.substr(2, byte(body, 0) << 8 | byte(body, 1));
        body.remove_prefix(2 + name.size());
        if (qos > 0 && !acknowledge(static_cast<char>(qos == 1 ? 0x40 : 0x50), body)) return false;
        if (name == PEER_ASK_TOPIC) send_back(std::string{body.substr(qos > 0 ? 2 : 0)});
        return true;
    }

    bool on_subscribe(std::string_view body) {
        if (body.size() < 2) return false;
        std::string granted{body.substr(0, 2)};
        body.remove_prefix(2);
        while (body.size() > 2) {
            auto const size = std::size_t{byte(body, 0) << 8 | byte(body, 1)} + 2;
            if (body.size() <= size) return false;
            granted += body[size];
            body.remove_prefix(size + 1);
        }
        ((out_ += static_cast<char>(0x90)) += static_cast<char>(granted.size())) += granted;
        return true;
    }

    void send_back(std::string const& request) {
        unsigned qos = 0, size = 0;
        if (std::sscanf(request.c_str(), "%u %u %u", &to_send_, &qos, &size) != 3 || qos > 1) to_send_ = 0;
        qos_ = qos;
        packet_.assign(1, static_cast<char>(0x30 | qos << 1));
        std::size_t length = 2 + topic.size() + (qos ? 2 : 0) + size;
        for (; length > 127; length >>= 7) packet_ += static_cast<char>(length | 128);
        packet_ += static_cast<char>(length);
        (packet_ += number(topic.size())).append(topic);
        id_at_ = packet_.size();
        if (qos) packet_ += number(0);
        packet_.append(size, 'y');
    }

    bool may_send() const { return qos_ == 0 || unacknowledged_ < window; }

    void refill() {
        for (; to_send_ > 0 && may_send() && out_.size() < chunk; to_send_--) {
            if (qos_) {
                id_ = id_ % 65535 + 1;
                packet_.replace(id_at_, 2, number(id_));
                unacknowledged_++;
            }
            out_ += packet_;
        }
    }

    // True when everything is gone.
    bool flush() {
        while (wants_to_write()) {
            auto const put = send(file_, out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
            if (put < 0) {
                alive_ = errno == EAGAIN;
                return false;
            }
            sent_ += static_cast<std::size_t>(put);
        }
        out_.clear();
        sent_ = 0;
        return true;
    }

    int               file_;
    std::vector<char> in_;
    std::string       out_, packet_;
    std::size_t       have_ = 0, sent_ = 0, id_at_ = 0;
    unsigned          to_send_ = 0, unacknowledged_ = 0, qos_ = 0, id_ = 0;
    bool              alive_ = true, waits_ = false;
};

struct server {
    int                      events = epoll_create1(0);
    std::vector<connection*> connections;

    void watch(int file, bool writes, int what) const {
        epoll_event event{};
        event.events  = EPOLLIN | (writes ? EPOLLOUT : 0u);
        event.data.fd = file;
        epoll_ctl(events, what, file, &event);
    }

    void accept_one(int listener) {
        int const file = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
        if (file < 0) return;
        int const on = 1;
        setsockopt(file, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (connections.size() <= static_cast<std::size_t>(file))
            connections.resize(static_cast<std::size_t>(file) + 1);
        connections[static_cast<std::size_t>(file)] = new connection{file};
        watch(file, false, EPOLL_CTL_ADD);
    }

    void serve(int file) {
        auto*& one = connections[static_cast<std::size_t>(file)];
        if (!one->on_event()) {
            delete std::exchange(one, nullptr);
            close(file);
        } else if (one->changed()) {
            watch(file, one->wants_to_write(), EPOLL_CTL_MOD);
        }
    }
};

int listen_on(int port) {
    int const   listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    sockaddr_in address{};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    address.sin_family      = AF_INET;
    address.sin_port        = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size          = sizeof address;
    auto*     generic       = reinterpret_cast<sockaddr*>(&address);
    if (bind(listener, generic, size) != 0 || listen(listener, 1024) != 0) peer_fail("sink: cannot listen");
    getsockname(listener, generic, &size);
    std::printf("port %d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    return listener;
}

} // namespace

int main(int argc, char** argv) {
    peer_many_files();
    int const listener = listen_on(argc > 1 ? std::atoi(argv[1]) : 0);
    server    all;
    all.watch(listener, false, EPOLL_CTL_ADD);
    for (;;) {
        epoll_event ready[64];
        int const   count = epoll_wait(all.events, ready, 64, -1);
        for (int i = 0; i < count; i++) {
            if (ready[i].data.fd == listener)
                all.accept_one(listener);
            else
                all.serve(ready[i].data.fd);
        }
    }
}
