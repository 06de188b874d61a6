// SPDX-License-Identifier: BSL-1.0
// A device of an Azure IoT Hub: it signs each login with its key and the time.
//
//   azure HUB.azure-devices.net DEVICE KEY --ca-file DigiCertGlobalRootG2.pem
#include <barelink/profile/azure.hpp>

#include "cloud.hpp"

using namespace barelink;

int main(int argc, char** argv) {
    static cloud::command_line<3> words;
    if (!words.read(argc, argv, "azure HUB DEVICE KEY")) return 2;
    words.always_secured();

    wolfcrypt             engine;
    azure::identity const id{words[0], words[1], {}};
    azure::key_device     device{id, {words[2], {}}, engine, secure::calendar};

    char topic[200];
    return cloud::say_hello(words, device, azure::telemetry_topic(topic, id));
}
