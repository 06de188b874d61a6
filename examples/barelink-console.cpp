// SPDX-License-Identifier: BSL-1.0
// Tries a broker by hand or from a script: commands on standard input, what happens as JSON on standard output.
//
//   printf 'connect\nwait-for connected 5000\nsubscribe 1 a/#\nwait-for message 60000\n' | barelink-console --port 1883
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "console/console.hpp"
#include "console/settings.hpp"

namespace {

// Sleeps until a command comes (if `commands`), the network moves, or poll() is due. Returns whether a command came.
bool sleep(console::console& shell, console::link const& mqtt, console::network& tcp, bool commands) {
    std::array<pollfd, 1 + console::network::max_watched> set{};
    set[0]           = {.fd = commands ? STDIN_FILENO : -1, .events = POLLIN, .revents = 0};
    auto const count = 1 + tcp.watch(std::span{set}.subspan(1), mqtt.wants());
    auto const left  = tcp.longest_sleep(shell.next_deadline().left(barelink::posix::clock::now()));
    auto const ms    = left == barelink::deadline::never ? -1 : left < INT_MAX ? static_cast<int>(left) : INT_MAX;
    return ::poll(set.data(), static_cast<nfds_t>(count), ms) > 0 && set[0].revents != 0;
}

}  // namespace

int main(int argc, char** argv) {
    static console::settings settings;
    auto const               how = settings.read(argc, argv);
    if (how != console::start::go) return how == console::start::help ? 0 : 2;

    static constinit barelink::storage<console::sizes> memory{};
    static constinit console::input                    commands{};

    console::network         tcp{settings.tls()};
    barelink::posix::clock   clock;
    barelink::posix::entropy entropy;
    console::authentication  auth{settings.auth()};
    console::link            mqtt{memory, tcp, clock, settings.link(), entropy, auth};
    static console::console  shell{mqtt, settings.link()};
    mqtt.announce(settings.link_5());

    // The client gets its turn between any two commands.
    for (;;) {
        shell.poll();
        if (shell.over()) return 0;
        bool const ready = !shell.waiting() && !shell.quitting();
        if (console::input::line line; ready && commands.next(line)) {
            shell.run(line);
        } else if (ready && commands.ended()) {
            shell.quit();
        } else if (sleep(shell, mqtt, tcp, ready)) {
            commands.fill();
        }
    }
}
