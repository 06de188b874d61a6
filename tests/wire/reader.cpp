// SPDX-License-Identifier: BSL-1.0
#include <barelink/wire/reader.hpp>

#include <cstddef>
#include <string_view>

#include "base/check_both.hpp"
#include "packets.hpp"

using namespace barelink;
using namespace wire_tests;

namespace {

constexpr auto sample = bytes(0x7F, 0x12, 0x34, 0, 3, 'a', 'b', 'c', 0, 0, 'x', 'y');

// True if all fields of the sample come out in their order.
constexpr bool reads_the_sample() {
    reader r{sample};
    return r.left() == 12 && r.u8() == 0x7F && r.u16() == 0x1234 && r.text() == "abc" && r.left() == 4 &&
           r.text().empty() && r.rest() == "xy" && r.left() == 0 && !r.failed() && r.finish() == errc::ok;
}

// What a reader that has run into the end gives from then on.
constexpr bool gives_nothing(reader r) {
    return r.failed() && r.left() == 0 && r.u8() == 0 && r.u16() == 0 && r.text().empty() && r.rest().empty() &&
           r.take(0).empty() && r.failed() && r.finish() == errc::malformed_packet;
}

template <class Read>
constexpr bool fails_at_the_end(bytes_in from, Read const& read) {
    reader r{from};
    read(r);
    return gives_nothing(r);
}

constexpr auto one = bytes(0xFF);
constexpr auto four = bytes(0, 3, 'a', 'b');

}  // namespace

TEST_CASE("a reader gives field after field", "[wire][reader][1.5.3]") { CHECK_BOTH(reads_the_sample()); }

TEST_CASE("a field that is not there fails the reader for good", "[wire][reader]") {
    CHECK_BOTH(fails_at_the_end({}, [](reader& r) { r.u8(); }));
    CHECK_BOTH(fails_at_the_end({}, [](reader& r) { r.u16(); }));
    CHECK_BOTH(fails_at_the_end({}, [](reader& r) { r.text(); }));
    CHECK_BOTH(fails_at_the_end(one, [](reader& r) { r.u16(); }));
    CHECK_BOTH(fails_at_the_end(one, [](reader& r) { r.text(); }));
    CHECK_BOTH(fails_at_the_end(one, [](reader& r) { r.take(2); }));
    CHECK_BOTH(fails_at_the_end(four, [](reader& r) { r.text(); }));
    CHECK_BOTH(fails_at_the_end(four, [](reader& r) { r.take(static_cast<std::size_t>(-1)); }));
}

TEST_CASE("a failed reader gives zeros although bytes were left", "[wire][reader]") {
    reader r{sample};
    CHECK(r.take(13).data() == nullptr);
    CHECK(gives_nothing(r));
}

TEST_CASE("bytes left over are malformed, and so are bytes that are missing", "[wire][reader]") {
    reader r{four};
    r.u16();
    CHECK(r.finish() == errc::malformed_packet);
    r.take(2);
    CHECK(r.finish() == errc::ok);
    r.u8();
    CHECK(r.finish() == errc::malformed_packet);
}

TEST_CASE("an empty packet is finished at once", "[wire][reader]") {
    CHECK_BOTH(reader{bytes_in{}}.finish() == errc::ok);
    CHECK_BOTH(!reader{bytes_in{}}.failed());
}

TEST_CASE("fields are views of what is read, empty ones too", "[wire][reader]") {
    reader r{sample};
    r.take(3);
    CHECK(r.text().data() == sample.data() + 5);
    // An empty field is present: its view has data, which an absent one has not.
    CHECK(r.text().data() == sample.data() + 10);
    r.take(2);
    CHECK(r.take(0).data() == sample.data() + 12);
}
