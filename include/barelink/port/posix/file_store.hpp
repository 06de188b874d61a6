// SPDX-License-Identifier: BSL-1.0
// A store of QoS 1 and 2 state in a directory: survives the end of the process and, with fsync, a power cut.
#pragma once

#include <errno.h>

#include <cstddef>
#include <cstdint>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/link/store.hpp>
#include <barelink/port/posix/file_calls.hpp>
#include <barelink/port/posix/file_record.hpp>

namespace barelink::inline v0::posix {

struct file_store_options {
    // Waits for the disk in each put() and erase(). Without it a power cut can lose or bring back the last changes; a
    // record that it tore is noticed and reported, and the end of the process alone loses nothing.
    bool fsync = true;
};

// One file for each record. A record is written to a temporary file, which then takes the name of its key, so at every
// moment there is the old record or the new one. Its place in the order stands in the file, and a record that replaces
// another one takes over the place. Takes no heap.
//
// Requires: a directory that exists, may be written, and belongs to this store alone (files with other names are
// left as they are). It is opened by the first call.
template <class Calls = file_calls>
class basic_file_store {
public:
    // Lifetime: `directory` is borrowed until the directory could be opened.
    constexpr explicit basic_file_store(char const* directory, file_store_options const& options = {},
                                        Calls calls = {}) noexcept
        : path_{directory}, options_{options}, calls_{calls} {}
    basic_file_store(basic_file_store const&)            = delete;
    basic_file_store& operator=(basic_file_store const&) = delete;
    ~basic_file_store() {
        if (directory_ >= 0) calls_.close(directory_);
    }

