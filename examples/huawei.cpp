// SPDX-License-Identifier: BSL-1.0
// A device of Huawei IoTDA: it signs each login with its secret and the hour.
//
//   huawei DEVICE SECRET --host HOST --port 8883 --ca-file CA.pem       the console shows the host
#include <barelink/profile/huawei.hpp>

#include "cloud.hpp"

using namespace barelink;

int main(int argc, char** argv) {
    static cloud::command_line<2> words;
    words.mqtt.port = huawei::tls_port;
    if (!words.read(argc, argv, "huawei DEVICE SECRET")) return 2;
    words.always_secured();

    wolfcrypt             engine;
    huawei::secret_device device{{words[0], words[1]}, huawei::hour_is::checked, engine, secure::calendar};

    char topic[128];
    return cloud::say_hello(words, device, huawei::message_topic(topic, words[0]));
}
