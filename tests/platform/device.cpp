// SPDX-License-Identifier: BSL-1.0
// A device of any of the five clouds, which the tests drive. usage: platform-device CLOUD KEY=VALUE...
// A key that is a number reroutes that port: "443=40123" dials 40123 of the loopback interface. Commands come line
// by line: "publish", "clock SECONDS" (sets the clock of the device beside that of the machine), "quit". Each event is
// a line.
#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>

#include <barelink/barelink.hpp>
#include <barelink/cloud/azure/provisioning.hpp>
#include <barelink/crypto/wolfcrypt.hpp>
#include <barelink/port/posix/clock.hpp>
#include <barelink/port/posix/entropy.hpp>
#include <barelink/profile/aliyun/direct.hpp>
#include <barelink/profile/aliyun/https.hpp>
#include <barelink/profile/aliyun/registration.hpp>
#include <barelink/profile/aliyun/x509.hpp>
#include <barelink/profile/aws.hpp>
#include <barelink/profile/azure.hpp>
#include <barelink/profile/huawei.hpp>
#include <barelink/profile/tencent.hpp>

#include "world.hpp"

using namespace barelink;
using namespace platform_tests;

namespace {

constexpr limits sizes{.highest_qos = qos::at_least_once, .rx_bytes = 1024, .tx_bytes = 2048};

// Who the device is, by the words of the command line: one of the profiles. `registering` until it knows.
class somebody {
public:
    somebody(command_line const& words, network& web)
        : w_{words}, cloud_{words.cloud()}, web_{web}, secret_{words("secret")},
          registering_{cloud_.starts_with("register") || cloud_ == "azure-dps"} {}

    bool registering() const { return registering_; }
    bool by_https() const { return cloud_ == "register-https"; }
    bool on_azure() const { return cloud_ == "azure-dps"; }

    errc refresh(login& out, lease& with) noexcept {
        auto const e = registering_ ? register_by_mqtt(out, with) : ask(out, with);
        if (e == errc::ok) say("login", out.user_name.data() != nullptr ? out.user_name : out.client_id);
        return e;
    }
    void stop() noexcept {
        if (https_) https_->stop();
    }

    // Dynamic registration. Each returns ok when the device knows who it is.
    errc register_by_https() {
        aliyun::https_registration post{room_, web_, aliyun::service{w_("region")}, engine_};
        auto                       e = post.start(applicant(), posix::clock::now());
        while (e == errc::ok || e == errc::would_block) {
            e = post.poll(posix::clock::now());
            if (e != errc::would_block) break;
            web_.wait(10, post.wants());
        }
        if (e == errc::ok) keep(post.got());
        return e;
    }
    // A device with a certificate is told its names.
    bool learn(std::string_view topic, std::string_view payload) {
        return certified_ && certified_->take(topic, payload) == errc::ok;
    }
    errc take(std::string_view topic, std::string_view payload) {
        auto const e = registrar_->take(topic, payload);
        if (e == errc::ok) keep(registrar_->got());
        return e;
    }
    void assigned(std::string_view hub) {
        hub_         = {hub_room_, hub.copy(hub_room_, sizeof hub_room_)};
        registering_ = false;
    }

private:
    aliyun::applicant applicant() const { return {w_("product"), w_("device"), w_("product-secret"), "r4nd0m"}; }
    aliyun::identity  id() const { return {w_("product"), w_("device"), secret_}; }

    void keep(aliyun::registration const& got) {
        builder out{kept_};
        auto const copy = [&](std::string_view text) { return (out << text).take().value; };
        secret_         = copy(got.device_secret);
        token_          = {.product_key  = w_("product"),
                           .device_name  = w_("device"),
                           .client_id    = copy(got.client_id),
                           .device_token = copy(got.device_token)};
        registering_    = false;
    }

    errc register_by_mqtt(login& out, lease& with) noexcept {
        if (on_azure()) {
            with.to         = {azure::provisioning_host, azure::provisioning_port};
            auto const made = azure::key_login(dps_room_, azure::enrollment{w_("scope"), w_("device")}, secret_,
                                               calendar.now().s + 3600, engine_);
            out             = made.value;
            return made.error;
        }
        auto const known = cloud_ == "register-unknown" ? aliyun::name_is::unknown : aliyun::name_is::registered;
        if (!registrar_) registrar_.emplace(applicant(), known, aliyun::site{w_("region")}, engine_);
        return registrar_->refresh(out, with);
    }

