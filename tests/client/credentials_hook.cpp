// SPDX-License-Identifier: BSL-1.0
// Who we say we are is asked for before every connect.
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/client_kit.hpp"

using namespace kit;

namespace {

struct token_service {
    std::vector<errc> answers = {};  // one for each call; then ok
    unsigned calls = 0;
    std::string token = {};
    login seen = {};

    errc refresh(login& out) noexcept {
        ++calls;
        seen = out;
        auto answer = errc::ok;
        if (!answers.empty()) {
            answer = answers.front();
            answers.erase(answers.begin());
        }
        token = "token-" + std::to_string(calls);
        out.user_name = "user";
        out.password = token;
        return answer;
    }
};

using with_tokens = bench<limits{}, token_service>;

}  // namespace

TEST_CASE("the hook is asked before each connect, and its answer is sent", "[client][MQTT-3.1.2-18]") {
    with_tokens b;
    token_service tokens;
    b.o.user_name = "from options";
    b.power_on(tokens);
    CHECK(tokens.calls == 0);
    REQUIRE(b.c->connect() == errc::ok);
    CHECK(tokens.calls == 1);
    CHECK(tokens.seen.client_id == "dev");
    CHECK(tokens.seen.user_name == "from options");
    CHECK(b.settle() == "");
    CHECK(b.net.written.find("token-1") != std::string::npos);
    REQUIRE(b.online());
    CHECK(tokens.calls == 1);
    b.net.read_error = errc::closed_by_peer;
    CHECK(b.settle() == "disconnected closed_by_peer 1000");
    CHECK(b.after(999) == "");
    CHECK(tokens.calls == 1);
    CHECK(b.after(1) == "");
    CHECK(tokens.calls == 2);
    CHECK(b.net.written.find("token-2") != std::string::npos);
    CHECK(b.net.written.find("token-1") == std::string::npos);
    // The value of the options comes anew each time.
    CHECK(tokens.seen.user_name == "from options");
}

TEST_CASE("a token that is being fetched is asked for again at each poll, up to its deadline", "[client]") {
    with_tokens b;
    token_service tokens;
    b.o.credentials_timeout_ms = 700;
    tokens.answers = {errc::would_block, errc::would_block, errc::would_block};
    b.power_on(tokens);
    REQUIRE(b.c->connect() == errc::ok);
    CHECK(tokens.calls == 1);
    CHECK(b.turn() == "");
    CHECK(b.turn() == "");
    CHECK(tokens.calls == 3);
    CHECK(b.net.connects == 0);
    CHECK(b.turn() == "");
    CHECK(b.net.connects == 1);
    REQUIRE(b.online());

    b.net.read_error = errc::closed_by_peer;
    CHECK(b.settle() == "disconnected closed_by_peer 1000");
    tokens.answers.assign(1000, errc::would_block);
    CHECK(b.after(1'000) == "");
    CHECK(b.after(699) == "");
    CHECK(b.after(1) == "disconnected credentials_timeout 2000");
    CHECK(b.net.connects == 1);
}

TEST_CASE("a hook that gives up ends the attempt with its own cause", "[client]") {
    with_tokens b;
    token_service tokens;
    tokens.answers = {errc::credentials_failed};
    b.power_on(tokens);
    CHECK(b.c->connect() == errc::credentials_failed);
    CHECK(b.settle() == "");
    REQUIRE(b.c->connect() == errc::ok);
    REQUIRE(b.online());
    b.net.read_error = errc::connection_reset;
    CHECK(b.settle() == "disconnected connection_reset 1000");
    tokens.answers = {errc::credentials_failed, errc::resolve_failed, errc::would_block, errc::credentials_failed};
    CHECK(b.after(1'000) == "disconnected credentials_failed 60000");
    CHECK(b.after(60'000) == "disconnected resolve_failed 2000");
    CHECK(b.after(2'000) == "");
    CHECK(b.turn() == "disconnected credentials_failed 60000");
    CHECK(b.net.connects == 1);
}

TEST_CASE("credentials that cannot be sent are the hook's mistake, and wait the maximum", "[client]") {
    struct bad_hook {
        bool bad = false;
        errc refresh(login& out) noexcept {
            if (bad) out.client_id = "\xFF";
            return errc::ok;
        }
    };
    bench<limits{}, bad_hook> b;
    bad_hook hook;
    b.power_on(hook);
    REQUIRE(b.c->connect() == errc::ok);
    REQUIRE(b.online());
    hook.bad = true;
    b.net.read_error = errc::connection_reset;
    CHECK(b.settle() == "disconnected connection_reset 1000");
    CHECK(b.after(1'000) == "disconnected bad_client_id 60000");
}