    // Writes or replaces a record. Returns store_full if the disk has no room left, else store_failed; then the record
    // is what it was before (if only the last fsync failed, it is the new one, but may not survive a power cut).
    // Work: about ten system calls, two of them fsync.
    errc put(store_key key, bytes_in record) noexcept {
        if (key.from == store_key::side::none || record.size() > 0xFFFF'FFFFU) return errc::store_failed;
        if (errc const e = open(); e != errc::ok) return e;
        auto const known = read_header(key, nullptr);
        // A place that is used up by a put() that fails is no harm: only the order counts.
        auto const place  = known ? known.value.place : next_place_++;
        auto const header = detail::encode_header(
            {key, place, static_cast<std::uint32_t>(record.size()), detail::crc32(record)});
        errc const e = write_temporary(header, record);
        if (e == errc::ok && calls_.rename(directory_, temporary, detail::name_of(key).data()) == 0) {
            return sync(directory_);
        }
        errc const cause = e != errc::ok ? e : failure();
        calls_.remove(directory_, temporary);  // a full disk needs the room
        return cause;
    }

    // Removes a record. Returns ok also if there was none; else store_failed. Work: two system calls, one is fsync.
    errc erase(store_key key) noexcept {
        if (key.from == store_key::side::none) return errc::ok;
        if (errc const e = open(); e != errc::ok) return e;
        if (calls_.remove(directory_, detail::name_of(key).data()) != 0) return errno == ENOENT ? errc::ok : failure();
        return sync(directory_);
    }

    // Gives the next record in the order of the first put(), at last a key with side::none; after that it begins anew.
    // Returns store_failed, together with key and size as far as they are known, for a record that is damaged,
    // can't be read or is larger than `into`. The next call goes on behind it: nothing else is lost, and a
    // directory that can't be read at all is an error once and then the end. Damaged records stay until their
    // key is put or erased; those whose place is not known come last.
    // Work: one pass over the directory, with three system calls a record; so n records take n passes.
    result<stored_record> restore(bytes_out into) noexcept {
        found_ = {};
        if (open() != errc::ok || each_name<&basic_file_store::look_for_next>() != errc::ok) {
            unreadable_ = !unreadable_;
            return unreadable_ ? result<stored_record>{errc::store_failed} : result<stored_record>{};
        }
        unreadable_ = false;
        if (found_.next.key.from != store_key::side::none) {
            restored_ = found_.next;
            return read_record(found_.next, into);
        }
        if (found_.damaged_key.from != store_key::side::none) {
            ++damaged_reported_;
            return {stored_record{found_.damaged_key, 0}, errc::store_failed};
        }
        restored_         = {};
        damaged_reported_ = 0;
        return stored_record{};
    }

private:
    // Never the name of a record. There is only one, so what a crash leaves is overwritten or removed by the next run.
    static constexpr char const* temporary = "put.tmp";

    // What one pass of restore() has seen.
    struct findings {
        detail::record_header next        = {};  // the first behind `restored_`
        store_key             damaged_key = {};  // the first damaged one that was not reported
        std::uint32_t         damaged     = 0;
    };

    // Opens the directory, removes what an interrupted put() left, and learns which places are taken.
    errc open() noexcept {
        if (directory_ >= 0) return errc::ok;
        directory_ = calls_.open_directory(path_);
        if (directory_ < 0) return errc::store_failed;
        bool const clean = calls_.remove(directory_, temporary) == 0 || errno == ENOENT;
        next_place_      = 1;
        if (clean && each_name<&basic_file_store::count_place>() == errc::ok) return errc::ok;
        calls_.close(directory_);
        directory_ = -1;
        return errc::store_failed;
    }

    // What the errno of the last call means.
    static errc failure() noexcept {
        return errno == ENOSPC || errno == EDQUOT ? errc::store_full : errc::store_failed;
    }

    errc sync(int file_or_directory) noexcept {
        return !options_.fsync || calls_.sync(file_or_directory) == 0 ? errc::ok : failure();
    }

    template <auto Member>
    errc each_name() noexcept {
        auto const each = file_calls::name_sink::to<Member>(*this);
        return calls_.list(directory_, each) == 0 ? errc::ok : errc::store_failed;
    }

    void count_place(char const* name) noexcept {
        auto const key = detail::key_of(name);
        if (key.from == store_key::side::none) return;
        auto const h = read_header(key, nullptr);
        if (h && h.value.place >= next_place_) next_place_ = h.value.place + 1;
    }

    void look_for_next(char const* name) noexcept {
        auto const key = detail::key_of(name);
        if (key.from == store_key::side::none) return;
        auto const h = read_header(key, nullptr);
        if (!h) {
            if (found_.damaged++ == damaged_reported_) found_.damaged_key = key;
            return;
        }
        bool const first = found_.next.key.from == store_key::side::none;
        if (before(restored_, h.value) && (first || before(h.value, found_.next))) found_.next = h.value;
    }

    // Places are unique unless somebody copied files by hand; then the key decides, so that none is passed over.
    static bool before(detail::record_header const& a, detail::record_header const& b) noexcept {
        if (a.place != b.place) return a.place < b.place;
        if (a.key.from != b.key.from) return a.key.from < b.key.from;
        return a.key.id < b.key.id;
    }

    // With `keep_open` the file is left open behind its header, if there is no error.
    result<detail::record_header> read_header(store_key key, int* keep_open) noexcept {
        int const file = calls_.open_to_read(directory_, detail::name_of(key).data());
        if (file < 0) return errc::store_failed;
        detail::record_header_bytes bytes{};
        result<detail::record_header> h{errc::store_failed};
        if (read_all(file, bytes) == bytes.size()) h = detail::decode_header(bytes, key);
        if (keep_open != nullptr && h) {
            *keep_open = file;
        } else {
            calls_.close(file);
        }
        return h;
    }

    result<stored_record> read_record(detail::record_header const& wanted, bytes_out into) noexcept {
        stored_record const record{wanted.key, wanted.size};
        int                 file = -1;
        auto const          h    = read_header(wanted.key, &file);
        if (!h) return {record, errc::store_failed};
        bool good = h.value == wanted && wanted.size <= into.size();
        if (good) {
            auto const body = into.first(wanted.size);
            good            = read_all(file, body) == body.size() && detail::crc32(body) == wanted.check;
        }
        calls_.close(file);
        return good ? result<stored_record>{record} : result<stored_record>{record, errc::store_failed};
    }

    // Returns how much came before the end of the file or an error.
    std::size_t read_all(int file, bytes_out into) noexcept {
        std::size_t got = 0;
        while (got < into.size()) {
            auto const n = calls_.read(file, into.data() + got, into.size() - got);
            if (n <= 0) break;
            got += static_cast<std::size_t>(n);
        }
        return got;
    }

    errc write_all(int file, bytes_in from) noexcept {
        while (!from.empty()) {
            auto const n = calls_.write(file, from.data(), from.size());
            if (n < 0) return failure();
            if (n == 0) return errc::store_failed;
            from = from.subspan(static_cast<std::size_t>(n));
        }
        return errc::ok;
    }

    errc write_temporary(bytes_in header, bytes_in record) noexcept {
        int const file = calls_.open_to_write(directory_, temporary);
        if (file < 0) return failure();
        errc e = write_all(file, header);
        if (e == errc::ok) e = write_all(file, record);
        if (e == errc::ok) e = sync(file);  // before the rename, or the name could survive without the bytes
        calls_.close(file);
        return e;
    }

    char const*           path_;
    file_store_options    options_;
    int                   directory_        = -1;
    std::uint64_t         next_place_       = 1;
    detail::record_header restored_         = {};  // where restore() stands
    std::uint32_t         damaged_reported_ = 0;
    bool                  unreadable_       = false;
    findings              found_            = {};
    [[no_unique_address]] Calls calls_;
};

using file_store = basic_file_store<>;
static_assert(check_store<file_store>());

}  // namespace barelink::inline v0::posix
