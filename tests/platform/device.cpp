// SPDX-License-Identifier: BSL-1.0
// A device of any of the five clouds, which the tests drive. usage: platform-device CLOUD KEY=VALUE...
// A key that is a number reroutes that port: "443=40123" dials 40123 of the loopback interface. Commands come line
// by line: "publish", "clock SECONDS" (sets the clock of the device beside that of the machine), "quit". Each event is
// a line.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <barelink/barelink.hpp>
#include <barelink/cloud/aliyun/endpoint.hpp>
#include <barelink/cloud/aliyun/https_auth.hpp>
#include <barelink/cloud/aliyun/registration.hpp>
#include <barelink/cloud/aws/connect.hpp>
#include <barelink/cloud/azure/hub.hpp>
#include <barelink/cloud/azure/provisioning.hpp>
#include <barelink/cloud/huawei/iotda.hpp>
#include <barelink/cloud/tencent/hub.hpp>
#include <barelink/crypto/wolfcrypt.hpp>
#include <barelink/http/client.hpp>
#include <barelink/port/posix/clock.hpp>
#include <barelink/port/posix/tcp.hpp>
#include <barelink/tls/wolfssl.hpp>

using namespace barelink;

namespace {

constexpr limits sizes{.highest_qos = qos::at_least_once, .rx_bytes = 1024, .tx_bytes = 2048};

void say(char const* what, std::string_view a = {}, std::string_view b = {}) {
    std::printf("%s%s%.*s%s%.*s\n", what, a.empty() ? "" : " ", static_cast<int>(a.size()), a.data(),
                b.empty() ? "" : " ", static_cast<int>(b.size()), b.data());
    std::fflush(stdout);
}

class command_line {
public:
    command_line(int argc, char** argv) : argc_{argc}, argv_{argv} {}
    std::string_view cloud() const { return argc_ > 1 ? argv_[1] : ""; }
    std::string_view operator()(std::string_view key, std::string_view otherwise = {}) const {
        for (int i = 2; i < argc_; ++i) {
            std::string_view const word = argv_[i];
            if (word.size() > key.size() && word[key.size()] == '=' && word.starts_with(key)) {
                return word.substr(key.size() + 1);
            }
        }
        return otherwise;
    }
    unsigned number(std::string_view key, unsigned otherwise) const {
        auto const text = (*this)(key);
        return text.empty() ? otherwise : static_cast<unsigned>(std::strtoul(text.data(), nullptr, 10));
    }

private:
    int    argc_;
    char** argv_;
};

// The clock of the device, which can be wrong.
struct {
    std::int64_t shift = 0;
    wall_time    now() const noexcept {
        timespec t{};
        ::clock_gettime(CLOCK_REALTIME, &t);
        return {time_trust::trusted, static_cast<std::uint64_t>(t.tv_sec + shift)};
    }
} constinit calendar;
static_assert(check_wall_clock<decltype(calendar)>());

// Debian's wolfSSL makes tables of curve points: up to 5 MB in a handshake.
constinit tls::pool<8 * 1024 * 1024> memory{};

// TLS sees the names of the clouds, TCP the stand-in.
class rerouted : public posix::tcp<> {
public:
    explicit rerouted(command_line const& words) : words_{words} {}
    result<connect_stage> connect(endpoint const& to) noexcept {
        char digits[8];
        std::snprintf(digits, sizeof digits, "%u", to.port);
        return posix::tcp<>::connect({"127.0.0.1", static_cast<std::uint16_t>(words_.number(digits, to.port))});
    }

private:
    command_line const& words_;
};
using network = tls::wolfssl<rerouted, tls::wolfssl_library<memory, calendar>>;

template <std::size_t N>
bytes_in read_file(std::string_view name, std::array<char, N>& into) {
    std::FILE* const from = name.empty() ? nullptr : std::fopen(name.data(), "rb");
    if (from == nullptr) return {};
    auto const size = std::fread(into.data(), 1, N, from);
    std::fclose(from);
    return bytes_in{into}.first(size);
}

struct files {
    std::array<char, 4096> ca{}, certificate{}, key{};
    bytes_in               trust[1] = {};
    tls::settings          settings = {};

