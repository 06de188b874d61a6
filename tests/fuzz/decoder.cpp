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

#include <barelink/topic/shared.hpp>

#include "wire/dice.hpp"
#include "wire/recode.hpp"
#include "wire/samples.hpp"
#include "wire/v5_recode.hpp"
#include "wire/v5_samples.hpp"

namespace {

using namespace barelink;

[[noreturn]] void fail(char const* what, version v, std::string_view input) {
    std::fprintf(stderr, "decoder: %s, protocol level %d, input", what, static_cast<int>(v));
    for (char const c : input) std::fprintf(stderr, " %02x", static_cast<unsigned>(octet(c)));
    std::fputc('\n', stderr);
    std::abort();
}

// Which protocol is spoken, and from which side, where that makes a difference.
struct dialect {
    version protocol;
    sender from = sender::client;
};
constexpr dialect dialects[] = {
    {version::v3_1_1}, {version::v3_1}, {version::v5, sender::client}, {version::v5, sender::server}};

wire_tests::recoded recode(std::string_view bytes, dialect d) {
    return d.protocol == version::v5 ? wire_tests::recode_v5(bytes, d.from) : wire_tests::recode(bytes, d.protocol);
}

std::string normal_form(std::string_view packet, dialect d) {
    return d.protocol == version::v5 ? wire_tests::normal_form_v5(packet)
                                     : wire_tests::normal_form(packet, d.protocol);
}

// A stream of packets, as a connection brings it.
void feed_stream(std::string_view input, dialect d) {
    auto const v = d.protocol;
    while (!input.empty()) {
        // A copy that ends where the input does: behind a string is a zero that the sanitizer would let pass.
        std::vector<char> const tight(input.begin(), input.end());
        auto const again = recode({tight.data(), tight.size()}, d);
        if (again.error != errc::ok) {
            bool const typed = again.error == errc::would_block || culprit_of(again.error) == culprit::peer;
            if (!typed) fail("an error that blames nobody on the other side", v, input);
            bool const told = again.error == errc::would_block || refused(reason_of(again.error));
            if (!told) fail("an error without a code", v, input);
            return;
        }
        auto const size = read_header({input.data(), input.size()}, v).value.packet_size();
        auto const packet = input.substr(0, size);
        if (!again.lawful) fail("accepted against the standard", v, packet);
        if (again.bytes != normal_form(packet, d)) fail("written differently", v, packet);
        input.remove_prefix(size);
    }
}

// The same bytes as the body of every type, so the fuzzer need not find the length first.
void feed_bodies(std::string_view input, dialect d) {
    for (unsigned first = 0x10; first < 0x100; ++first) {
        auto const type = static_cast<packet_type>(first >> 4);
        auto const flags = static_cast<std::uint8_t>(first & 0x0F);
        if (type != packet_type::publish && flags != required_flags(type)) continue;
        std::string packet(1, static_cast<char>(first));
        char length[4] = {};
        packet.append(length, write_length(length, static_cast<std::uint32_t>(input.size())));
        packet += input;
        feed_stream(packet, d);
    }
}

// The same bytes as properties of every place: what is accepted has the standard's consent, and what is read of it is
// written again the same; what is refused is still walked to its end.
void feed_properties(std::string_view input) {
    std::vector<char> const tight(input.begin(), input.end());
    bytes_in const bytes{tight.data(), tight.size()};
    properties const view{bytes};
    auto const list = wire_tests::listed(view);
    for (unsigned n = 0; n < 16; ++n) {
        auto const where = static_cast<property_place>(n);
        auto const found = check_properties(bytes, where);
        if (found != errc::ok && culprit_of(found) != culprit::peer) fail("no peer's error", version::v5, input);
        if (found != errc::ok) continue;
        if (!wire_tests::are_lawful(view, where)) fail("accepted against the standard", version::v5, input);
        if (check_properties(property_list{list}, where) != errc::ok) fail("two opinions", version::v5, input);
        if (properties_size(property_list{list}) != properties_size(view)) fail("another size", version::v5, input);
    }
}

// The size of a PUBLISH's head is known from its front, and known alike when more has come.
void feed_head(std::string_view input) {
    auto const remaining = static_cast<std::uint32_t>(input.size());
    for (auto const flags : {std::uint8_t{0}, publish_flag::qos_1}) {
        std::uint32_t known = 0;
        for (std::size_t n = 0; n <= input.size(); ++n) {
            std::vector<char> const tight(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(n));
            auto const got = v5::publish_head_size(flags, {tight.data(), tight.size()}, remaining);
            if (known != 0 && got != result<std::uint32_t>{known}) fail("a head that changes", version::v5, input);
            if (got.error == errc::would_block && got.value <= n) fail("a wait for nothing", version::v5, input);
            if (got) known = got.value;
            if (got.error == errc::malformed_packet) break;
        }
    }
}

void feed_strings(std::string_view input) {
    auto const found = utf8_scan(input);
    auto const name = check_topic_name(input);
    bool const good = !input.empty() && found == 0;
    if ((name == errc::ok) != good) fail("two opinions on a topic", version::v3_1_1, input);
    // Splitting takes any text; a form that is right is split into parts that are.
    auto const parts = split_shared(input);
    bool const shared = is_shared(input) && is_shared_form(input);
    if (shared && (parts.group.empty() || find_filter_fault(parts.filter) != filter_fault::none)) {
        fail("a shared filter without parts", version::v5, input);
    }
    if (is_utf8(input) && input.find('\0') != std::string_view::npos) fail("NUL in a string", version::v3_1_1, input);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Always memory of its own: an empty input has no pointer.
    std::string const input = size == 0 ? std::string{} : std::string{reinterpret_cast<char const*>(data), size};
    for (auto const& d : dialects) {
        feed_stream(input, d);
        feed_bodies(input, d);
    }
    feed_properties(input);
    feed_head(input);
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

// A sample, its body, and what damage makes of it. Returns how many inputs that were.
std::size_t feed_sample(std::string_view bytes, version v) {
    feed(bytes);
    auto const header = read_header({bytes.data(), bytes.size()}, v);
    auto const body = bytes.substr(header.value.size);
    feed(body);
    // The same packet with its length in a longer form than needed.
    std::string padded{bytes.substr(0, header.value.size)};
    padded.back() = static_cast<char>(octet(padded.back()) | 0x80);
    feed((padded += '\0') += body);
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        wire_tests::dice r{seed};
        std::string damaged{bytes};
        for (auto n = 1 + r.below(4); n > 0; --n) {
            damaged[r.below(static_cast<std::uint32_t>(damaged.size()))] = static_cast<char>(r.bits());
        }
        feed(damaged);
    }
    return 103;
}

}  // namespace

int main(int argc, char** argv) {
    feed({});
    std::string everything;
    std::size_t inputs = 1;
    for (auto const& s : wire_tests::sample::all) {
        everything += s.bytes;
        inputs += feed_sample(s.bytes, s.protocol);
    }
    feed(everything);
    everything.clear();
    for (auto const& s : wire_tests::v5_sample::all) {
        everything += s.bytes;
        inputs += feed_sample(s.bytes, version::v5);
    }
    feed(everything);
    for (auto const& s : wire_tests::standard_properties) {
        everything.assign(1, static_cast<char>(s.id));
        feed(everything += s.value);
        ++inputs;
    }
    for (int i = 1; i < argc; ++i) {
        if (!feed_file(argv[i])) {
            std::fprintf(stderr, "decoder: can't read %s\n", argv[i]);
            return 1;
        }
    }
    std::printf("decoder: %zu inputs\n", inputs + 2 + static_cast<std::size_t>(argc - 1));
}
#endif
