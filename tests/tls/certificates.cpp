// SPDX-License-Identifier: BSL-1.0
#include "tls/certificates.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>

namespace certificates {

namespace {

// A folder that exists for as long as the object does.
struct made {
    made() {
        path = (std::filesystem::temp_directory_path() / "barelink-tls-XXXXXX").string();
        if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error{"no temporary folder"};
        // mosquitto changes its user.
        std::filesystem::permissions(path, std::filesystem::perms{0755});
        auto const command =
            std::string{"bash "} + CERTIFICATES_DIR + "/make_certificates.sh " + path + " >" + path + "/log 2>&1";
        if (std::system(command.c_str()) != 0) throw std::runtime_error{"make_certificates.sh failed:\n" + read("log")};
    }
    ~made() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    std::string read(std::string const& name) const {
        std::ifstream file{path + "/" + name, std::ios::binary};
        if (!file) throw std::runtime_error{"no file " + name};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    std::string path;
};

made const& all() {
    static made const here;
    return here;
}

}  // namespace

std::string const& folder() { return all().path; }

std::string const& text(std::string const& name) {
    static std::map<std::string, std::string> known;
    auto const                                found = known.find(name);
    return found != known.end() ? found->second : known.emplace(name, all().read(name)).first->second;
}

}  // namespace certificates
