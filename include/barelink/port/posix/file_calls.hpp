// SPDX-License-Identifier: BSL-1.0
// The system calls that file_store.hpp is made of. They are a type of their own so that a test can cut the power
// between any two of them.
#pragma once

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/syscall.h>
#endif

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <barelink/base/delegate.hpp>

namespace barelink::inline v0::posix {

// Each function returns a negative number and sets errno when it fails; none returns EINTR.
struct file_calls {
    // What list() calls for each name. Lifetime of the name: the call.
    using name_sink = delegate<void(char const* name)>;

    static int open_directory(char const* path) noexcept {
        return again([&] { return ::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    }
    static int open_to_read(int directory, char const* name) noexcept {
        return again([&] { return ::openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC); });
    }
    // Makes the file, or empties it.
    static int open_to_write(int directory, char const* name) noexcept {
        constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
        return again([&] { return ::openat(directory, name, flags, S_IRUSR | S_IWUSR); });
    }
    static ssize_t read(int file, char* into, std::size_t size) noexcept {
        return again([&] { return ::read(file, into, size); });
    }
    static ssize_t write(int file, char const* from, std::size_t size) noexcept {
        return again([&] { return ::write(file, from, size); });
    }
    // What was written to the file, or happened to the names of the directory, survives a power cut from now on.
    static int sync(int file_or_directory) noexcept {
        return again([&] { return ::fsync(file_or_directory); });
    }
    static int rename(int directory, char const* from, char const* to) noexcept {
        return again([&] { return ::renameat(directory, from, directory, to); });
    }
    static int remove(int directory, char const* name) noexcept {
        return again([&] { return ::unlinkat(directory, name, 0); });
    }
    static void close(int file_or_directory) noexcept { ::close(file_or_directory); }

    // Calls `each` with all names in the directory. Work: bounded by how many there are.
    static int list(int directory, name_sink each) noexcept {
#if defined(__linux__)
        // Not readdir(3): that allocates. A record of the kernel is: inode (8), offset (8), its own length (2),
        // type (1), name and NUL [getdents64(2)].
        constexpr std::size_t at_length = 16;
        constexpr std::size_t at_name   = 19;

        alignas(std::uint64_t) std::array<char, 2048> records;
        if (::lseek(directory, 0, SEEK_SET) < 0) return -1;
        for (;;) {
            auto const size =
                again([&] { return ::syscall(SYS_getdents64, directory, records.data(), records.size()); });
            if (size <= 0) return static_cast<int>(size);
            for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
                std::uint16_t length = 0;
                std::memcpy(&length, &records[at + at_length], sizeof length);
                each(&records[at + at_name]);
                at += length;
            }
        }
#else
        // Here the C library allocates for the time of the call.
        int const own = again([&] { return ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
        if (own < 0) return -1;
        DIR* const stream = ::fdopendir(own);
        if (stream == nullptr) {
            ::close(own);
            return -1;
        }
        int error = 0;
        for (;;) {
            errno = 0;  // what `each` did may have set it, and only errno tells the end from an error
            dirent const* const entry = ::readdir(stream);
            if (entry == nullptr) {
                error = errno;
                break;
            }
            each(entry->d_name);
        }
        ::closedir(stream);
        errno = error;
        return error == 0 ? 0 : -1;
#endif
    }

private:
    template <class Call>
    static auto again(Call call) noexcept -> decltype(call()) {
        for (;;) {
            auto const n = call();
            if (n >= 0 || errno != EINTR) return n;
        }
    }
};

}  // namespace barelink::inline v0::posix
