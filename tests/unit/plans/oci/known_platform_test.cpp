#include "plans/oci/known_platform.h"

#include <doctest/doctest.h>

using namespace mabplan;

namespace {

const Platform kHost{"linux", "amd64", "", "", {}};

std::string shown(std::string_view text) { return format_platform(parse_known_platform(text, kHost).value()); }
Error refused(std::string_view text) {
    auto read = parse_known_platform(text, kHost);
    REQUIRE_FALSE(read);
    return read.error();
}

}  // namespace

TEST_CASE("what people and prefixes of images write is understood") {
    CHECK(shown("arm64/v8") == "linux/arm64");
    CHECK(shown("arm/v6") == "linux/arm/v6");
    CHECK(shown("amd64/v3") == "linux/amd64/v3");
    CHECK(shown("arm32") == "linux/arm/v7");
    CHECK(shown("linux/arm32") == "linux/arm/v7");
    CHECK(shown("arm32v6") == "linux/arm/v6");
    CHECK(shown("arm32/v5") == "linux/arm/v5");
    CHECK(shown("linux/arm64v8") == "linux/arm64");
    CHECK(shown("arm64") == "linux/arm64");
    CHECK(shown("linux") == "linux/amd64");
    CHECK(shown("linux/riscv64/rva22u64") == "linux/riscv64/rva22u64");
    CHECK(shown("windows(10.0.17763)/amd64") == "windows/amd64");
    CHECK(shown("linux/arm64/v9.2") == "linux/arm64/v9.2");
}

TEST_CASE("a platform that nobody has is refused with the nearest that there is") {
    CHECK(refused("linux/amd46").message == "\"linux/amd46\" is no platform that exists: Linux has no architecture \"amd46\"");
    CHECK(refused("linux/amd46").hint == "did you mean \"linux/amd64\"?");
    CHECK(refused("linxu/arm/v6").hint == "did you mean \"linux/arm/v6\"?");
    CHECK(refused("linux/notanarch").hint.starts_with("Linux has 386, amd64"));
    CHECK(refused("linux/wasm").message.ends_with("Linux has no architecture \"wasm\""));
    CHECK(refused("linux/arm/v9").hint == "the variants are v5 to v8");
    CHECK(refused("linux/amd64/v5").message.ends_with("amd64 has no variant \"v5\""));
    CHECK(refused("linux/arm64/hf").hint == "the variants are v8 to v9");
    CHECK(refused("unknown/unknown").message.ends_with("there is no system \"unknown\""));
    CHECK(refused("amd46").hint == "did you mean \"amd64\"?");
    CHECK(refused("linux/armv7").hint == "did you mean \"linux/arm/v7\"?");
    CHECK(refused("linux/armv7l").hint == "did you mean \"linux/arm/v7\"?");
    CHECK(refused("linux/armv8").hint == "did you mean \"linux/arm64\"?");
    CHECK(refused("armv7").hint == "did you mean \"linux/arm/v7\"?");
    CHECK(refused("linux/aarch46").hint == "did you mean \"linux/arm64\"?");
    CHECK(refused("aarch46").hint == "did you mean \"arm64\"?");
    CHECK(refused("linux/x86-46").hint == "did you mean \"linux/amd64\"?");
    CHECK(refused("linux/amd46/v2").hint == "did you mean \"linux/amd64/v2\"?");
}

TEST_CASE("systems that other toolchains name are known") {
    CHECK(shown("wasi/wasm") == "wasi/wasm");
    CHECK(shown("wasip1/wasm") == "wasip1/wasm");
    CHECK(refused("wasy/wasm").message.ends_with("there is no system \"wasy\""));
}
