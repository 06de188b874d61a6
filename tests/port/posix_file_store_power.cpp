// SPDX-License-Identifier: BSL-1.0
// The store on a disk that forgets: what was not synchronised may or may not survive a power cut.
#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include <barelink/port/posix/file_store.hpp>

#include "store_model.hpp"
#include "support/catch.hpp"

using namespace barelink;
using namespace store_model;
namespace px = barelink::posix;

namespace {

// Files are numbered; a name leads to a number.
class disk {
public:
    using names = std::map<std::string, std::size_t>;

    // What a power cut leaves of the bytes that were not synchronised.
    enum class rest { none, half, all };

    int cut_before   = 0;  // the power fails before this call; 0: never
    int fail_at      = 0;  // this change of the disk fails once
    int fail_with    = EIO;
    int calls        = 0;
    int changes      = 0;
    int short_writes = 0;  // bytes that a write takes at most; 0: all

    // The disk as it is found when the power is back, with the first `kept` changes of names since the last sync.
    disk after_cut(std::size_t kept, rest what) const {
        disk d;
        d.files_ = files_;
        for (auto& f : d.files_) {
            auto const more = what == rest::none ? 0 : (f.bytes.size() - std::min(f.safe, f.bytes.size()));
            f.bytes.resize(std::min(f.safe, f.bytes.size()) + (what == rest::half ? more / 2 : more));
            f.safe = f.bytes.size();
        }
        d.names_ = kept == 0 ? safe_names_ : history_[kept - 1];
        d.safe_names_ = d.names_;
        return d;
    }
    std::size_t unsafe_changes() const { return history_.size(); }
    bool has(std::string const& name) const { return names_.count(name) != 0; }
    std::size_t size() const { return names_.size(); }

    bool begin() {
        ++calls;
        if (cut_before == 0 || calls < cut_before) return true;
        errno = EIO;
        return false;
    }
    bool begin_change() {
        if (!begin()) return false;
        if (++changes != fail_at) return true;
        errno = fail_with;
        return false;
    }

    int open(std::string const& name, bool make) {
        auto const at = names_.find(name);
        if (at == names_.end() && !make) return errno = ENOENT, -1;
        if (at == names_.end()) {
            names_[name] = files_.size();
            files_.push_back({});
            history_.push_back(names_);
        }
        auto const number = names_[name];
        if (make) files_[number] = {};
        handles_.push_back({number, 0, true});
        return static_cast<int>(handles_.size());  // 0 is the directory
    }
    void close(int handle) { handles_[static_cast<std::size_t>(handle) - 1].open = false; }
    ssize_t read(int handle, char* into, std::size_t n) {
        auto&       h     = handles_[static_cast<std::size_t>(handle) - 1];
        auto const& bytes = files_[h.file].bytes;
        REQUIRE(h.open);
        auto const got = bytes.copy(into, n, h.at);
        h.at += got;
        return static_cast<ssize_t>(got);
    }
    ssize_t write(int handle, char const* from, std::size_t n) {
        auto& h = handles_[static_cast<std::size_t>(handle) - 1];
        REQUIRE(h.open);
        if (short_writes != 0) n = std::min(n, static_cast<std::size_t>(short_writes));
        files_[h.file].bytes.append(from, n);
        return static_cast<ssize_t>(n);
    }
    void sync(int handle) {
        if (handle == 0) {
            safe_names_ = names_;
            history_.clear();
        } else {
            auto& f = files_[handles_[static_cast<std::size_t>(handle) - 1].file];
            f.safe  = f.bytes.size();
        }
    }
    int rename(std::string const& from, std::string const& to) {
        if (!has(from)) return errno = ENOENT, -1;
        names_[to] = names_[from];
        names_.erase(from);
        history_.push_back(names_);
        return 0;
    }
    int remove(std::string const& name) {
        if (names_.erase(name) == 0) return errno = ENOENT, -1;
        history_.push_back(names_);
        return 0;
    }
    void list(px::file_calls::name_sink each) const {
        each(".");
        each("..");
        for (auto const& [name, number] : names_) each(name.c_str());
    }
    int open_handles() const {
        int n = 0;
        for (auto const& h : handles_) n += h.open ? 1 : 0;
        return n;
    }

private:
    struct file {
        std::string bytes = {};
        std::size_t safe  = 0;  // how many bytes are synchronised
    };
    struct opened {
        std::size_t file;
        std::size_t at;
        bool        open;
    };
    std::deque<file>    files_;
    std::vector<opened> handles_;
    names               names_;
    names               safe_names_;
    std::vector<names>  history_;  // the names after each change since the last sync of the directory
};

struct disk_calls {
    disk* d;

