// SPDX-License-Identifier: BSL-1.0
#include "broker.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <glob.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <map>
#include <memory>
#include <stdexcept>
#include <utility>

namespace interop {

namespace {

constexpr int  skipped      = 77; // for meson
constexpr auto start_within = std::chrono::seconds{30};

// The full path of a program. Brokers live where a user without root has no PATH to.
std::string find_program(std::string const& name) {
    char const* const set  = std::getenv("PATH");
    std::string       path = std::string{set != nullptr ? set : ""} + ":/usr/bin:/bin:/usr/sbin:/sbin:";
    for (std::size_t from = 0, to; (to = path.find(':', from)) != std::string::npos; from = to + 1) {
        auto const full = path.substr(from, to - from) + '/' + name;
        if (to != from && ::access(full.c_str(), X_OK) == 0) return full;
    }
    return {};
}

// Where the beam files of Debian's ejabberd lie, as the Erlang library path that leads to them.
std::string ejabberd_libraries() {
    glob_t      found{};
    std::string path;
    for (char const* pattern : {"/usr/lib/*/ejabberd-*/ebin/mod_mqtt.beam", "/usr/lib/ejabberd-*/ebin/mod_mqtt.beam",
                                "/usr/lib/erlang/lib/ejabberd-*/ebin/mod_mqtt.beam"}) {
        if (path.empty() && ::glob(pattern, 0, nullptr, &found) == 0) {
            path = std::filesystem::path{found.gl_pathv[0]}.parent_path().parent_path().parent_path();
        }
        ::globfree(&found);
    }
    return path;
}

// Nobody holds it any more when this returns, so another program may take it: whoever uses it has to try again then.
std::uint16_t free_port() {
    int const   fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in a{};
    socklen_t   size  = sizeof a;
    a.sin_family      = AF_INET;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool const good   = ::bind(fd, reinterpret_cast<sockaddr*>(&a), sizeof a) == 0 &&
                      ::getsockname(fd, reinterpret_cast<sockaddr*>(&a), &size) == 0;
    ::close(fd);
    if (!good) throw std::runtime_error{"no free loopback port"};
    return ntohs(a.sin_port);
}

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> all;
    for (auto& w : words) all.push_back(w.data());
    all.push_back(nullptr);
    return all;
}

// Starts a program whose output goes to the pipe. It ends with us, however we end.
pid_t spawn(std::vector<std::string> command, std::vector<std::string> environment, int output) {
    auto const  arguments = pointers(command);
    auto const  variables = pointers(environment);
    int const   nothing   = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    pid_t const parent    = ::getpid();
    pid_t const child     = ::fork();
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) ::_exit(126);
        ::dup2(nothing, 0);
        ::dup2(output, 1);
        ::dup2(output, 2);
        ::execve(arguments[0], arguments.data(), variables.data());
        ::_exit(127);
    }
    ::close(nothing);
    if (child < 0) throw std::runtime_error{"fork failed"};
    return child;
}

// Reads until the text has come. Returns false at the end of the output, or if it takes too long.
bool wait_for(std::string_view text, int output, std::string& said) {
    auto const until = std::chrono::steady_clock::now() + start_within;
    while (said.find(text) == std::string::npos) {
        using milliseconds = std::chrono::milliseconds;
        auto const left    = std::chrono::duration_cast<milliseconds>(until - std::chrono::steady_clock::now()).count();
        pollfd     p{output, POLLIN, 0};
        char       part[4096];
        if (left <= 0 || ::poll(&p, 1, static_cast<int>(left)) == 0) return false;
        auto const n = ::read(output, part, sizeof part);
        if (n == 0 || (n < 0 && errno != EINTR)) return false;
        if (n > 0) said.append(part, static_cast<std::size_t>(n));
    }
    return true;
}

void run(std::vector<std::string> const& command) {
    int const   sink   = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    pid_t const child  = spawn(command, {"PATH=/usr/bin:/bin"}, sink);
    int         status = -1;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    ::close(sink);
    if (status != 0) throw std::runtime_error{command[0] + " failed"};
}

// `durable`: it saves everything in the round of its loop in which a retained message has changed. What changes
// otherwise (QoS 2 exchanges, for one) is saved along with the next one, and so a SIGKILL can take it back.
std::string mosquitto_conf(std::string const& folder, std::uint16_t port, bool durable, std::string const& more) {
    std::string text = "listener " + std::to_string(port) + " 127.0.0.1\n";
    text += "allow_anonymous false\npassword_file " + folder + "/users\n";
    text += durable ? "persistence true\nautosave_on_changes true\nautosave_interval 1\n" : "persistence false\n";
    text += "persistence_location " + folder + "/\n";
    text += "set_tcp_nodelay true\nlog_dest stderr\n";
    for (char const* type : {"error", "warning", "notice", "information"})
        text += std::string{"log_type "} + type + '\n';
    // Started by root it would become another user, whom the folder is closed to.
    if (::geteuid() == 0) text += "user root\n";
    return text + more;
}

