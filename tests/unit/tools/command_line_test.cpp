// Words of the command line as values, and what is said of those that are none.
#include "tools/mabplan/command_line.h"

#include "plans/base/format.h"

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
    CHECK(refused({"image", "zzzzzz"})
              .starts_with("unknown command \"zzzzzz\" of `mabplan image` | known are inspect, pull, push, copy, save,"));
    CHECK(refused({"image", "inspekt"}) == "unknown command \"inspekt\" of `mabplan image` | did you mean \"inspect\"?");
    CHECK(refused({"cache"}) ==
          "a command is missing behind `mabplan cache` | known are ls, show, du, prune, verify, export, import, mounts");
    CHECK(refused({"cache", "--nothing"}) == "unknown flag --nothing | see `mabplan cache --help`");
    CHECK(refused({"cache", "--all"}) == "the flag --all stands before the command | flags stand behind it: `mabplan cache prune --all …`");
    CHECK(refused({"biuld"}) == "unknown command \"biuld\" | did you mean \"build\"?");
    CHECK(refused({"imgae", "run", "x"}) == "unknown command \"imgae\" | did you mean \"image\"?");
    CHECK(refused({"image", "inspct", "run"}) == "unknown command \"inspct\" of `mabplan image` | did you mean \"inspect\"?");
    CHECK(refused({"nothing", "like", "build", "."}) == "unknown command \"nothing\" | see `mabplan --help`");
    CHECK(refused({"-C", ".", "build"}) == "the flag -C stands before the command | flags stand behind it: `mabplan compile -C …`");
    CHECK(refused({"--no-cache=true", "build"}).starts_with("the flag --no-cache stands before the command"));
    CHECK(refused({"--nothing", "build"}) == "unknown flag --nothing | see `mabplan --help`");
    CHECK(refused({"build", "--targte", "x", "."}) == "unknown flag --targte | did you mean \"--target\"?");
    CHECK(refused({"build", "--no-such", "."}) == "unknown flag --no-such | see `mabplan build --help`");
}

TEST_CASE("commands of other builders") {
    CHECK(refused({"bake"}).find("`mabplan compile && mabplan run`") != std::string::npos);
    CHECK(refused({"ls"}).ends_with("| `mabplan image ls`, `mabplan cache ls`"));
    CHECK(options<ImageMergeOptions>({"buildx", "imagetools", "create", "-t", "a:1", "-t", "b", "c", "d"}).tags ==
          std::vector<std::string>{"a:1", "b"});
    CHECK(options<BuildOptions>({"buildx", "build", "-t", "a", "dir"}).context == "dir");
    CHECK(options<BuildOptions>({"docker", "build", "dir"}).context == "dir");
    CHECK(options<ImageInspectOptions>({"imagetools", "inspect", "--raw", "app"}).raw);
    CHECK(options<ImageInspectOptions>({"buildx", "imagetools", "inspect", "app"}).images == std::vector<std::string>{"app"});
    CHECK(options<ImageTransferOptions>({"push", "app:1"}).what == ImageTransferOptions::What::Push);
    CHECK(options<ImageTransferOptions>({"pull", "-a", "app"}).all_tags);
    CHECK(options<ImageTransferOptions>({"pull", "--all-platforms", "app:1"}).all_platforms);
    CHECK(options<ImageRunOptions>({"image", "run", "-h", "web", "app:1"}).hostname == "web");
    CHECK(options<BuildOptions>({"build", "--pull", "."}).pull == "true");
    CHECK(options<BuildOptions>({"build", "--pull=always", "."}).pull == "always");
    CHECK(refused({"build", "--pull=perhaps", "."}).find("expected always, newer, missing or never") != std::string::npos);
    CHECK(options<CachePruneOptions>({"prune", "-af"}).all);
    CHECK(options<TextAnswer>({"version"}).text == options<TextAnswer>({"--version"}).text);
    static_cast<void>(options<ImageListOptions>({"images"}));
    static_cast<void>(options<CacheUsageOptions>({"buildx", "du"}));
}

TEST_CASE("a misspelt flag of another builder is known, too") {
    CHECK(refused({"build", "--layer", "."}) == "unknown flag --layer | did you mean \"--layers\"? It means nothing here: leave it out");
    CHECK(refused({"build", "--sqash", "."})
              .starts_with("unknown flag --sqash | did you mean \"--squash\"? mabplan has none: a last stage of one layer"));
    CHECK(refused({"build", "--labl", "a=b", "."}) == "unknown flag --labl | did you mean \"--label\"?");
    CHECK(refused({"image", "run", "--privilged", "app"})
              .starts_with("unknown flag --privilged | did you mean \"--privileged\"? mabplan has none: "));
    CHECK(refused({"run", "--sqash"}) == "unknown flag --sqash | did you mean \"--ssh\"?");
}