    int open_directory(char const*) const noexcept { return d->begin() ? 0 : -1; }
    int open_to_read(int, char const* name) const noexcept { return d->begin() ? d->open(name, false) : -1; }
    int open_to_write(int, char const* name) const noexcept { return d->begin_change() ? d->open(name, true) : -1; }
    ssize_t read(int f, char* into, std::size_t n) const noexcept { return d->begin() ? d->read(f, into, n) : -1; }
    ssize_t write(int f, char const* from, std::size_t n) const noexcept {
        return d->begin_change() ? d->write(f, from, n) : -1;
    }
    int sync(int f) const noexcept { return d->begin_change() ? (d->sync(f), 0) : -1; }
    int rename(int, char const* from, char const* to) const noexcept {
        return d->begin_change() ? d->rename(from, to) : -1;
    }
    int remove(int, char const* name) const noexcept { return d->begin_change() ? d->remove(name) : -1; }
    void close(int f) const noexcept {
        if (f != 0) d->close(f);
    }
    int list(int, px::file_calls::name_sink each) const noexcept { return d->begin() ? (d->list(each), 0) : -1; }
};

using store_on_disk = px::basic_file_store<disk_calls>;

std::vector<change> script(std::uint32_t seed, int length) {
    dice                chance{seed};
    std::vector<change> all;
    for (int i = 0; i < length; ++i) all.push_back(random_change(chance, 4, 60));
    return all;
}

// Runs the script until the power fails. `before` is what is promised then, `after` what is asked for: they differ by
// the change that was interrupted. Returns false if the power did not fail.
bool run(disk& d, std::vector<change> const& changes, px::file_store_options const& options, records& before,
         records& after) {
    store_on_disk store{"", options, disk_calls{&d}};
    for (auto const& c : changes) {
        apply(after, c);
        if (apply(store, c) != errc::ok) return true;
        before = after;
    }
    return false;
}

}  // namespace

TEST_CASE("file store: the power may fail between any two system calls", "[port]") {
    auto const changes = script(GENERATE(1U, 2U, 3U), 25);
    bool       cut     = true;
    int        variants = 0;
    for (int k = 1; cut; ++k) {
        disk    d;
        records before;
        records after;
        d.cut_before   = k;
        d.short_writes = 20;
        cut            = run(d, changes, {}, before, after);
        for (std::size_t kept = 0; kept <= d.unsafe_changes(); ++kept) {
            for (auto const what : {disk::rest::none, disk::rest::half, disk::rest::all}) {
                auto          later = d.after_cut(kept, what);
                store_on_disk store{"", {}, disk_calls{&later}};
                auto const    found = restore_all(store);
                INFO("cut before call " << k << ", " << kept << " changes of names kept, bytes kept "
                                        << static_cast<int>(what));
                REQUIRE(found.second == 0);
                REQUIRE((found.first == before || found.first == after));
                REQUIRE_FALSE(later.has("put.tmp"));
                REQUIRE(store.put(out(9), bytes_in{"on", 2}) == errc::ok);
                REQUIRE(restore_all(store).first.back() == record{out(9), "on"});
                ++variants;
            }
        }
    }
    CHECK(variants > 500);
}

