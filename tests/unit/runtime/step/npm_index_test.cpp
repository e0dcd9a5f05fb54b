// The times in npm's index become those of the layer, and each line is still one that npm accepts.
#include "runtime/step/npm_index.h"

#include "plans/base/sha1.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

LayerOptions layer() {
    LayerOptions options;
    options.time = 86400;
    return options;
}

std::string line(const std::string& object) { return "\n" + sha1_hex(object) + "\t" + object; }
std::string entry(const std::string& time, const std::string& answered, const std::string& date) {
    return line(R"({"key":"request:https://registry/a","integrity":"sha512-x","time":)" + time + R"(,"size":7,"metadata":{"time":)" +
                answered + R"(,"url":"https://registry/a","resHeaders":{"date":")" + date + R"("},"options":{"compress":true}}})");
}

}  // namespace

TEST_CASE("SHA-1 is that of FIPS 180-4") { CHECK(sha1_hex("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d"); }

TEST_CASE("times of the step become that of the layer, in all lines") {
    const std::string index = entry("1795947804103", "1795947802697", "Sun, 29 Nov 2026 10:23:22 GMT") +
                              entry("1795947904103", "1795947902697", "Sun, 29 Nov 2026 10:25:02 GMT");
    const std::string settled = entry("86400000", "86400000", "Fri, 02 Jan 1970 00:00:00 GMT");
    CHECK(with_layer_times(index, layer()) == settled + settled);
    CHECK(with_layer_times(settled, layer()) == settled);
}

TEST_CASE("older times, and what npm would not accept, stay") {
    const std::string old = entry("5000", "4000", "Thu, 01 Jan 1970 00:00:04 GMT");
    CHECK(with_layer_times(old, layer()) == old);
    const std::string damaged = "\n" + std::string(40, '0') + "\t{\"time\":1795947804103}";
    CHECK(with_layer_times(damaged, layer()) == damaged);
    for (const char* text : {"", "\n", "x", "\n\n{\"time\":1795947804103}", "{\"time\":1795947804103}"})
        CHECK(with_layer_times(text, layer()) == text);
    const std::string quoted = line(R"({"key":"\"time\":1795947804103","time":5000})");
    CHECK(with_layer_times(quoted, layer()) == quoted);
    const std::string odd = line(R"({"time":,"x":"date"})");
    CHECK(with_layer_times(odd, layer()) == odd);
}
