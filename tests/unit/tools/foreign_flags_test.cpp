// Flags of other builders: each has a way, or means nothing.
#include "tools/mabplan/foreign_flags.h"

#include <doctest/doctest.h>

#include <set>

using namespace mabplan;
using namespace mabplan::tools;

namespace {

std::string way_of(std::string_view name, const std::optional<std::string>& value = std::nullopt) {
    const ForeignFlag* flag = find_foreign_flag(foreign_build_flags(), name);
    REQUIRE(flag != nullptr);
    const auto taken = take_foreign_flag(*flag, value);
    return taken ? "taken" : taken.error().hint;
}

}  // namespace

TEST_CASE("each flag is there once, and has a way unless it always means nothing") {
    for (const auto flags : {foreign_build_flags(), foreign_run_flags()}) {
        std::set<std::string_view> names;
        for (const ForeignFlag& flag : flags) {
            CAPTURE(flag.name);
            CHECK(names.insert(flag.name).second);
            CHECK(flag.name.starts_with("-"));
            CHECK((flag.taken == "*") == flag.way.empty());
        }
    }
}

TEST_CASE("what means nothing here is taken, with the values for which that is so") {
    CHECK(way_of("--layers") == "taken");
    CHECK(way_of("--layers", "false") == "taken");
    CHECK(way_of("--rm", "true") == "taken");
    CHECK(way_of("--format", "oci") == "taken");
    CHECK(way_of("--format", "docker").find("type=docker") != std::string::npos);
    CHECK(way_of("--isolation", "chroot") == "taken");
    CHECK(way_of("--pull") == "taken");
    CHECK(way_of("--pull", "never").find("--offline") != std::string::npos);
    CHECK(way_of("--squash", "false") == "taken");
}

TEST_CASE("commands of others in words of ours") {
    using Words = std::vector<std::string>;
    CHECK(in_own_words({"docker", "buildx", "build", "."}) == Words{"build", "."});
    CHECK(in_own_words({"buildx", "--builder", "mine", "build", "."}) == Words{"build", "."});
    CHECK(in_own_words({"buildx", "--builder=mine", "build"}) == Words{"build"});
    CHECK(in_own_words({"buildx", "--builder"}) == Words{"buildx"});
    CHECK(in_own_words({"buildx", "bake", "x"}) == Words{"bake", "x"});
    CHECK(in_own_words({"buildx", "create"}) == Words{"buildx", "create"});
    CHECK_FALSE(way_of_foreign_command("buildx").empty());
}

TEST_CASE("modes of podman's networks") {
    for (const char* own : {"bridge", "private", "pasta", "slirp4netns", "slirp4netns:mtu=1500", "pasta:-T,none"})
        CHECK(foreign_network_hint(own).starts_with("that is what default is"));
    CHECK(foreign_network_hint("container:web").find("host is the host's network") != std::string::npos);
    CHECK(foreign_network_hint("nothing").empty());
}

TEST_CASE("what means something is refused with mabplan's way") {
    CHECK(way_of("--timestamp", "0") == "--build-arg SOURCE_DATE_EPOCH=SECONDS");
    CHECK(way_of("--arch", "arm64") == "--platform linux/ARCH");
    CHECK(way_of("--squash").starts_with("a last stage of one layer"));
    CHECK(way_of("--ignorefile", "x").find(".dockerignore") != std::string::npos);
    CHECK(way_of("--volume", "/a:/b").starts_with("RUN --mount=type=bind"));
    const auto refused = take_foreign_flag(*find_foreign_flag(foreign_build_flags(), "--format"), "docker");
    CHECK(refused.error().message == "mabplan has no --format docker");
    CHECK(refused.error().kind == ErrorKind::Input);
    CHECK(find_foreign_flag(foreign_build_flags(), "--such") == nullptr);
}