    errc ask(login& out, lease& with) noexcept {
        auto const life = w_.number("life", 3600);
        if (cloud_ == "aws") {
            aws::site const where{"x", w_("region"), static_cast<std::uint16_t>(w_.number("port", aws::mqtt_port))};
            if (!aws_) aws_.emplace(w_("device"), where);
            return aws_->refresh(out, with);
        }
        if (cloud_ == "aws-authorizer") {
            aws::site const       where{"x", w_("region"), aws::tls_port};
            aws::authorizer const asked{
                .name = "gate", .token_name = "token", .token = w_("token"), .signature = w_("signature")};
            if (!authorized_) authorized_.emplace(w_("device"), asked, where);
            return authorized_->refresh(out, with);
        }
        if (cloud_ == "x509") {
            if (!certified_) certified_.emplace(aliyun::connect_options{.client_id = "serial7"});
            return certified_->refresh(out, with);
        }
        if (cloud_.starts_with("azure")) {
            azure::identity const who{on_azure() ? hub_ : w_("hub"), w_("device"), {}};
            if (!azure_) azure_.emplace(who, azure::shared_key{secret_, {}}, engine_, calendar, life);
            return azure_->refresh(out, with);
        }
        if (cloud_ == "tencent") {
            tencent::identity const who{w_("product"), w_("device"), secret_};
            if (!tencent_) tencent_.emplace(who, engine_, calendar, entropy_, life);
            return tencent_->refresh(out, with);
        }
        if (cloud_ == "huawei") {
            huawei::identity const who{w_("device"), secret_};
            if (!huawei_) huawei_.emplace(who, huawei::hour_is::checked, engine_, calendar);
            return huawei_->refresh(out, with);
        }
        if (cloud_ == "https") {
            if (!https_) https_.emplace(room_, web_, id(), aliyun::service{w_("region")}, engine_);
            return https_->refresh(out, with);
        }
        if (!token_.device_token.empty()) {
            if (!with_token_) with_token_.emplace(token_, aliyun::site{w_("region")});
            return with_token_->refresh(out, with);
        }
        if (!direct_) direct_.emplace(id(), aliyun::site{w_("region")}, engine_);
        return direct_->refresh(out, with);
    }

    command_line const&  w_;
    std::string_view     cloud_;
    network&             web_;
    std::string_view     secret_;
    bool                 registering_;
    wolfcrypt            engine_  = {};
    aliyun::https_room<> room_    = {};
    posix::entropy       entropy_ = {};
    std::string_view     hub_     = {};
    aliyun::registration token_   = {};

    std::optional<aliyun::direct_device<wolfcrypt>>                            direct_     = {};
    std::optional<aliyun::https_device<network, wolfcrypt>>                    https_      = {};
    std::optional<aliyun::token_device<>>                                      with_token_ = {};
    std::optional<aliyun::mqtt_registration<wolfcrypt>>                        registrar_  = {};
    std::optional<aliyun::x509_device<>>                                       certified_  = {};
    std::optional<aws::certificate_device>                                     aws_        = {};
    std::optional<aws::authorizer_device<>>                                    authorized_ = {};
    std::optional<azure::key_device<wolfcrypt, wrong_clock>>                   azure_      = {};
    std::optional<tencent::key_device<wolfcrypt, wrong_clock, posix::entropy>> tencent_    = {};
    std::optional<huawei::secret_device<wolfcrypt, wrong_clock>>               huawei_     = {};

    char kept_[256]     = {};
    char hub_room_[64]  = {};
    char dps_room_[400] = {};
};

class device {
public:
    using link = client<network, posix::clock, sizes, somebody>;

    device(link& mqtt, options& o, somebody& who, command_line const& words)
        : mqtt_{mqtt}, options_{o}, who_{who}, words_{words}, topic_{words("topic", "/test/topic")} {}

    void run() {
        if (who_.by_https()) {
            auto const e = who_.register_by_https();
            e == errc::ok ? say("registered") : say("unregistered", name(e));
            if (e != errc::ok) return;
        }
        options_.reconnect = !who_.registering();
        connect();
        while (!over_) {
            mqtt_.yield(10, [this](event const& e) { on_event(e); });
            if (ask_again_.due(posix::clock::now())) ask_for_hub();
            obey();
        }
    }

private:
    void connect() {
        auto const e = mqtt_.connect();
        if (e == errc::ok) return;
        say("refused", name(e));
        over_ = true;
    }

