// Words of the command line as values, and what is said of those that are none.
#include "tools/mabplan/command_line.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::tools;

namespace {

using Words = std::vector<std::string>;

Result<Invocation> read(const Words& words) {
    std::vector<const char*> argv{"mabplan"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    return parse_command_line(static_cast<int>(argv.size()), argv.data());
}

template <class Options>
Options options(const Words& words) {
    const auto invocation = read(words);
    if (!invocation) FAIL(format_error(invocation.error()));
    return std::get<Options>(*invocation);
}

// "message | hint"
std::string refused(const Words& words) {
    const auto invocation = read(words);
    if (invocation) return "taken";
    CHECK(invocation.error().kind == ErrorKind::Input);
    return invocation.error().message + " | " + invocation.error().hint;
}

}  // namespace

TEST_CASE("all behind the image is its command's") {
    CHECK(options<ImageRunOptions>({"image", "run", "app", "-x"}).command == Words{"-x"});
    CHECK(options<ImageRunOptions>({"image", "run", "app", "sh", "-c", "--platform"}).command == Words{"sh", "-c", "--platform"});
    const auto flags = options<ImageRunOptions>({"image", "run", "-e", "A=b", "--platform=linux/arm64", "-uroot", "app", "--", "-u"});
    CHECK(flags.image == "app");
    CHECK(flags.env == Words{"A=b"});
    CHECK(flags.platform == "linux/arm64");
    CHECK(flags.user == "root");
    CHECK(flags.command == Words{"--", "-u"});
    CHECK(options<ImageRunOptions>({"image", "run", "--", "app", "-x"}).command == Words{"-x"});
    CHECK(options<ImageRunOptions>({"image", "run", "-it", "--rm", "app", "-it"}).command == Words{"-it"});
}

TEST_CASE("what is wrong is blamed, not what stands before it") {
    CHECK(refused({"image", "ls"}) == "unknown command \"ls\" of `mabplan image` | known are inspect, run");
    CHECK(refused({"image", "inspekt"}) == "unknown command \"inspekt\" of `mabplan image` | did you mean \"inspect\"?");
    CHECK(refused({"cache"}) == "a command is missing behind `mabplan cache` | known are ls, du, prune");
    CHECK(refused({"cache", "--all"}) == "unknown flag --all | see `mabplan cache --help`");
    CHECK(refused({"biuld"}) == "unknown command \"biuld\" | did you mean \"build\"?");
    CHECK(refused({"build", "--targte", "x", "."}) == "unknown flag --targte | did you mean \"--target\"?");
    CHECK(refused({"build", "--no-such", "."}) == "unknown flag --no-such | see `mabplan build --help`");
}

TEST_CASE("flags of other builders") {
    const auto build = options<BuildOptions>({"build", "--layers", "--format", "oci", "--rm=false", "--label", "--squash", "-t", "x", "--isolation=chroot", "dir"});
    CHECK(build.context == "dir");
    CHECK(build.tags == Words{"x"});
    CHECK(build.labels == Words{"--squash"});
    CHECK(refused({"build", "--squash", "."}).starts_with("mabplan has no --squash | a last stage"));
    CHECK(refused({"build", "--format=docker", "."}).starts_with("mabplan has no --format docker | images are OCI"));
    CHECK(refused({"build", "-v", "/data:/data", "."}).starts_with("mabplan has no --volume | RUN --mount"));
    CHECK(options<BuildOptions>({"build", "-v", "/data"}).common.detail == Detail::Verbose);
    CHECK(refused({"check", "--pull=never"}).starts_with("mabplan has no --pull never"));
    CHECK(refused({"image", "run", "-p", "80:80", "app"}).starts_with("mabplan has no -p | "));
}

TEST_CASE("help names the whole command") {
    for (const Words& words : {Words{"build", "--help"}, Words{"help", "build"}})
        CHECK(options<TextAnswer>(words).text.find("mabplan build") != std::string::npos);
    CHECK(options<TextAnswer>({"image", "run", "--help"}).text.find("mabplan image run") != std::string::npos);
    CHECK(refused({"help", "image", "rnu"}) == "there is no help on \"rnu\" | did you mean \"run\"?");
}
