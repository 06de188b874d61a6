// SPDX-License-Identifier: BSL-1.0
// Without libFuzzer: every sample, every beginning of it, and damage from a few seeds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

#include <barelink/base/bytes.hpp>

#include "wire/dice.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

namespace fuzz {

inline std::size_t inputs = 0;

inline void feed(std::string_view input) {
    auto const octets = barelink::octets_of(input);
    LLVMFuzzerTestOneInput(octets.data(), octets.size());
    ++inputs;
}

// Adds the contents of a file. False if it cannot be read.
inline bool feed_file(char const* name) {
    auto* const file = std::fopen(name, "rb");
    if (file == nullptr) return false;
    std::string content;
    char        part[4096];
    for (std::size_t n = 0; (n = std::fread(part, 1, sizeof part, file)) > 0;) content.append(part, n);
    std::fclose(file);
    feed(content);
    return true;
}

// The characters that mean something to the reader are put in more often than others.
inline void feed_samples(std::span<std::string_view const> samples, std::string_view marks) {
    feed({});
    for (auto const sample : samples) {
        for (std::size_t size = 1; size <= sample.size(); ++size) feed(sample.substr(0, size));
        for (std::uint64_t seed = 0; seed < 300; ++seed) {
            wire_tests::dice r{seed};
            std::string      damaged{sample};
            for (auto n = 1 + r.below(4); n > 0; --n) {
                auto const at   = r.below(static_cast<std::uint32_t>(damaged.size()));
                auto const mark = marks[r.below(static_cast<std::uint32_t>(marks.size()))];
                switch (r.below(4)) {
                case 0: damaged[at] = static_cast<char>(r.bits()); break;
                case 1: damaged[at] = mark; break;
                case 2: damaged.insert(at, 1, mark); break;
                default: damaged.erase(at, 1 + r.below(4)); break;
                }
                if (damaged.empty()) damaged = "x";
            }
            feed(damaged);
        }
    }
}

inline int finish(char const* name, int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
        if (!feed_file(argv[i])) {
            std::fprintf(stderr, "%s: can't read %s\n", name, argv[i]);
            return 1;
        }
    }
    std::printf("%s: %zu inputs\n", name, inputs);
    return 0;
}

}  // namespace fuzz
