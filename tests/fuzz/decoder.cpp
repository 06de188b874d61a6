// SPDX-License-Identifier: BSL-1.0
// Feeds bytes to every decoder: none may read beyond them, and what is accepted is written again the same. With
// clang++ -fsanitize=fuzzer this is the target of libFuzzer; without, a program that feeds the samples, each with
// damage from a few seeds, and then the files that it is given.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "wire/dice.hpp"
#include "wire/recode.hpp"
#include "wire/samples.hpp"

namespace {

using namespace barelink;

[[noreturn]] void fail(char const* what, version v, std::string_view input) {
    std::fprintf(stderr, "decoder: %s, protocol level %d, input", what, static_cast<int>(v));
    for (char const c : input) std::fprintf(stderr, " %02x", static_cast<unsigned>(octet(c)));
    std::fputc('\n', stderr);
    std::abort();
}

// A stream of packets, as a connection brings it.
void feed_stream(std::string_view input, version v) {
    while (!input.empty()) {
        // A copy that ends where the input does: behind a string is a zero that the sanitizer would let pass.
        std::vector<char> const tight(input.begin(), input.end());
        auto const again = wire_tests::recode({tight.data(), tight.size()}, v);
        if (again.error != errc::ok) {
            bool const typed = again.error == errc::would_block || culprit_of(again.error) == culprit::peer;
            if (!typed) fail("an error that blames nobody on the other side", v, input);
            return;
        }
        auto const size = read_header({input.data(), input.size()}, v).value.packet_size();
        auto const packet = input.substr(0, size);
        if (!again.lawful) fail("accepted against the standard", v, packet);
        if (again.bytes != wire_tests::normal_form(packet, v)) fail("written differently", v, packet);
        input.remove_prefix(size);
    }
}

// The same bytes as the body of every type, so the fuzzer need not find the length first.
void feed_bodies(std::string_view input, version v) {
    for (unsigned first = 0x10; first < 0xF0; ++first) {
        auto const type = static_cast<packet_type>(first >> 4);
        auto const flags = static_cast<std::uint8_t>(first & 0x0F);
        if (type != packet_type::publish && flags != required_flags(type)) continue;
        std::string packet(1, static_cast<char>(first));
        char length[4] = {};
        packet.append(length, write_length(length, static_cast<std::uint32_t>(input.size())));
        packet += input;
        feed_stream(packet, v);
    }
}

void feed_strings(std::string_view input) {
    auto const found = utf8_scan(input);
    auto const name = check_topic_name(input);
    bool const good = !input.empty() && found == 0;
    if ((name == errc::ok) != good) fail("two opinions on a topic", version::v3_1_1, input);
    if (is_utf8(input) && input.find('\0') != std::string_view::npos) fail("NUL in a string", version::v3_1_1, input);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Always memory of its own: an empty input has no pointer.
    std::string const input = size == 0 ? std::string{} : std::string{reinterpret_cast<char const*>(data), size};
    for (auto const v : {version::v3_1_1, version::v3_1}) {
        feed_stream(input, v);
        feed_bodies(input, v);
    }
    feed_strings(input);
    return 0;
}

#ifndef BARELINK_LIBFUZZER

namespace {

void feed(std::string_view input) {
    auto const octets = octets_of(input);
    LLVMFuzzerTestOneInput(octets.data(), octets.size());
}

bool feed_file(char const* name) {
    auto* const file = std::fopen(name, "rb");
    if (file == nullptr) return false;
    std::string content;
    char part[4096];
    for (std::size_t n = 0; (n = std::fread(part, 1, sizeof part, file)) > 0;) content.append(part, n);
    std::fclose(file);
    feed(content);
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    feed({});
    std::string everything;
    std::size_t inputs = 1;
    for (auto const& s : wire_tests::sample::all) {
        everything += s.bytes;
        feed(s.bytes);
        auto const header = read_header({s.bytes.data(), s.bytes.size()}, s.protocol);
        auto const body = s.bytes.substr(header.value.size);
        feed(body);
        // The same packet with its length in a longer form than needed.
        std::string padded{s.bytes.substr(0, header.value.size)};
        padded.back() = static_cast<char>(octet(padded.back()) | 0x80);
        feed((padded += '\0') += body);
        for (std::uint64_t seed = 0; seed < 100; ++seed) {
            wire_tests::dice r{seed};
            std::string damaged{s.bytes};
            for (auto n = 1 + r.below(4); n > 0; --n) {
                damaged[r.below(static_cast<std::uint32_t>(damaged.size()))] = static_cast<char>(r.bits());
            }
            feed(damaged);
        }
        inputs += 103;
    }
    feed(everything);
    for (int i = 1; i < argc; ++i) {
        if (!feed_file(argv[i])) {
            std::fprintf(stderr, "decoder: can't read %s\n", argv[i]);
            return 1;
        }
    }
    std::printf("decoder: %zu inputs\n", inputs + 1 + static_cast<std::size_t>(argc - 1));
}
#endif
