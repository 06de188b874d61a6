// SPDX-License-Identifier: BSL-1.0
// The store on a real file system.
#include <sys/resource.h>
#include <sys/wait.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <barelink/port/posix/file_store.hpp>

#include "loopback.hpp"
#include "store_model.hpp"
#include "support/catch.hpp"

using namespace barelink;
using namespace store_model;
namespace fs = std::filesystem;
namespace px = barelink::posix;

namespace {

class directory {
public:
    directory() : path_{(fs::temp_directory_path() / "barelink-store-XXXXXX").string()} {
        REQUIRE(::mkdtemp(path_.data()) != nullptr);
    }
    directory(directory const&)            = delete;
    directory& operator=(directory const&) = delete;
    ~directory() { fs::remove_all(path_); }
    operator char const*() const { return path_.c_str(); }
    fs::path operator/(std::string const& name) const { return fs::path{path_} / name; }
    std::size_t files() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator{path_}, fs::directory_iterator{}));
    }

private:
    std::string path_;
};

std::string read_file(fs::path const& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

void write_file(fs::path const& path, std::string const& bytes) {
    std::ofstream to{path, std::ios::binary | std::ios::trunc};
    to << bytes;
    REQUIRE(to.good());
}

bool gives(result<stored_record> const& r, stored_record const& expected, errc error = errc::ok) {
    return r.value.key == expected.key && r.value.size == expected.size && r.error == error;
}

// A store with three records; the middle one is where the tests do damage.
records fill(char const* path) {
    records const all{{out(1), "first"}, {out(2), "second"}, {in(3), ""}};
    px::file_store store{path};
    for (auto const& r : all) REQUIRE(store.put(r.key, r.bytes) == errc::ok);
    return all;
}

}  // namespace

