// SPDX-License-Identifier: BSL-1.0
// The words of a command line about a device of Alibaba Cloud IoT.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string_view>

#include <barelink/cloud/aliyun/explain.hpp>
#include <barelink/profile/aliyun/direct.hpp>
#include <barelink/profile/aliyun/https.hpp>

namespace example {

using namespace barelink;

struct device_options {
    static constexpr std::string_view help =
        "  --product-key, --device-name, --device-secret   the three texts of a device of Alibaba Cloud IoT\n"
        "  --region           where its instance is, such as cn-shanghai; --host is another broker\n"
        "  --instance         the id of an enterprise instance, in the place of --region\n"
        "  --auth             direct (it signs itself) or https (it asks for a token)\n"
        "  --auth-host, --auth-port                        another service for --auth https\n"
        "  --topic            to subscribe and publish to, if it is not /PRODUCT-KEY/DEVICE-NAME/data\n"
        "  --plain            no TLS: only for a stand-in";

    aliyun::identity id      = {};
    aliyun::site     site    = {};
    aliyun::service  service = {};
    std::string_view topic   = {};
    bool             https   = false;
    bool             plain   = false;
    bool             given   = false;

    // Takes an option at the front of `words`. Returns how many words it took, 0 if it is about something else; -1 if
    // it cannot be taken, which was said on stderr.
    int take(std::span<char* const> words) noexcept {
        std::string_view const flag = words[0];
        if (flag == "--plain") {
            plain        = true;
            service.tls  = false;
            return 1;
        }
        struct row {
            std::string_view  flag;
            std::string_view* to;
        };
        std::string_view auth{}, port{};
        row const        rows[] = {{"--product-key", &id.product_key},
                                   {"--device-name", &id.device_name},
                                   {"--device-secret", &id.device_secret},
                                   {"--region", &site.region},
                                   {"--instance", &site.instance},
                                   {"--auth", &auth},
                                   {"--auth-host", &service.host},
                                   {"--auth-port", &port},
                                   {"--topic", &topic}};
        for (auto const& r : rows) {
            if (r.flag != flag) continue;
            if (words.size() < 2) return complain(flag, "needs a value");
            *r.to = words[1];
            given = true;
            if (!auth.empty() && auth != "direct" && auth != "https") return complain(flag, "wants direct or https");
            if (!auth.empty()) https = auth == "https";
            if (!port.empty()) {
                auto const number = std::strtol(port.data(), nullptr, 10);
                if (number < 1 || number > 65'535) return complain(flag, "wants a port");
                service.port = static_cast<std::uint16_t>(number);
            }
            service.region = site.region;
            return 2;
        }
        return 0;
    }

    // Which option to look at, or what the platform means.
    static std::string_view explain(errc why) noexcept {
        switch (why) {
        case errc::bad_product_key: return "--product-key is missing, too long, or has a character that it cannot have";
        case errc::bad_device_name: return "--device-name is missing, too long, or has a character that it cannot have";
        case errc::bad_device_secret: return "--device-secret is missing, too long, or has a blank in it";
        case errc::bad_address: return "--region, --instance, --host or --auth-host is missing or no name of a host";
        case errc::bad_topic:
        case errc::bad_filter: return "--topic has to begin with '/' on this platform";
        default: return aliyun::explain(why);
        }
    }

private:
    static int complain(std::string_view flag, char const* what) noexcept {
        std::fprintf(stderr, "%.*s %s\n", static_cast<int>(flag.size()), flag.data(), what);
        return -1;
    }
};

}  // namespace example
