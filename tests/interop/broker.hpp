// SPDX-License-Identifier: BSL-1.0
// Real brokers as child processes: each on a free loopback port, with its files in a directory of its own.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <barelink/wire/types.hpp>

namespace interop {

// All brokers know this user, and nobody else.
inline constexpr std::string_view user = "device", password = "secret";

// Who wrote the broker. What the two do differently is said in `culture`.
enum class maker { mosquitto, ejabberd };

// A directory that exists for as long as the object does.
class directory {
public:
    directory();
    ~directory();
    directory(directory const&)                    = delete;
    directory&         operator=(directory const&) = delete;
    std::string const& path() const { return path_; }

private:
    std::string path_;
};

class broker {
public:
    // Starts it and waits until it accepts; a failure of the test if it doesn't. With `durable` mosquitto saves its
    // state as often as it can, which makes it slow. ejabberd keeps retained messages in files, and sessions never.
    // `more`: further lines of mosquitto.conf.
    explicit broker(maker who, bool durable = true, std::string more = {});
    ~broker();
    broker(broker const&)            = delete;
    broker& operator=(broker const&) = delete;

    std::uint16_t port() const { return port_; }
    bool          running() const { return process_ > 0; }

    // Ends it with this signal, and waits for the end.
    void stop(int signal);
    // Starts it again, on the same port and with the same files.
    void start();

private:
    std::vector<std::string> command() const;
    std::vector<std::string> environment() const;
    void                     write_files() const;
    bool                     launch(std::string& said);

    maker         who_;
    bool          durable_;
    std::string   more_;
    directory     folder_;
    std::uint16_t port_    = 0;
    pid_t         process_ = 0;
    int           output_  = -1; // what the process says; nobody reads on once it is ready, the pipe is large enough
};

// A broker and the version spoken with it: a row of the table that the tests walk through.
struct culture {
    char const*       name;
    maker             who;
    barelink::version protocol;

    bool tells_session_present() const { return protocol != barelink::version::v3_1; }
};

// All rows whose broker is installed. Where one is not, says so on stderr, and the program ends with status 77, which
// is "skipped" for meson, if nothing else went wrong.
std::vector<culture> cultures();
std::vector<culture> cultures_5(); // the same for 5.0
bool                 installed(maker who);

// One broker of each maker for all test cases of a run.
broker& shared(maker who);

} // namespace interop
