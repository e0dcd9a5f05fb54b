#include "plans/oci/platform.h"
#include "plans/oci/platform_match.h"

#include <doctest/doctest.h>

using namespace mabplan;

namespace {

const Platform kHost{"linux", "amd64", "", "", {}};

Platform platform(std::string_view text) { return parse_platform(text, kHost).value(); }
std::string shown(std::string_view text) { return format_platform(platform(text)); }

std::vector<std::string> fallbacks(std::string_view text) {
    std::vector<std::string> list;
    for (const Platform& each : platform_fallbacks(platform(text))) list.push_back(format_platform(each));
    return list;
}

}  // namespace

TEST_CASE("one platform has one name") {
    CHECK(shown("linux/arm64/v8") == "linux/arm64");
    CHECK(shown("linux/aarch64") == "linux/arm64");
    CHECK(shown("linux/arm") == "linux/arm/v7");
    CHECK(shown("armhf") == "linux/arm/v7");
    CHECK(shown("linux/armel") == "linux/arm/v6");
    CHECK(shown("linux/x86_64") == "linux/amd64");
    CHECK(shown("Linux/AMD64/v1") == "linux/amd64");
    CHECK(shown("linux/arm64/v9.0") == "linux/arm64/v9");
    CHECK(shown("macOS") == "darwin/amd64");
    CHECK(shown("linux/i686") == "linux/386");
    CHECK(shown("linux/riscv64") == "linux/riscv64");
    CHECK(platform_slug(platform("linux/arm/v7")) == "linux-arm-v7");
}

TEST_CASE("as written keeps the variant that normalising drops") {
    CHECK(parse_platform_as_written("linux/arm64/v8", kHost).value().variant == "v8");
    CHECK(parse_platform_as_written("linux/arm", kHost).value().variant.empty());
    CHECK(parse_platform_as_written("linux", Platform{"linux", "arm", "v6", "", {}}).value().variant == "v6");
}

TEST_CASE("what is no platform is refused with a reason") {
    CHECK(parse_platform("linux/arm/foo/bar", kHost).error().message ==
          "\"linux/arm/foo/bar\" is not a platform: it has more than three parts");
    CHECK(parse_platform("", kHost).error().message == "\"\" is not a platform: it is empty");
    CHECK(parse_platform("/linux/arm", kHost).error().message ==
          R"("" is an invalid component of "/linux/arm": platform specifier component must match "^[A-Za-z0-9_.-]+$")");
    CHECK(parse_platform("amd46", kHost).error().hint == "did you mean \"amd64\"?");
    CHECK_FALSE(parse_platform("linux/a b", kHost));
    CHECK_FALSE(parse_platform("linux(1", kHost));
    CHECK_FALSE(parse_platform("linux(1%2)", kHost));
    CHECK_FALSE(parse_platform("linux(1++a)", kHost));
}

TEST_CASE("version and features are written so that they can be read back") {
    const Platform odd{"windows", "amd64", "", "1/0(b)", {"b+1", "", "a%", "b+1"}};
    CHECK(format_platform_full(odd) == "windows(1%2F0%28b%29+a%25+b%2B1)/amd64");
    const Platform again = platform(format_platform_full(odd));
    CHECK(again.os_version == "1/0(b)");
    CHECK(again.os_features == std::vector<std::string>{"a%", "b+1"});
}

TEST_CASE("what runs in place of a platform, best first") {
    CHECK(fallbacks("linux/amd64/v3") == std::vector<std::string>{"linux/amd64/v3", "linux/amd64/v2", "linux/amd64", "linux/386"});
    CHECK(fallbacks("linux/arm/v7") == std::vector<std::string>{"linux/arm/v7", "linux/arm/v6", "linux/arm/v5"});
    CHECK(fallbacks("linux/arm64") ==
          std::vector<std::string>{"linux/arm64", "linux/arm/v8", "linux/arm/v7", "linux/arm/v6", "linux/arm/v5"});
    CHECK(fallbacks("linux/arm64/v9.1").size() == 1 + 1 + 7 + 4);
    CHECK(fallbacks("linux/s390x") == std::vector<std::string>{"linux/s390x"});
    CHECK(fallbacks("linux/amd64/v99999999999").size() == 2);
}

TEST_CASE("the nearest platform is chosen, not the first that runs") {
    const std::vector<Platform> offered{{"linux", "386", "", "", {}},     {"linux", "arm", "v5", "", {}},   {"linux", "arm", "v7", "", {}},
                                        {"linux", "arm64", "v8", "", {}}, {"windows", "amd64", "", "", {}}, {"linux", "amd64", "", "", {}}};
    CHECK(choose_platform(platform("linux/amd64"), offered) == 5);
    CHECK(choose_platform(platform("linux/arm64"), offered) == 3);
    CHECK(choose_platform(platform("linux/arm/v6"), offered) == 1);
    CHECK(choose_platform(platform("linux/arm"), offered) == 2);
    CHECK_FALSE(choose_platform(platform("linux/s390x"), offered));
}

TEST_CASE("features must all be wanted; Windows versions follow its compatibility rule") {
    const Platform plain = platform("linux/amd64");
    const Platform special = platform("linux(+gpu)/amd64");
    CHECK(platform_matches(MatchRule::Exact, special, plain));
    CHECK_FALSE(platform_matches(MatchRule::Exact, plain, special));
    CHECK(rank_platform(MatchRule::Exact, special, special) < rank_platform(MatchRule::Exact, special, plain));
    const auto runs = [](std::string_view host, std::string_view image) {
        return platform_matches(MatchRule::Exact, platform(host), platform(image));
    };
    CHECK(runs("windows(10.0.22621)/amd64", "windows(10.0.20348)/amd64"));
    CHECK_FALSE(runs("windows(10.0.22621)/amd64", "windows(10.0.17763)/amd64"));
    CHECK_FALSE(runs("windows(10.0.17763)/amd64", "windows(10.0.14393)/amd64"));
    CHECK(runs("windows/amd64", "windows(10.0.17763)/amd64"));
}

TEST_CASE("the ARM version in a machine name") {
    CHECK(arm_version("aarch64").value() == "8");
    CHECK(arm_version("armv7l").value() == "7");
    CHECK(arm_version("armv9").value() == "unknown");
    CHECK_FALSE(arm_version("armxxxx"));
    CHECK_FALSE(arm_version("x86_64"));
}