TEST_CASE("file store: header and name of a record", "[port]") {
    using namespace px::detail;
    STATIC_REQUIRE(crc32(bytes_in{"123456789", 9}) == 0xCBF4'3926U);  // the check value of CRC-32
    STATIC_REQUIRE(crc32({}) == 0);
    for (auto const key : {out(1), in(0xFFFF), out(0xABCD), in(0x0100)}) {
        CHECK(key_of(name_of(key).data()) == key);
        record_header const h{key, 0x0123'4567'89AB'CDEFU, 0xFEDC'BA98U, 0x7654'3210U};
        auto const          bytes = encode_header(h);
        CHECK(decode_header(bytes, key) == h);
        CHECK(decode_header(bytes, out(7)).error == errc::store_failed);
        for (std::size_t i = 0; i < bytes.size() * 8; ++i) {
            auto broken = bytes;
            broken[i / 8] = static_cast<char>(broken[i / 8] ^ (1 << (i % 8)));
            CHECK(decode_header(broken, key).error == errc::store_failed);
        }
    }
    CHECK(std::string{name_of(out(0x12AF)).data()} == "o12af");
    for (auto const* name : {"", ".", "..", "put.tmp", "o12", "o12345", "x1234", "o12AF", "o12g4", "o 123", "i-123"}) {
        CHECK(key_of(name).from == store_key::side::none);
    }
}

TEST_CASE("file store: empty at first", "[port]") {
    directory      d;
    px::file_store store{d};
    char           buffer[8];
    CHECK(gives(store.restore(buffer), {}));
    CHECK(store.erase(out(1)) == errc::ok);
    CHECK(d.files() == 0);
}

TEST_CASE("file store: records come back in the order of their first put, also after restarts", "[port]") {
    bool const fsync = GENERATE(true, false);
    directory  d;
    records    expected;
    auto const run = [&](std::initializer_list<change> changes) {
        px::file_store store{d, {.fsync = fsync}};
        for (auto const& c : changes) {
            CHECK(apply(store, c) == errc::ok);
            apply(expected, c);
        }
        CHECK(restore_all(store) == std::pair{expected, 0});
        CHECK(restore_all(store) == std::pair{expected, 0});
    };
    run({{true, {out(9), "nine"}}, {true, {in(9), ""}}, {true, {out(3), "three"}}, {true, {out(65535), "last"}}});
    run({{true, {out(9), "replaced, and longer"}}, {true, {out(1), "one"}}});
    run({{false, {out(3), ""}}, {true, {out(3), "three again"}}, {true, {out(65535), ""}}});
    run({{false, {in(9), ""}}, {false, {in(9), ""}}});
    CHECK(expected.size() == 4);
    CHECK(d.files() == 4);
}

TEST_CASE("file store: 1000 random changes and restarts against a model", "[port]") {
    directory d;
    dice      chance{GENERATE(1U, 2U)};
    records   expected;
    for (int i = 0; i < 1000;) {
        px::file_store store{d, {.fsync = chance.below(2) == 0}};
        if (chance.below(2) == 0) CHECK(restore_all(store) == std::pair{expected, 0});
        for (auto n = chance.below(40); n > 0; --n, ++i) {
            auto const c = random_change(chance, 12, 700);
            REQUIRE(apply(store, c) == errc::ok);
            apply(expected, c);
        }
        REQUIRE(restore_all(store) == std::pair{expected, 0});
        REQUIRE(d.files() == expected.size());
    }
}

TEST_CASE("file store: a record that does not fit is reported, and the next call goes on", "[port]") {
    directory      d;
    auto const     all = fill(d);
    px::file_store store{d};
    char           buffer[5];
    CHECK(gives(store.restore(buffer), {out(1), 5}));
    CHECK(gives(store.restore(buffer), {out(2), 6}, errc::store_failed));
    CHECK(gives(store.restore(buffer), {in(3), 0}));
    CHECK(gives(store.restore(buffer), {}));
    CHECK(restore_all(store) == std::pair{all, 0});
}

TEST_CASE("file store: a damaged record is reported once, and nothing else is lost", "[port]") {
    directory  d;
    auto       all   = fill(d);
    auto const whole = read_file(d / "o0002");
    REQUIRE(whole.size() == 28 + 6);
    all.erase(all.begin() + 1);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        write_file(d / "o0002", whole.substr(0, size));
        px::file_store store{d};
        REQUIRE(restore_all(store) == std::pair{all, 1});
    }
    for (std::size_t i = 0; i < whole.size(); ++i) {
        auto bytes = whole;
        bytes[i]   = static_cast<char>(bytes[i] ^ 0x10);
        write_file(d / "o0002", bytes);
        px::file_store store{d};
        REQUIRE(restore_all(store) == std::pair{all, 1});
        REQUIRE(restore_all(store) == std::pair{all, 1});
    }
    char           buffer[16];
    px::file_store store{d};
    (void)store.restore(buffer);
    write_file(d / "o0002", "");
    (void)store.restore(buffer);
    CHECK(gives(store.restore(buffer), {out(2), 0}, errc::store_failed));
    CHECK(gives(store.restore(buffer), {}));

    SECTION("a put heals it") {
        REQUIRE(store.put(out(2), bytes_in{"new", 3}) == errc::ok);
        all.push_back({out(2), "new"});
        CHECK(restore_all(store) == std::pair{all, 0});
    }
    SECTION("an erase removes it") {
        REQUIRE(store.erase(out(2)) == errc::ok);
        CHECK(restore_all(store) == std::pair{all, 0});
    }
    SECTION("several are reported one by one") {
        write_file(d / "i0004", "x");
        write_file(d / "o0001", "y");
        all.erase(all.begin());
        CHECK(restore_all(store) == std::pair{all, 3});
        CHECK(restore_all(store) == std::pair{all, 3});
    }
}

TEST_CASE("file store: a record that can't be opened", "[port]") {
    directory d;
    auto      all = fill(d);
    fs::remove(d / "o0002");
    fs::create_directory(d / "o0002");
    fs::create_symlink("o0001", d / "o0005");
    all.erase(all.begin() + 1);
    px::file_store store{d};
    CHECK(restore_all(store) == std::pair{all, 2});
    CHECK(store.put(out(2), bytes_in{"x", 1}) == errc::store_failed);
    CHECK(store.erase(out(2)) == errc::store_failed);
    CHECK(restore_all(store) == std::pair{all, 2});
}

TEST_CASE("file store: records that somebody copied with their place", "[port]") {
    directory  d;
    auto const all = fill(d);
    directory  other;
    REQUIRE(px::file_store{other}.put(out(7), bytes_in{"seven", 5}) == errc::ok);
    fs::copy_file(other / "o0007", d / "o0007");
    px::file_store store{d};
    auto const     found = restore_all(store);
    CHECK(found.second == 0);
    CHECK(found.first == records{all[0], {out(7), "seven"}, all[1], all[2]});
}

TEST_CASE("file store: other files are left alone, its own left-overs are not", "[port]") {
    directory  d;
    auto const all = fill(d);
    write_file(d / "readme.txt", "mine");
    write_file(d / "o00021", "mine");
    write_file(d / "put.tmp", "half a rec");
    {
        px::file_store store{d};
        CHECK(restore_all(store) == std::pair{all, 0});
        CHECK_FALSE(fs::exists(d / "put.tmp"));
        write_file(d / "put.tmp", std::string(1000, 'x'));
        CHECK(store.put(out(1), bytes_in{"short", 5}) == errc::ok);
        CHECK(read_file(d / "o0001").size() == 28 + 5);
    }
    CHECK(read_file(d / "readme.txt") == "mine");
    CHECK(read_file(d / "o00021") == "mine");
    CHECK(d.files() == all.size() + 2);
}

TEST_CASE("file store: no directory", "[port]") {
    directory      d;
    auto const     missing = (d / "missing").string();
    px::file_store store{missing.c_str()};
    CHECK(store.put(out(1), bytes_in{"x", 1}) == errc::store_failed);
    CHECK(store.erase(out(1)) == errc::store_failed);
    CHECK(restore_all(store) == std::pair{records{}, 1});
    CHECK(restore_all(store) == std::pair{records{}, 1});
    fs::create_directory(missing);
    CHECK(store.put(out(1), bytes_in{"x", 1}) == errc::ok);
    CHECK(restore_all(store) == std::pair{records{{out(1), "x"}}, 0});
    CHECK(store.put({}, bytes_in{"x", 1}) == errc::store_failed);
    CHECK(store.erase({}) == errc::ok);
}

TEST_CASE("file store: no descriptor is lost or inherited", "[port]") {
    int const before = loopback::open_descriptors();
    {
        directory      d;
        px::file_store store{d};
        REQUIRE(store.put(out(1), bytes_in{"x", 1}) == errc::ok);
        REQUIRE(store.put(out(1), bytes_in{"y", 1}) == errc::ok);
        REQUIRE(store.erase(out(2)) == errc::ok);
        write_file(d / "o0003", "damaged");
        CHECK(restore_all(store).second == 1);
        CHECK(loopback::open_descriptors() == before + 1);
    }
    CHECK(loopback::open_descriptors() == before);
}

namespace {

// The process ends before the call that the countdown reaches.
struct deadly_calls : px::file_calls {
    static int left;

    static void count() noexcept {
        if (--left == 0) ::_exit(1);
    }
    static int open_directory(char const* path) noexcept { return count(), file_calls::open_directory(path); }
    static int open_to_read(int d, char const* name) noexcept { return count(), file_calls::open_to_read(d, name); }
    static int open_to_write(int d, char const* name) noexcept { return count(), file_calls::open_to_write(d, name); }
    static ssize_t read(int f, char* into, std::size_t n) noexcept { return count(), file_calls::read(f, into, n); }
    // In two halves, so that the end can also come in the middle.
    static ssize_t write(int f, char const* from, std::size_t n) noexcept {
        return count(), file_calls::write(f, from, n > 1 ? n / 2 : n);
    }
    static int sync(int f) noexcept { return count(), file_calls::sync(f); }
    static int rename(int d, char const* from, char const* to) noexcept {
        return count(), file_calls::rename(d, from, to);
    }
    static int remove(int d, char const* name) noexcept { return count(), file_calls::remove(d, name); }
    static void close(int f) noexcept {
        count();
        file_calls::close(f);
    }
    static int list(int d, name_sink each) noexcept { return count(), file_calls::list(d, each); }
};
int deadly_calls::left = 0;

// Runs the changes in a process that ends before its k-th call. Returns true if the end came.
bool dies_at(int k, char const* path, change const& c) {
    pid_t const child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        deadly_calls::left = k;
        px::basic_file_store<deadly_calls> store{path};
        errc const e = apply(store, c);
        ::_exit(e == errc::ok ? 0 : 2);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    REQUIRE(WEXITSTATUS(status) != 2);
    return WEXITSTATUS(status) == 1;
}

}  // namespace

TEST_CASE("file store: the process may end between any two system calls", "[port]") {
    change const c = GENERATE(change{true, {out(4), "a new one"}}, change{true, {out(2), "a longer one than before"}},
                              change{true, {out(2), ""}}, change{true, {in(4), ""}}, change{false, {out(2), ""}},
                              change{false, {out(8), ""}});
    int          k = 0;
    bool         died = true;
    bool         seen_before = false;
    while (died) {
        directory  d;
        auto const before = fill(d);
        auto       after  = before;
        apply(after, c);
        died = dies_at(++k, d, c);
        px::file_store store{d};
        auto const     found = restore_all(store);
        CHECK(found.second == 0);
        CHECK((found.first == before || found.first == after));
        seen_before |= found.first == before;
        if (!died) CHECK(found.first == after);
        CHECK(d.files() == found.first.size());

        // And the store works on.
        CHECK(apply(store, c) == errc::ok);
        CHECK(restore_all(store) == std::pair{after, 0});
    }
    CHECK(seen_before);
    CHECK(k > 10);
}
