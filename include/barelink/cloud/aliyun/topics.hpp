// SPDX-License-Identifier: BSL-1.0
// Topics of Alibaba Cloud IoT: the names of product and device are part of almost all of them.
#pragma once

#include <cstddef>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/cloud/aliyun/identity.hpp>
#include <barelink/cloud/aliyun/limits.hpp>
#include <barelink/text/builder.hpp>
#include <barelink/text/slice.hpp>

namespace barelink::inline v0::aliyun {

// A topic as the console shows it, with ${productKey} and ${deviceName} in it. From a literal it is checked while
// compiling: `constexpr topic_pattern post{"/sys/${productKey}/${deviceName}/thing/event/property/post"};`
class topic_pattern {
public:
    template <std::size_t N>
    consteval topic_pattern(char const (&literal)[N]) : text_{literal, N - 1} {
        detail::refuse(find_filter_fault(text_));
        detail::refuse(check_topic({.leading_slash = true}, text_));
    }
    [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }

private:
    std::string_view text_;
};

// Writes the topic of this device. Returns bad_product_key, bad_device_name, topic_too_long above the platform's 128
// bytes, text_too_long. Work: the length.
[[nodiscard]] constexpr result<std::string_view> expand(bytes_out room, topic_pattern pattern,
                                                        identity const& id) noexcept {
    constexpr std::string_view product_key = "${productKey}";
    constexpr std::string_view device_name = "${deviceName}";
    if (auto const e = check_name(id); e != errc::ok) return e;
    builder out{room};
    for (auto rest = pattern.text(); !rest.empty();) {
        if (rest.starts_with(product_key)) {
            out << id.product_key;
            rest.remove_prefix(product_key.size());
        } else if (rest.starts_with(device_name)) {
            out << id.device_name;
            rest.remove_prefix(device_name.size());
        } else {
            out << rest[0];
            rest.remove_prefix(1);
        }
    }
    auto const topic = out.take();
    if (topic && topic.value.size() > limits.topic_max) return errc::topic_too_long;
    return topic;
}

// What devices use most. With "_ss=1" among the extensions of CONNECT the cloud subscribes to what it sends.
inline constexpr topic_pattern ota_inform{"/ota/device/inform/${productKey}/${deviceName}"};
inline constexpr topic_pattern ota_upgrade{"/ota/device/upgrade/${productKey}/${deviceName}"};
inline constexpr topic_pattern ota_progress{"/ota/device/progress/${productKey}/${deviceName}"};
inline constexpr topic_pattern ota_get{"/sys/${productKey}/${deviceName}/thing/ota/firmware/get"};
inline constexpr topic_pattern ota_get_reply{"/sys/${productKey}/${deviceName}/thing/ota/firmware/get_reply"};
inline constexpr topic_pattern time_request{"/ext/ntp/${productKey}/${deviceName}/request"};
inline constexpr topic_pattern time_response{"/ext/ntp/${productKey}/${deviceName}/response"};
inline constexpr topic_pattern property_post{"/sys/${productKey}/${deviceName}/thing/event/property/post"};
inline constexpr topic_pattern property_post_reply{"/sys/${productKey}/${deviceName}/thing/event/property/post_reply"};
inline constexpr topic_pattern property_set{"/sys/${productKey}/${deviceName}/thing/service/property/set"};
inline constexpr topic_pattern property_set_reply{"/sys/${productKey}/${deviceName}/thing/service/property/set_reply"};
inline constexpr topic_pattern shadow_update{"/shadow/update/${productKey}/${deviceName}"};
inline constexpr topic_pattern shadow_get{"/shadow/get/${productKey}/${deviceName}"};
inline constexpr topic_pattern rrpc_requests{"/sys/${productKey}/${deviceName}/rrpc/request/+"};

// The topic of the answer to an RRPC request: that of the request with `response`, or the request's own if it is one of
// /ext/rrpc/. The caller waits 1 to 8 seconds. Returns bad_topic for anything else, text_too_long.
[[nodiscard]] constexpr result<std::string_view> rrpc_response(bytes_out room, std::string_view request) noexcept {
    constexpr std::string_view part = "/rrpc/request/";
    builder                    out{room};
    auto const                 at = request.find(part);
    if (request.starts_with("/ext/rrpc/")) {
        out << request;
    } else if (request.starts_with("/sys/") && at != std::string_view::npos) {
        out << slice(request, 0, at) << "/rrpc/response/" << slice(request, at + part.size());
    } else {
        return errc::bad_topic;
    }
    return out.take();
}

}  // namespace barelink::inline v0::aliyun
