// SPDX-License-Identifier: BSL-1.0
// A device of Tencent IoT Hub: it signs each login with its key, the time and a word of chance.
//
//   tencent PRODUCT DEVICE KEY
//
// The hub takes devices with a key on TCP; --tls ... is for whoever has something in front of it.
#include <barelink/profile/tencent.hpp>

#include "cloud.hpp"

using namespace barelink;

int main(int argc, char** argv) {
    static cloud::command_line<3> words;
    if (!words.read(argc, argv, "tencent PRODUCT DEVICE KEY")) return 2;

    wolfcrypt               engine;
    posix::entropy          entropy;
    tencent::identity const id{words[0], words[1], words[2]};
    tencent::key_device     device{id, engine, secure::calendar, entropy};

    char topic[128];
    return cloud::say_hello(words, device, tencent::topic(topic, id, "event"));
}