    void on_event(event const& e) {
        bool const registering = who_.registering();
        switch (e.type) {
        case event_type::connected:
            say(registering ? "registering" : "connected");
            if (registering && who_.on_azure()) subscribe(azure::provisioning_answers);
            return;
        case event_type::subscribed: return registering ? ask_for_hub() : publish();
        case event_type::subscribe_failed: return say("unsubscribed", name(e.cause));
        case event_type::message:
            if (who_.learn(e.topic, e.payload)) return say("learnt");
            return registering ? read_answer(e) : say("message", e.topic, e.payload);
        case event_type::replaced: return say("replaced");
        case event_type::disconnected: return on_disconnected(e);
        default: return;
        }
    }

    void on_disconnected(event const& e) {
        say("lost", name(e.cause));
        if (options_.reconnect && !quitting_) return;
        // Whoever has registered comes back as what it is now.
        over_ = quitting_ || who_.registering();
        options_.reconnect = true;
        if (!over_) connect();
    }

    void subscribe(std::string_view filter) {
        if (auto const e = mqtt_.subscribe(filter, qos::at_least_once); e != errc::ok) say("refused", name(e));
    }
    void publish() {
        auto const id = mqtt_.publish({.topic = topic_, .payload = "hello", .level = qos::at_least_once});
        id ? say("published") : say("refused", name(id.error));
    }

    // Registration over MQTT.
    void read_answer(event const& e) {
        auto why = errc::ok;
        if (who_.on_azure()) {
            json_token tokens[32];
            auto const a = azure::read_assignment(e.topic, e.payload, tokens, answer_);
            operation_   = a.value.operation;
            why          = a.error;
            if (why == errc::would_block) ask_again_.arm(posix::clock::now() + a.value.retry_after_s * 1000);
            if (why == errc::ok) who_.assigned(a.value.hub);
        } else {
            why = who_.take(e.topic, e.payload);
        }
        if (why == errc::would_block) return;
        why == errc::ok ? say("registered") : say("unregistered", name(why));
        if (mqtt_.disconnect() != errc::ok) over_ = true;
    }
    void ask_for_hub() {
        char       topic[128], room[80];
        bool const first   = operation_.empty();
        auto const to      = first ? azure::register_topic(topic, 1) : azure::status_topic(topic, 2, operation_);
        auto const payload = azure::register_payload(room, {words_("scope"), words_("device")});
        ask_again_.stop();
        auto const id = mqtt_.publish({.topic = to.value, .payload = first ? payload.value : std::string_view{}});
        if (!id) say("refused", name(id.error));
    }

    // What has come from the test.
    void obey() {
        char       text[64];
        auto const size = ::read(STDIN_FILENO, text, sizeof text - 1);
        if (size == 0) over_ = true;
        if (size <= 0) return;
        text[size] = '\0';
        if (std::string_view const line = text; line.starts_with("publish")) {
            subscribe(topic_);
        } else if (line.starts_with("clock ")) {
            calendar.shift = std::strtol(text + 6, nullptr, 10);
            say("clock");
        } else if (line.starts_with("quit")) {
            quitting_ = true;
            if (mqtt_.disconnect() != errc::ok) over_ = true;
        }
    }

    link&               mqtt_;
    options&            options_;
    somebody&           who_;
    command_line const& words_;
    std::string_view    topic_;
    std::string_view    operation_   = {};
    deadline            ask_again_   = {};
    bool                quitting_    = false;
    bool                over_        = false;
    char                answer_[512] = {};
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
    somebody      who{words, secured};
    options       o{.host                   = words("host"),
                    .port                   = static_cast<std::uint16_t>(words.number("port", 8883)),
                    .keep_alive_s           = static_cast<std::uint16_t>(words.number("keep-alive", 60)),
                    .credentials_timeout_ms = words.number("patience", 10'000),
                    .backoff_ms_min         = 20,
                    .backoff_ms_max         = 60};
    device::link  mqtt{room, secured, clock, o, who};
    calendar.shift = static_cast<std::int64_t>(std::strtol(words("clock", "0").data(), nullptr, 10));
    device{mqtt, o, who, words}.run();
    secured.close();
}