    explicit files(command_line const& words) {
        trust[0]             = read_file(words("ca"), ca);
        settings.trust       = trust;
        settings.certificate = read_file(words("cert"), certificate);
        settings.private_key = read_file(words("key"), key);
        settings.alpn        = words("alpn");
    }
};

// Who the device is, by the words of the command line.
class identity {
public:
    explicit identity(command_line const& words) : words_{words} {}

    errc refresh(login& out) noexcept {
        wolfcrypt  engine;
        auto const made = make(engine);
        if (!made) return made.error;
        out = made.value;
        say("login", out.user_name.data() != nullptr ? out.user_name : out.client_id);
        return errc::ok;
    }

private:
    result<login> make(wolfcrypt& engine) noexcept {
        auto const& w      = words_;
        auto const  cloud  = w.cloud();
        auto const  now    = calendar.now().s;
        auto const  device = w("device"), product = w("product"), secret = w("secret");
        if (cloud == "aws") return aws::certificate_login(device);
        if (cloud == "azure") {
            return azure::key_login(room_, {w("host"), device, {}}, {secret, {}}, now + w.number("life", 3600), engine);
        }
        if (cloud == "tencent") {
            tencent::connect_options const o{.nonce = "E4F3Q", .expiry = now + w.number("life", 3600)};
            return tencent::key_login(room_, {product, device, secret}, o, engine);
        }
        if (cloud == "huawei") {
            return huawei::secret_login(room_, {device, secret}, huawei::hour_is::checked, now, engine);
        }
        return aliyun::direct_login(room_, {product, device, secret}, {}, engine);
    }

    command_line const& words_;
    char                room_[600] = {};
};

class device {
public:
    using link = client<network, posix::clock, sizes, identity>;

    device(link& mqtt, command_line const& words) : mqtt_{mqtt}, topic_{words("topic", "/test/topic")} {}

    void run() {
        if (auto const e = mqtt_.connect(); e != errc::ok) return say("refused", name(e));
        while (!over_) {
            mqtt_.yield(10, [this](event const& e) { on_event(e); });
            obey();
        }
    }

private:
    void on_event(event const& e) {
        switch (e.type) {
        case event_type::connected: return say("connected");
        case event_type::subscribed: {
            auto const id = mqtt_.publish({.topic = topic_, .payload = "hello", .level = qos::at_least_once});
            return id ? say("published") : say("refused", name(id.error));
        }
        case event_type::subscribe_failed: return say("unsubscribed", name(e.cause));
        case event_type::message: return say("message", e.topic, e.payload);
        case event_type::disconnected:
            over_ = over_ || (quitting_ && e.cause == errc::requested);
            return say("lost", name(e.cause));
        default: return;
        }
    }

    // What has come from the test.
    void obey() {
        char       text[64];
        auto const size = ::read(STDIN_FILENO, text, sizeof text - 1);
        if (size == 0) over_ = true;
        if (size <= 0) return;
        text[size] = '\0';
        if (std::string_view const line = text; line.starts_with("publish")) {
            if (auto const e = mqtt_.subscribe(topic_, qos::at_least_once); e != errc::ok) say("refused", name(e));
        } else if (line.starts_with("clock ")) {
            calendar.shift = std::strtol(text + 6, nullptr, 10);
            say("clock");
        } else if (line.starts_with("quit")) {
            quitting_ = true;
            if (mqtt_.disconnect() != errc::ok) over_ = true;
        }
    }

    link&            mqtt_;
    std::string_view topic_;
    bool             quitting_ = false;
    bool             over_     = false;
};

}  // namespace

int main(int argc, char** argv) {
    static constinit storage<sizes> room{};

    command_line const words{argc, argv};
    static files       given{words};
    ::fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);

    rerouted      tcp{words};
    network       secured{tcp, given.settings};
    posix::clock  clock;
    identity      who{words};
    options const o{.host           = words("host"),
                    .port           = static_cast<std::uint16_t>(words.number("port", 1883)),
                    .keep_alive_s   = static_cast<std::uint16_t>(words.number("keep-alive", 60)),
                    .backoff_ms_min = 20,
                    .backoff_ms_max = 200};
    device::link  mqtt{room, secured, clock, o, who};
    calendar.shift = static_cast<std::int64_t>(std::strtol(words("clock", "0").data(), nullptr, 10));
    device{mqtt, words}.run();
    secured.close();
}
