// SPDX-License-Identifier: BSL-1.0
#include "tls/listeners.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "tls/certificates.hpp"

namespace listeners {

namespace {

char const* program() {
    for (char const* path : {"/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto"}) {
        if (::access(path, X_OK) == 0) return path;
    }
    return nullptr;
}

// With glibc an exit function learns the status: a failure must not look like a skip.
void skip_at_exit(int status, void*) {
    std::fflush(nullptr);
    if (status == 0) ::_exit(77);
}

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in a{};
    a.sin_family      = AF_INET;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    a.sin_port        = htons(port);
    return a;
}

// Nobody holds it when this returns, so another program may take it.
std::uint16_t free_port() {
    int const   fd   = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto        a    = loopback(0);
    socklen_t   size = sizeof a;
    auto* const any  = reinterpret_cast<sockaddr*>(&a);
    bool const  good = ::bind(fd, any, size) == 0 && ::getsockname(fd, any, &size) == 0;
    ::close(fd);
    if (!good) throw std::runtime_error{"no free port"};
    return ntohs(a.sin_port);
}

bool answers(std::uint16_t port) {
    int const  fd   = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto const a    = loopback(port);
    bool const good = ::connect(fd, reinterpret_cast<sockaddr const*>(&a), sizeof a) == 0;
    ::close(fd);
    return good;
}

}  // namespace

bool available() {
    if (program() != nullptr) return true;
    static bool const told = [] {
        std::fputs("mosquitto is not installed: its tests are skipped\n", stderr);
        return ::on_exit(skip_at_exit, nullptr) == 0;
    }();
    static_cast<void>(told);
    return false;
}

broker::broker() {
    for (int i = 0; i < 5; ++i) {
        if (start()) return;
        stop();
    }
    throw std::runtime_error{"mosquitto does not start, see " + log_};
}

broker::~broker() { stop(); }

bool broker::start() {
    auto const& folder = certificates::folder();
    log_               = folder + "/mosquitto.log";
    std::ofstream{folder + "/psk"} << identity << ":30313233343536373839616263646566\n";
    std::ofstream conf{folder + "/mosquitto.conf"};
    conf << "per_listener_settings true\npersistence false\n";
    if (::geteuid() == 0) conf << "user root\n";
    for (std::size_t k = 0; k < count; ++k) {
        ports_[k] = free_port();
        conf << "listener " << ports_[k] << " 127.0.0.1\nallow_anonymous true\n";
        if (k == psk) conf << "psk_hint barelink\npsk_file " << folder << "/psk\n";
        if (k == plain || k == psk) continue;
        auto const name = folder + (k == rsa ? "/rsa" : "/good");
        conf << "certfile " << name << ".crt\nkeyfile " << name << ".key\n";
        if (k == mutual) conf << "cafile " << folder << "/trusted.crt\nrequire_certificate true\n";
    }
    conf.close();

    auto const  path   = folder + "/mosquitto.conf";
    int const   output = ::open(log_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    pid_t const parent = ::getpid();
    child_             = ::fork();
    if (child_ == 0) {
        // It ends with us, however we end.
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) ::_exit(126);
        ::dup2(output, 1);
        ::dup2(output, 2);
        ::execl(program(), "mosquitto", "-c", path.c_str(), static_cast<char*>(nullptr));
        ::_exit(127);
    }
    ::close(output);
    for (int i = 0; i < 300; ++i) {
        bool all = true;
        for (auto const port : ports_) all = all && answers(port);
        if (all) return ::waitpid(child_, nullptr, WNOHANG) == 0;
        if (::waitpid(child_, nullptr, WNOHANG) != 0) break;
        ::poll(nullptr, 0, 50);
    }
    return false;
}

void broker::stop() {
    if (child_ <= 0) return;
    ::kill(child_, SIGTERM);
    ::waitpid(child_, nullptr, 0);
    child_ = -1;
}

}  // namespace listeners
