// SPDX-License-Identifier: BSL-1.0
#include <barelink/text/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>

#include "support/catch.hpp"

using namespace barelink;

namespace {

struct reading {
    explicit reading(std::string_view text) : copy(text), root(json::parse(copy, tokens)) {}

    std::string  copy;
    json_token   tokens[32] = {};
    result<json> root;
};

errc parse(std::string_view text) { return reading{text}.root.error; }

constexpr std::string_view answer =
    R"({"code":200,"data":{"iotId":"a\/b","resources":{"mqtt":{"host":"h","port":1883}},"empty":{}},)"
    R"("list":[1,[2,3],{"x":"4"}], "yes":true,"none":null,"":"no name"})";

}  // namespace

TEST_CASE("members are found by path", "[text][json]") {
    reading const r{answer};
    REQUIRE(r.root);
    auto const& root = r.root.value;
    CHECK(root["code"].number() == result<std::uint32_t>{200});
    CHECK(root["data"]["resources"]["mqtt"]["host"].written() == "h");
    CHECK(root["data"]["resources"]["mqtt"]["port"].number() == result<std::uint32_t>{1883});
    CHECK(root["yes"].written() == "true");
    CHECK(root["none"].written() == "null");
    CHECK(root[""].written() == "no name");
    CHECK(root["data"]["empty"].is_object());
}

TEST_CASE("elements are found by number", "[text][json]") {
    reading const r{answer};
    auto const    list = r.root.value["list"];
    CHECK(list.is_array());
    CHECK(list[0U].number() == result<std::uint32_t>{1});
    CHECK(list[1U][1U].number() == result<std::uint32_t>{3});
    CHECK(list[2U]["x"].number() == result<std::uint32_t>{4});
    CHECK_FALSE(list[3U].exists());
    CHECK_FALSE(list["x"].exists());
    CHECK_FALSE(r.root.value["data"][0U].exists());
}

TEST_CASE("what is not there gives errors all along the path", "[text][json]") {
    reading const r{answer};
    auto const&   root = r.root.value;
    CHECK_FALSE(root["iotId"].exists());
    CHECK_FALSE(root["data"]["mqtt"]["port"].exists());
    CHECK(root["data"]["mqtt"]["port"].number().error == errc::missing_field);
    CHECK(root["code"]["x"].written().empty());
    char    room[8] = {};
    builder out{room};
    CHECK(root["nothing"].string(out) == errc::missing_field);
    CHECK(root["code"].string(out) == errc::missing_field);
    CHECK_FALSE(json{}["x"].exists());
    CHECK(json{}.written().empty());
}

TEST_CASE("a string is read with its escapes", "[text][json]") {
    reading const r{answer};
    char          room[3] = {};
    builder       out{room};
    CHECK(r.root.value["data"]["iotId"].written() == R"(a\/b)");
    CHECK(r.root.value["data"]["iotId"].string(out) == errc::ok);
    CHECK(out.view() == "a/b");
    CHECK(r.root.value[""].string(out) == errc::text_too_long);
}

TEST_CASE("a number may stand in quotes, and has 32 bits", "[text][json]") {
    auto const number = [](std::string_view text) { return reading{text}.root.value["n"].number(); };
    CHECK(number(R"({"n":4294967295})") == result<std::uint32_t>{4294967295U});
    CHECK(number(R"({"n":"007"})") == result<std::uint32_t>{7});
    CHECK(number(R"({"n":4294967296})").error == errc::malformed_json);
    CHECK(number(R"({"n":"99999999999999999999999999"})").error == errc::malformed_json);
    CHECK(number(R"({"n":-1})").error == errc::malformed_json);
    CHECK(number(R"({"n":1.5})").error == errc::malformed_json);
    CHECK(number(R"({"n":""})").error == errc::malformed_json);
    CHECK(number(R"({"n":true})").error == errc::malformed_json);
    CHECK(number(R"({"n":{}})").error == errc::missing_field);
}

TEST_CASE("a text that ends too early is refused at every byte", "[text][json]") {
    REQUIRE(parse(answer) == errc::ok);
    for (std::size_t size = 0; size < answer.size(); ++size) {
        CAPTURE(size);
        CHECK(parse(answer.substr(0, size)) == errc::malformed_json);
    }
}

TEST_CASE("what goes on behind its value is refused", "[text][json]") {
    CHECK(parse("{} \r\n\t") == errc::ok);
    CHECK(parse("{}{}") == errc::malformed_json);
    CHECK(parse("{}}") == errc::malformed_json);
    CHECK(parse("{},1") == errc::malformed_json);
    CHECK(parse({"{}\0garbage", 10}) == errc::malformed_json);
    CHECK(parse({"{}\0", 3}) == errc::malformed_json);
}

TEST_CASE("brackets that do not match and unquoted words are refused", "[text][json]") {
    CHECK(parse("") == errc::malformed_json);
    CHECK(parse("   ") == errc::malformed_json);
    CHECK(parse("{]") == errc::malformed_json);
    CHECK(parse("[}") == errc::malformed_json);
    CHECK(parse("]") == errc::malformed_json);
    CHECK(parse("<html></html>") == errc::malformed_json);
    CHECK(parse("{x:1}") == errc::malformed_json);
    CHECK(parse(R"({"a":"\q"})") == errc::malformed_json);
}

TEST_CASE("a member without colon, comma or value is not found, nor those behind it", "[text][json]") {
    for (std::string_view const text : {R"({"a" "x":1})", R"({"a","x":1})", R"({"a":1 "x":1})", R"({"a":1 2,"x":1})"}) {
        reading const r{text};
        CAPTURE(text);
        CHECK_FALSE((r.root && r.root.value["x"].exists()));
    }
}

TEST_CASE("too few tokens are an error of their own", "[text][json]") {
    json_token tokens[4] = {};
    CHECK(json::parse(R"({"a":1,"b":2})", tokens).error == errc::too_many_tokens);
    CHECK(json::parse(R"({"a":[]})", tokens).error == errc::ok);
    CHECK(json::parse("{}", {}).error == errc::too_many_tokens);
}