TEST_CASE("steps at a time are one or more") {
    CHECK(options<BuildOptions>({"build", "-j", "3", "."}).jobs == 3);
    for (const char* wrong : {"0", "-1", "x", "99999999999"})
        CHECK(refused({"build", format("--jobs={}", wrong), "."}).find(format("\"{}\" is no number of steps: expected 1 or more", wrong)) !=
              std::string::npos);
    CHECK(refused({"run", "-j", "-1"}).find("is no number of steps") != std::string::npos);
}

TEST_CASE("the files of a refused run are read as far as they can be") {
    const auto files = [](const Words& words) {
        std::vector<const char*> argv{"mabplan"};
        for (const std::string& word : words) argv.push_back(word.c_str());
        const auto run = read_refused_run(static_cast<int>(argv.size()), argv.data());
        if (!run) return std::string("no run");
        std::string text = run->directory;
        for (const std::string& file : run->result_files) text += " " + file;
        return text;
    };
    CHECK(files({"build", "--iidfile", "i", "--nosuch", "--metadata-file=m", "-C", "d", "."}) == "d i m");
    CHECK(files({"run", "--squash", "--metadata-file", "m", "-Cd"}) == "d m");
    CHECK(files({"build", "--label", "--iidfile", "x", "--iidfile"}).empty());
    CHECK(files({"build", "--format", "--iidfile", "x"}).empty());
    CHECK(files({"build", "--", "--iidfile", "x"}).empty());
    CHECK(files({"check", "--iidfile", "x"}) == "no run");
    CHECK(files({"biuld", "--iidfile", "x"}) == "no run");
    CHECK(files({}) == "no run");
}

TEST_CASE("flags of other builders") {
    const auto build = options<BuildOptions>(
        {"build", "--layers", "--format", "oci", "--rm=false", "--label", "--squash", "-t", "x", "--isolation=chroot", "dir"});
    CHECK(build.context == "dir");
    CHECK(build.tags == Words{"x"});
    CHECK(build.labels == Words{"--squash"});
    CHECK(refused({"build", "--squash", "."}).starts_with("mabplan has no --squash | a last stage"));
    CHECK(refused({"build", "--format=docker", "."}).starts_with("mabplan has no --format docker | images are OCI"));
    CHECK(refused({"build", "-v", "/data:/data", "."}).starts_with("mabplan has no --volume | RUN --mount"));
    CHECK(options<BuildOptions>({"build", "-v", "/data"}).common.detail == Detail::Verbose);
    CHECK(refused({"check", "--pull=never"}).starts_with("mabplan has no --pull never"));
    CHECK(options<CheckOptions>({"check", "--push", "--load", "-q", "--cache-from", "x", "dir"}).words == Words{"dir"});
    const auto ported = options<ImageRunOptions>({"image", "run", "-p", "80:80", "-v", "/a:/b:ro", "-w", "/c", "app"});
    CHECK(ported.ports == Words{"80:80"});
    CHECK(ported.volumes == Words{"/a:/b:ro"});
    CHECK(ported.working_dir == "/c");
}

TEST_CASE("help names the whole command") {
    for (const Words& words : {Words{"build", "--help"}, Words{"help", "build"}})
        CHECK(options<TextAnswer>(words).text.find("mabplan build") != std::string::npos);
    CHECK(options<TextAnswer>({"image", "run", "--help"}).text.find("mabplan image run") != std::string::npos);
    const std::string two = options<TextAnswer>({"help", "build", "run"}).text;
    CHECK(two.find("mabplan build [OPTIONS]") != std::string::npos);
    CHECK(two.find("mabplan run [OPTIONS]") != std::string::npos);
    CHECK(refused({"help", "build", "rnu"}) == "there is no help on \"rnu\" | did you mean \"run\"?");
    CHECK(refused({"help", "build", "reproducibility"}) == "the help on reproducibility stands alone | `mabplan help reproducibility`");
    CHECK(refused({"help", "image", "rnu"}) == "there is no help on \"rnu\" | did you mean \"run\"?");
}

TEST_CASE("progress is what the flag asks for, else what the environment does") {
    const Variables asks_for_plain = [](const std::string& name) {
        return name == "BUILDKIT_PROGRESS" ? std::optional<std::string>("plain") : std::nullopt;
    };
    const auto settled = [&](const Words& words) {
        auto invocation = read(words);
        REQUIRE(invocation);
        REQUIRE(settle_progress(*invocation, asks_for_plain));
        return std::get<BuildOptions>(*invocation).common.progress;
    };
    CHECK(settled({"build", "."}) == Progress::Plain);
    CHECK(settled({"build", "--progress", "tty", "."}) == Progress::Tty);
    CHECK(settled({"build", "--progress=rawjson", "."}) == Progress::RawJson);
    CHECK(refused({"build", "--progress", "fancy", "."}).find("rawjson") != std::string::npos);
    auto help = read({"--version"});
    REQUIRE(help);
    CHECK(settle_progress(*help, asks_for_plain));
}
