// SPDX-License-Identifier: BSL-1.0
// What a connection over TLS takes with the wolfSSL that this program is linked to. Prints one line "cpu version key
// handshake what figure" each; run.sh counts instructions, too. The other end is OpenSSL in the same process.
#include <ucontext.h>

#include <array>
#include <cstdio>
#include <string>
#include <vector>

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_TOGGLE_COLLECT
#define CALLGRIND_ZERO_STATS
#define CALLGRIND_DUMP_STATS_AT(text) static_cast<void>(text)
#endif

#include "tls/kit.hpp"

namespace {

using namespace barelink;

// Calls of a client on a stack of their own, which was painted before.
class measured_stack {
public:
    result<connect_stage> connect(kit::client& link, endpoint const& to) {
        link_ = &link;
        to_   = &to;
        getcontext(&inside_);
        inside_.uc_stack.ss_sp   = bytes_.data();
        inside_.uc_stack.ss_size = bytes_.size();
        inside_.uc_link          = &outside_;
        self_                    = this;
        makecontext(&inside_, [] { self_->run(); }, 0);
        swapcontext(&outside_, &inside_);
        return result_;
    }
    void        clear() { bytes_.assign(bytes_.size(), paint); }
    std::size_t used() const {
        std::size_t untouched = 0;
        while (untouched < bytes_.size() && bytes_[untouched] == paint) ++untouched;
        return bytes_.size() - untouched;
    }

private:
    static constexpr char paint = 0x5C;

    void run() {
        CALLGRIND_TOGGLE_COLLECT;
        result_ = link_->connect(*to_);
        CALLGRIND_TOGGLE_COLLECT;
    }

    static inline measured_stack* self_ = nullptr;

    std::vector<char>     bytes_   = std::vector<char>(1024 * 1024, paint);
    ucontext_t            inside_  = {};
    ucontext_t            outside_ = {};
    kit::client*          link_    = nullptr;
    endpoint const*       to_      = nullptr;
    result<connect_stage> result_  = {};
};

struct way {
    char const*      name;
    char const*      certificate;
    bool             mutual;
    char const*      version;
    openssl::version highest;
};

void print(way const& w, char const* handshake, char const* what, std::size_t figure) {
    std::printf("host %s %s %s %s %zu\n", w.version, w.name, handshake, what, figure);
}

// Returns false if there is no connection.
bool connect(kit::pair& p, measured_stack& stack, way const& w) {
    kit::memory.fail_at(0);
    kit::memory.reset_high_water();
    stack.clear();
    CALLGRIND_ZERO_STATS;
    p.server.accept();
    p.between = {};
    result<connect_stage> r{};
    for (int i = 0; i < 50 && r && r.value != connect_stage::done; ++i) {
        r = stack.connect(p.link, {p.host, 8883});
        p.carry();
    }
    if (!r || r.value != connect_stage::done) return false;
    char const* const handshake = p.link.resumed() ? "resumed" : "full";
    auto const        name      = std::string{"host "} + w.version + " " + w.name + " " + handshake;
    CALLGRIND_DUMP_STATS_AT(name.c_str());
    print(w, handshake, "stack", stack.used());
    print(w, handshake, "pool", kit::memory.high_water());
    print(w, handshake, "open", kit::memory.in_use());
    print(w, handshake, "allocations", kit::memory.calls());
    print(w, handshake, "in", p.between.total_down);
    print(w, handshake, "out", p.between.total_up);
    return true;
}

// In full, and with the session from before.
bool connect_twice(way const& w) {
    std::array<char, 2048> kept{};
    measured_stack         stack;
    kit::pair              p{{.certificate = w.certificate, .highest = w.highest, .wants_client = w.mutual}};
    p.settings.session = kept;
    if (w.mutual) p.identify("client");
    for (bool const again : {false, true}) {
        if (!connect(p, stack, w) || p.link.resumed() != again) return false;
        p.server.send("x");
        std::string text;
        if (p.read(text) != errc::would_block) return false;
        p.link.close();
    }
    return true;
}

bool large_message(way const& w, tls::fragment f) {
    kit::pair p{{.highest = w.highest}};
    p.settings.max_fragment = f;
    if (p.connect() != errc::ok) return false;
    p.carry();
    kit::memory.reset_high_water();
    p.server.send(std::string(40'000, 'x'));
    std::string text;
    if (p.read(text) != errc::would_block || text.size() != 40'000) return false;
    print(w, f == tls::fragment::full ? "16384" : "2048", "message", kit::memory.high_water());
    return true;
}

}  // namespace

int main() {
    bool good = true;
    for (auto const highest : {openssl::version::v1_3, openssl::version::v1_2}) {
        char const* const version = highest == openssl::version::v1_3 ? "1.3" : "1.2";
        for (auto const& w : {way{"p256", "good", false, version, highest},
                              way{"rsa2048", "rsa", false, version, highest},
                              way{"p256-mutual", "good", true, version, highest},
                              way{"rsa2048-mutual", "rsa", true, version, highest}}) {
            good = good && connect_twice(w);
        }
        way const w{"p256", "good", false, version, highest};
        for (auto const f : {tls::fragment::full, tls::fragment::b2048}) good = good && large_message(w, f);
    }
    if (!good) std::puts("no connection, or not the handshake that it should be");
    return good ? 0 : 1;
}
