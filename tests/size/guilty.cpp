// SPDX-License-Identifier: BSL-1.0
// Breaks one claim of claims.py, the one that GUILT names; test_claims.py wants to see each of them found.
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string_view>

extern "C" int device_read(char*);

struct shape {
    virtual int area() = 0;
};

#if GUILT == 1
extern "C" void* whole_guilt() { return std::malloc(7); }
#elif GUILT == 2
extern "C" int* whole_guilt() { return new int{device_read(nullptr)}; }
#elif GUILT == 3
extern "C" void whole_guilt(int* p) { delete p; }
#elif GUILT == 4
struct started {
    int value = device_read(nullptr);
};
started whole_started;
extern "C" int whole_guilt() { return whole_started.value; }
#elif GUILT == 5
extern "C" int whole_guilt() {
    static int const once = device_read(nullptr);
    return once;
}
#elif GUILT == 6
struct square : shape {
    int area() override { return 4; }
};
extern "C" int whole_guilt(shape* s) {
    square own;
    device_read(reinterpret_cast<char*>(&own));
    return s->area();
}
#elif GUILT == 7
// Pulls in the exception of a bad position.
extern "C" std::size_t whole_guilt(std::string_view text, std::size_t at) { return text.substr(at).size(); }
#elif GUILT == 8
namespace barelink {
int counter;
}
extern "C" int whole_guilt() { return ++barelink::counter; }
#elif GUILT == 9
extern "C" int puts(char const*);
extern "C" int whole_guilt() { return puts("a function that is not on the list"); }
#elif GUILT == 10
// Not compiled at all.
#else
extern "C" int whole_guilt() { return device_read(nullptr); }
#endif