std::string ejabberd_yml(std::uint16_t port) {
    return "hosts: [localhost]\nloglevel: warning\nauth_method: [internal]\nacme:\n  auto: false\n"
           "listen:\n  -\n    port: " +
           std::to_string(port) +
           "\n    ip: 127.0.0.1\n    module: mod_mqtt\n"
           "modules:\n  mod_mqtt:\n    session_expiry: 10 minutes\n    max_queue: unlimited\n";
}

// Set when a broker is missing. With glibc an exit function learns the status: a failure must not look like a skip.
void skip_at_exit(int status, void*) {
    std::fflush(nullptr);
    if (status == 0) ::_exit(skipped);
}

} // namespace

directory::directory() {
    char const* const set  = std::getenv("TMPDIR");
    std::string       name = std::string{set != nullptr ? set : P_tmpdir} + "/barelink-interop-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"no temporary directory"};
    path_ = name;
}

directory::~directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

broker::broker(maker who, bool durable, std::string more) : who_{who}, durable_{durable}, more_{std::move(more)} {
    if (who_ == maker::mosquitto) {
        run({find_program("mosquitto_passwd"), "-b", "-c", folder_.path() + "/users", std::string{user},
             std::string{password}});
    }
    std::string said;
    for (int i = 0; i < 5; ++i) {
        port_ = free_port();
        write_files();
        if (launch(said)) return;
    }
    throw std::runtime_error{"the broker does not start:\n" + said};
}

broker::~broker() {
    if (running()) stop(SIGKILL);
}

void broker::write_files() const {
    bool const    erlang = who_ == maker::ejabberd;
    std::ofstream out{folder_.path() + (erlang ? "/ejabberd.yml" : "/mosquitto.conf")};
    out << (erlang ? ejabberd_yml(port_) : mosquitto_conf(folder_.path(), port_, durable_, more_));
}

// ejabberd runs in an Erlang node without a name: no epmd, no cookie, no port but ours.
std::vector<std::string> broker::command() const {
    auto const& at = folder_.path();
    if (who_ == maker::mosquitto) return {find_program("mosquitto"), "-c", at + "/mosquitto.conf"};
    std::string const ready = "ejabberd_auth:try_register(<<\"" + std::string{user} + "\">>,<<\"localhost\">>,<<\"" +
                              std::string{password} + "\">>), io:format(\"running~n\").";
    return {find_program("erl"), "+sbwt", "none",     "-noinput", "-mnesia", "dir",
            '"' + at + "/db\"",  "-s",    "ejabberd", "-eval",    ready};
}

std::vector<std::string> broker::environment() const {
    auto const&              at  = folder_.path();
    std::vector<std::string> all = {"PATH=/usr/bin:/bin", "HOME=" + at, "LANG=C.UTF-8"};
    if (who_ == maker::ejabberd) {
        all.push_back("ERL_LIBS=" + ejabberd_libraries());
        all.push_back("ERL_CRASH_DUMP=" + at + "/crash");
        all.push_back("EJABBERD_CONFIG_PATH=" + at + "/ejabberd.yml");
        all.push_back("EJABBERD_LOG_PATH=" + at + "/ejabberd.log");
    }
    return all;
}

bool broker::launch(std::string& said) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return false;
    ::fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
    process_ = spawn(command(), environment(), ends[1]);
    output_  = ends[0];
    ::close(ends[1]);
    said.clear();
    if (wait_for("running\n", output_, said)) return true;
    stop(SIGKILL);
    return false;
}

void broker::start() {
    std::string said;
    if (!launch(said)) throw std::runtime_error{"the broker does not come back:\n" + said};
}

void broker::stop(int signal) {
    ::kill(process_, signal);
    while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
    }
    ::close(output_);
    process_ = 0;
    output_  = -1;
}

bool installed(maker who) {
    if (who == maker::mosquitto) return !find_program("mosquitto").empty() && !find_program("mosquitto_passwd").empty();
    return !find_program("erl").empty() && !ejabberd_libraries().empty();
}

namespace {

std::vector<culture> those_installed(std::initializer_list<culture> rows) {
    static bool          registered = false;
    std::vector<culture> all;
    for (auto const& c : rows) {
        if (installed(c.who)) {
            all.push_back(c);
            continue;
        }
        std::fprintf(stderr, "SKIPPED: %s (install the package %s)\n", c.name,
                     c.who == maker::mosquitto ? "mosquitto" : "ejabberd");
        if (!registered) ::on_exit(skip_at_exit, nullptr);
        registered = true;
    }
    return all;
}

} // namespace

std::vector<culture> cultures() {
    return those_installed({{"mosquitto, 3.1.1", maker::mosquitto, barelink::version::v3_1_1},
                            {"mosquitto, 3.1", maker::mosquitto, barelink::version::v3_1},
                            {"ejabberd, 3.1.1", maker::ejabberd, barelink::version::v3_1_1}});
}

std::vector<culture> cultures_5() {
    return those_installed({{"mosquitto, 5.0", maker::mosquitto, barelink::version::v5},
                            {"ejabberd, 5.0", maker::ejabberd, barelink::version::v5}});
}

broker& shared(maker who) {
    static std::map<maker, std::unique_ptr<broker>> all;
    auto&                                           one = all[who];
    if (!one) one = std::make_unique<broker>(who, false);
    return *one;
}

} // namespace interop