TEST_CASE("file store: without fsync a torn record is noticed, never taken for a good one", "[port]") {
    auto const changes = script(GENERATE(4U, 5U), 25);
    int        torn    = 0;
    bool       cut     = true;
    for (int k = 1; cut; ++k) {
        disk    d;
        records before;
        records after;
        d.cut_before = k;
        cut          = run(d, changes, {.fsync = false}, before, after);
        for (std::size_t kept = 0; kept <= d.unsafe_changes(); ++kept) {
            for (auto const what : {disk::rest::none, disk::rest::half, disk::rest::all}) {
                auto          later = d.after_cut(kept, what);
                store_on_disk store{"", {}, disk_calls{&later}};
                auto const    found = restore_all(store);
                torn += found.second;
                for (auto const& r : found.first) {
                    auto const was_put = [&](change const& c) { return c.put && c.what == r; };
                    REQUIRE(std::any_of(changes.begin(), changes.end(), was_put));
                }
                if (what == disk::rest::all) REQUIRE(found.second == 0);
                REQUIRE(found.first.size() + static_cast<std::size_t>(found.second) == later.size());
            }
        }
    }
    CHECK(torn > 0);
}

TEST_CASE("file store: each call that changes something may fail once", "[port]") {
    auto const changes = script(GENERATE(6U, 7U), 20);
    int const  error   = GENERATE(EIO, ENOSPC, EDQUOT);
    int        failed  = 1;
    int        k       = 2;  // 1 is the removal of left-overs while opening
    for (; failed == 1; ++k) {
        disk    d;
        records expected;
        d.fail_at      = k;
        d.fail_with    = error;
        d.short_writes = 20;
        failed         = 0;
        store_on_disk store{"", {}, disk_calls{&d}};
        for (auto const& c : changes) {
            auto       after = expected;
            errc const e     = apply(store, c);
            apply(after, c);
            INFO("change " << k << " fails with " << error);
            if (e != errc::ok) {
                ++failed;
                REQUIRE(e == (error == EIO ? errc::store_failed : errc::store_full));
                REQUIRE_FALSE(d.has("put.tmp"));
                auto const found = restore_all(store);
                REQUIRE(found.second == 0);
                REQUIRE((found.first == expected || found.first == after));
                expected = found.first;
                REQUIRE(apply(store, c) == errc::ok);
                apply(expected, c);
            } else {
                expected = after;
            }
            REQUIRE_FALSE(d.has("put.tmp"));
            REQUIRE(d.open_handles() == 0);
        }
        REQUIRE(restore_all(store) == std::pair{expected, 0});
        REQUIRE(failed <= 1);
    }
    CHECK(k > 50);
}

TEST_CASE("file store: a directory that can't be read is one error and then the end", "[port]") {
    disk d;
    d.cut_before = 1;
    store_on_disk store{"", {}, disk_calls{&d}};
    CHECK(restore_all(store) == std::pair{records{}, 1});
    d.cut_before = d.calls + 3;  // after it was opened and cleaned
    CHECK(restore_all(store) == std::pair{records{}, 1});
    d.cut_before = 0;
    CHECK(store.put(out(1), bytes_in{"x", 1}) == errc::ok);
    d.cut_before = d.calls + 1;
    CHECK(restore_all(store) == std::pair{records{}, 1});
    d.cut_before = 0;
    CHECK(restore_all(store) == std::pair{records{{out(1), "x"}}, 0});
}

TEST_CASE("file store: no more calls than it says", "[port]") {
    disk          d;
    store_on_disk store{"", {}, disk_calls{&d}};
    CHECK(store.erase(out(1)) == errc::ok);
    for (std::uint16_t i = 1; i <= 100; ++i) {
        int before = d.calls;
        REQUIRE(store.put(out(i), bytes_in{"record", 6}) == errc::ok);
        CHECK(d.calls - before <= 8);
        before = d.calls;
        REQUIRE(store.put(out(i), bytes_in{"another", 7}) == errc::ok);
        CHECK(d.calls - before <= 10);
    }
    std::array<char, 16> buffer;
    int                  before = d.calls;
    CHECK(store.restore(buffer));
    CHECK(d.calls - before <= 3 * 100 + 5);
    before = d.calls;
    CHECK(store.erase(out(50)) == errc::ok);
    CHECK(d.calls - before <= 2);
}
