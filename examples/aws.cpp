// SPDX-License-Identifier: BSL-1.0
// A thing of AWS IoT Core: its certificate says who it is.
//
//   aws PREFIX REGION THING --ca-file AmazonRootCA1.pem --cert-file thing.pem --key-file thing.key
//
// Where firewalls let only port 443 pass: --port 443 --alpn x-amzn-mqtt-ca, with --host PREFIX-ats.iot....
#include <barelink/profile/aws.hpp>

#include "cloud.hpp"

using namespace barelink;

int main(int argc, char** argv) {
    static cloud::command_line<3> words;
    if (!words.read(argc, argv, "aws PREFIX REGION THING")) return 2;
    words.always_secured();

    aws::certificate_device device{words[2], {words[0], words[1]}};
    return cloud::say_hello(words, device, std::string_view{"barelink/hello"});
}
