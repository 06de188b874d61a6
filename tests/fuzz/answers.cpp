// SPDX-License-Identifier: BSL-1.0
// Feeds bytes to every reader of text from a cloud: none reads beyond them, writes beyond its room, or gives a value
// beside an error. See decoder.cpp on how to run it.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <barelink/cloud/aliyun/https_auth.hpp>
#include <barelink/cloud/aliyun/registration.hpp>
#include <barelink/cloud/aliyun/x509.hpp>
#include <barelink/cloud/azure/provisioning.hpp>
#include <barelink/http/url.hpp>
#include <barelink/text/percent.hpp>

#include "fuzz/driver.hpp"

namespace {

using namespace barelink;

[[noreturn]] void fail(char const* what, std::string_view input) {
    std::fprintf(stderr, "answers: %s, input", what);
    for (char const c : input) std::fprintf(stderr, " %02x", static_cast<unsigned>(octet(c)));
    std::fputc('\n', stderr);
    std::abort();
}

// Memory that ends where it says.
struct memory {
    memory(std::string_view given, std::size_t room_size, std::size_t tokens_size)
        : text(new char[given.size()]), room(new char[room_size]), tokens(new json_token[tokens_size]),
          input{text.get(), given.size()}, out{room.get(), room_size}, list{tokens.get(), tokens_size} {
        move_bytes(text.get(), given.data(), given.size());
    }
    std::unique_ptr<char[]>       text;
    std::unique_ptr<char[]>       room;
    std::unique_ptr<json_token[]> tokens;
    std::string_view              input;
    bytes_out                     out;
    std::span<json_token>         list;
};

void read_all(std::string_view input, std::size_t room, std::size_t tokens) {
    memory m(input, room, tokens);
    if (auto const a = aliyun::read_auth_answer(m.input, m.list, m.out)) {
        if (a.value.iot_id.empty() || a.value.iot_token.empty() || a.value.host.empty() || a.value.port == 0) {
            fail("an authentication without a value", input);
        }
    } else if (!a.value.iot_id.empty() || !a.value.iot_token.empty() || a.value.port != 0) {
        fail("a value beside an error", input);
    }
    if (auto const r = aliyun::read_register_answer(m.input, m.list, m.out)) {
        if (r.value.device_secret.empty()) fail("a registration without a secret", input);
    }
    if (auto const r = aliyun::read_registration(m.input, m.list, m.out)) {
        if (r.value.device_secret.empty() == r.value.device_token.empty()) fail("neither or both", input);
    }
    if (auto const i = aliyun::read_x509_identity(m.input, m.list, m.out)) {
        if (i.value.product_key.empty() || i.value.device_name.empty()) fail("half a name", input);
    }
    (void)azure::read_assignment("$dps/registrations/res/200/?$rid=1", m.input, m.list, m.out);
    (void)azure::read_assignment(m.input, "{}", m.list, m.out);
    (void)http::read_url(m.input);
    (void)read_percent(m.input, m.out);
    (void)read_hex(m.input, m.out);
}

// What is written as a JSON string is read as the same text.
void write_and_read(std::string_view input) {
    std::string wide(6 * input.size() + 2, '\0');
    std::string again(input.size(), '\0');
    builder     out{wide};
    builder     back{again};
    out << json_string{input};
    auto const code = out.take();
    if (!code) fail("a string that does not fit", input);
    if (read_json_string(code.value.substr(1, code.value.size() - 2), back) != errc::ok) fail("not read", input);
    if (back.view() != input) fail("read differently", input);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string const input = size == 0 ? std::string{} : std::string{reinterpret_cast<char const*>(data), size};
    read_all(input, 256, 48);
    read_all(input, 24, 48);
    read_all(input, 256, 7);
    write_and_read(input);
    return 0;
}

#ifndef BARELINK_LIBFUZZER
int main(int argc, char** argv) {
    constexpr std::string_view samples[] = {
        R"({"code":200,"data":{"iotId":"42Ze","iotToken":"^1\/\u00e4\ud83d\ude00","resources":{"mqtt":{"host":"a.b")"
        R"(,"port":1883}}},"message":"success"})",
        R"({"code":200,"data":{"productKey":"pk","deviceName":"dev","deviceSecret":"s"},"message":"ok"})",
        R"({"productKey":"pk","deviceName":"dev","clientId":"cid","deviceToken":"t"})",
        R"({"operationId":"4","status":"assigned","registrationState":{"assignedHub":"h","deviceId":"d"}})",
        R"([[{"a":[1,-2,3e4,true,null,"\n\"\\"]},{}],[],"x"])",
        "https://host.example:8443/a%2Fb?c=d#e",
    };
    fuzz::feed_samples(samples, "{}[]\",:\\u0d8 tfn%\n");
    return fuzz::finish("answers", argc, argv);
}
#endif
