// SPDX-License-Identifier: BSL-1.0
// A Cortex-M without an operating system that connects to a real broker twice: in full, and with the session from
// before. Prints "WHAT FIGURE" lines. QEMU carries the bytes of each serial line to a listener of the broker's.
//
// Counted is what our calls take, without the transport below: all that has come is taken in before each call, so that
// a call more or less does not depend on the time of the host.
#include <barelink/tls/wolfssl.hpp>

#include <array>
#include <cstdint>
#include <cstring>

extern "C" {
#include "../../target/board.h"
}

using namespace barelink;

// --- what wolfSSL and board.c ask for

namespace {

constinit tls::pool<64 * 1024> memory{};

struct summer {
    static constexpr wall_time now() noexcept { return {time_trust::trusted, 1'780'272'000}; }
};
constinit summer calendar{};

using library = tls::wolfssl_library<memory, calendar>;

}  // namespace

extern "C" {
extern std::uint32_t stack_end[], bss_end[];
void                 fault();
void                 start();
int                  main();

void*         XMALLOC(std::size_t n, void*, int) { return library::allocate(n); }
void          XFREE(void* p, void*, int) { library::release(p); }
void*         XREALLOC(void* p, std::size_t n, void*, int) { return library::resize(p, n); }
time_t        device_time(time_t*) { return 0; }
unsigned int  LowResTimer() { return 1; }
std::uint64_t TimeNowInMilliseconds() { return 1'000; }

// The same noise each time, so that the figures are the same: nothing for a device.
int device_seed(unsigned char* out, unsigned int size) {
    static std::uint32_t state = 2'463'534'242U;
    while (size-- > 0) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        *out++ = static_cast<unsigned char>(state);
    }
    return 0;
}

__attribute__((section(".vectors"), used)) void (*const vectors[16])() = {
    reinterpret_cast<void (*)()>(stack_end), start, fault, fault, fault, fault, fault, fault,
    fault, fault, fault, fault, fault, fault, fault, fault};
}

namespace {

// --- counting: QEMU gives each instruction 1 ns, the timer ticks every 40 ns.

auto* const systick = reinterpret_cast<std::uint32_t volatile*>(0xE000E010);  // control, reload, value

class counter {
public:
    static void set_up() {
        systick[1] = 0xFFFFFF;
        systick[2] = 0;
        systick[0] = 5;
    }
    void go() { started_ = systick[2]; }
    void stop() { ticks_ += (started_ - systick[2]) & 0xFFFFFF; }
    void clear() { ticks_ = 0; }
    std::uint32_t instructions() const { return ticks_ * 40; }

private:
    std::uint32_t started_ = 0;
    std::uint32_t ticks_   = 0;
};

counter call;

constexpr std::uint32_t paint = 0xA5C35A3C;

[[gnu::always_inline]] inline std::uint32_t* stack_now() {
    std::uint32_t* now;
    __asm volatile("mov %0, sp" : "=r"(now));
    return now;
}
[[gnu::noinline]] void paint_stack() {
    for (auto volatile* at = bss_end; at < stack_now() - 64; ++at) *at = paint;
}
[[gnu::noinline]] std::uint32_t stack_below(std::uint32_t const* top) {
    auto volatile* at = bss_end;
    while (*at == paint) ++at;
    return static_cast<std::uint32_t>(top - const_cast<std::uint32_t*>(at)) * 4;
}

void line(char const* what, std::uint32_t figure) {
    board_print(what);
    board_print(" ");
    board_print_number(figure);
    board_print("\n");
}

[[gnu::noinline]] void take_2000_bytes() {
    char bytes[2000];
    bytes[0] = 1;
    __asm volatile("" : : "r"(bytes) : "memory");
}

// What is known has to be seen as what it is.
void calibrate() {
    counter::set_up();
    call.go();
    std::uint32_t turns = 500'000;
    __asm volatile(".syntax unified\n1: subs %0, %0, #1\n bne 1b" : "+l"(turns) : : "cc");
    call.stop();
    auto const seen = call.instructions();
    if (seen < 999'900 || seen > 1'000'200) board_fail("a million instructions are not counted as a million");
    auto* const top = stack_now();
    paint_stack();
    take_2000_bytes();
    auto const bytes = stack_below(top);
    if (bytes < 2'000 || bytes > 2'200) board_fail("2000 bytes of stack are not seen as 2000");
}

// --- the serial lines. Satisfies `transport`; each connection has its own line.

class serial {
public:
    result<connect_stage> connect(endpoint const&) noexcept {
        if (at_ == nullptr) {
            at_    = reinterpret_cast<std::uint32_t volatile*>(next_ == 0 ? 0x4000'4000 : 0x4000'5000);
            at_[4] = 16;  // baud rate
            at_[2] = 3;   // sends and receives
            ++next_;
            in = out = taken_ = size_ = 0;
        }
        return connect_stage::done;
    }
    result<std::size_t> read(bytes_out into) noexcept {
        call.stop();
        auto const n = std::min(into.size(), size_ - taken_);
        std::memcpy(into.data(), came_ + taken_, n);
        taken_ += n;
        in += n;
        call.go();
        return n != 0 ? result<std::size_t>{n} : errc::would_block;
    }
    result<std::size_t> write(bytes_in from) noexcept {
        call.stop();
        for (char const c : from) {
            while ((at_[1] & 1) != 0) collect();
            at_[0] = octet(c);
        }
        out += from.size();
        call.go();
        return from.size();
    }
    void close() noexcept { at_ = nullptr; }

    // Waits until something has come, and then until nothing comes any more.
    void wait() {
        if (taken_ == size_) taken_ = size_ = 0;
        for (std::uint32_t quiet = 0, polls = 0; quiet < 50'000; ++polls) {
            quiet = collect() || size_ == taken_ ? 0 : quiet + 1;
            if (polls == 0x7FFF'FFFF) board_fail("the broker is silent");
        }
    }

    std::size_t in  = 0;
    std::size_t out = 0;

private:
    bool collect() {
        if ((at_[1] & 2) == 0 || size_ == sizeof came_) return false;
        came_[size_++] = static_cast<char>(at_[0]);
        return true;
    }

    std::uint32_t volatile* at_ = nullptr;
    unsigned    next_           = 0;
    std::size_t taken_          = 0;
    std::size_t size_           = 0;
    char        came_[96 * 1024] = {};
};

constinit serial wire{};

// --- the device

constinit std::array<char, 1024> session{};
char const                       key[] = "0123456789abcdef";  // and tests/tls/listeners.hpp

// The words of QEMU's option arg=, one after the other.
class command_line {
public:
    command_line() {
        std::uint32_t const block[] = {reinterpret_cast<std::uintptr_t>(text_), sizeof text_};
        register int         r0 __asm("r0") = 0x15;
        register void const* r1 __asm("r1") = block;
        __asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    }
    bool has(char const* word) const { return std::strstr(text_, word) != nullptr; }

private:
    char text_[128] = {};
};

using channel = tls::wolfssl<serial, library>;

[[noreturn]] void fail(channel const& link, char const* what) {
    line("wolfSSL's error, without its sign:", static_cast<std::uint32_t>(-link.why().wolfssl));
    board_fail(what);
}

void send(channel& link, std::string_view text) {
    while (!text.empty()) {
        auto const n = link.write(bytes_in{text});
        if (!n) fail(link, "a write has failed");
        text.remove_prefix(n.value);
    }
}

void receive(channel& link, std::size_t size) {
    static char text[2048];
    while (size != 0) {
        auto const n = link.read({text, std::min(size, sizeof text)});
        if (n) size -= n.value;
        else if (n.error == errc::would_block) wire.wait();
        else fail(link, "a read has failed");
    }
}

void connect(channel& link) {
    auto* const top = stack_now();
    std::uint32_t all = 0, longest = 0;
    memory.reset_high_water();
    paint_stack();
    for (auto stage = connect_stage::secure; stage != connect_stage::done;) {
        call.clear();
        call.go();
        auto const r = link.connect({"broker.test", 8883});
        call.stop();
        all += call.instructions();
        if (call.instructions() > longest) longest = call.instructions();
        if (!r) fail(link, "no connection");
        stage = r.value;
        if (stage != connect_stage::done) wire.wait();
    }
    auto const in = wire.in, out = wire.out;
    send(link, std::string_view{"\x10\x0E\0\4MQTT\4\2\0\x3C\0\2me", 16});
    receive(link, 4);  // the tickets of 1.3 come in front of it
    line("stack", stack_below(top));
    line("pool", memory.high_water());
    line("open", memory.in_use());
    line("instructions", all);
    line("longest", longest);
    line("in", static_cast<std::uint32_t>(in));
    line("out", static_cast<std::uint32_t>(out));
}

// 40 kB to the broker and back.
void large_message(channel& link) {
    send(link, std::string_view{"\x82\6\0\1\0\1a\0", 8});
    receive(link, 5);
    memory.reset_high_water();
    send(link, std::string_view{"\x30\xC3\xB8\2\0\1a", 7});
    static constinit std::array<char, 1000> part{};
    for (int i = 0; i < 40; ++i) send(link, {part.data(), part.size()});
    receive(link, 40'007);
    line("message", memory.high_water());
}

}  // namespace

int main() {
    calibrate();
    command_line const words;
    static unsigned char const authority[] = {
#include "authority.inc"
    };
    static bytes_in const trust[] = {{reinterpret_cast<char const*>(authority), sizeof authority}};
    static tls::settings  settings{.trust = trust, .session = session};
    if (words.has("psk")) {
        settings.trust = {};
        settings.psk   = {"device-1", bytes_in{std::string_view{key}}};
    }
    settings.version = words.has("1.2") ? tls::versions::v1_2 : tls::versions::v1_3;
    if (words.has("2048")) settings.max_fragment = tls::fragment::b2048;
    static channel link{wire, settings};
    if (words.has("message")) {
        connect(link);
        large_message(link);
        return 0;
    }
    for (bool const again : {false, true}) {
        if (again && words.has("once")) return 0;
        line(again ? "resumed" : "full", 0);
        connect(link);
        if (settings.psk.key.empty() && link.resumed() != again) board_fail("not the handshake that it should be");
        send(link, std::string_view{"\xE0\0", 2});
        link.close();
        if (memory.in_use() != 0) board_fail("not all of the pool was given back");
    }
    return 0;
}
