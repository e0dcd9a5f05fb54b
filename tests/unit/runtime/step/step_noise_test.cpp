// What a step wrote as noise goes before the layer is made, and nothing else; compiled modules of Python keep in step with their sources.
#include "runtime/step/step_noise.h"

#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

constexpr std::int64_t kSettled = 1000;  // later times become this in the layer
constexpr std::int64_t kNow = 1700000000;

struct NothingBelow final : LowerView {
    Result<std::optional<TreeEntry>> stat(std::string_view) override { return std::nullopt; }
};

// One source, as a layer below has it.
struct SourceBelow final : LowerView {
    Result<std::optional<TreeEntry>> stat(std::string_view path) override {
        if (path != "app/m.py") return std::nullopt;
        TreeEntry source;
        source.size = 6;
        source.mtime_s = 900;
        return std::optional(source);
    }
};

struct Upper {
    TemporaryDirectory folder;
    void write(const std::string& path, const std::string& content = "x") const {
        REQUIRE(make_directories(std::string(parent_path(folder / path))));
        REQUIRE(write_file(folder / path, content));
    }
    bool has(const std::string& path) const { return std::filesystem::exists(std::filesystem::symlink_status(folder / path)); }
    void set_time(const std::string& path, std::int64_t seconds) const {
        const std::array<timespec, 2> times{{{seconds, 0}, {seconds, 5}}};
        REQUIRE(::utimensat(AT_FDCWD, (folder / path).c_str(), times.data(), AT_SYMLINK_NOFOLLOW) == 0);
    }
    std::int64_t time_of(const std::string& path) const {
        struct stat facts {};
        REQUIRE(::lstat((folder / path).c_str(), &facts) == 0);
        return facts.st_mtim.tv_sec;
    }
    std::vector<std::string> clean() const {
        LayerOptions options;
        options.time = kSettled;
        NothingBelow below;
        const auto left_out = take_out_noise(folder.path(), below, options);
        REQUIRE(left_out);
        std::vector<std::string> paths;
        for (const LeftOut& file : *left_out) paths.push_back(file.path + " (" + file.what + ")");
        return paths;
    }
};

std::string number(std::uint32_t value) {
    std::string bytes;
    for (int i = 0; i < 4; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
    return bytes;
}

std::string module(std::uint32_t flags, std::int64_t mtime, std::size_t size) {
    return "\xa7\x0d\r\n" + number(flags) + number(static_cast<std::uint32_t>(mtime)) + number(static_cast<std::uint32_t>(size)) + "code";
}

// A source of the step and its module, and the module after the pass.
std::string settled_module(const Upper& upper, const std::string& before, std::int64_t source_time = kNow) {
    upper.write("app/m.py", "source");
    upper.set_time("app/m.py", source_time);
    upper.write("app/__pycache__/m.cpython-311.pyc", before);
    upper.set_time("app/__pycache__/m.cpython-311.pyc", kNow + 1);
    CHECK(upper.clean().empty());
    CHECK(upper.time_of("app/__pycache__/m.cpython-311.pyc") == kNow + 1);
    return read_file(upper.folder / "app/__pycache__/m.cpython-311.pyc").value();
}

}  // namespace

TEST_CASE("noise goes, at any depth, what is beside it stays, and so do folders with their times") {
    const Upper upper;
    std::string deep;
    for (int i = 0; i < 300; ++i) deep += "d/";
    upper.write("var/log/dpkg.log");
    upper.write("var/log/apt/history.log");
    upper.write("var/log/nginx.log");
    upper.write(deep + "_logs/2026-11-29T10_09_03_123Z-debug-0.log");
    upper.set_time("var/log", kNow);
    upper.set_time("var/log/apt", 17);
    CHECK(upper.clean() == std::vector<std::string>{"/" + deep + "_logs/2026-11-29T10_09_03_123Z-debug-0.log (log of npm)",
                                                    "/var/log/apt/history.log (log of apt)", "/var/log/dpkg.log (log of dpkg)"});
    CHECK_FALSE(upper.has("var/log/dpkg.log"));
    CHECK(upper.has("var/log/apt"));
    CHECK(upper.has("var/log/nginx.log"));
    CHECK(upper.time_of("var/log") == kNow);
    CHECK(upper.time_of("var/log/apt") == 17);
    CHECK(upper.clean().empty());
}

TEST_CASE("of hard links only the name that is noise goes") {
    const Upper upper;
    upper.write("var/log/dpkg.log", "content");
    std::filesystem::create_hard_link(upper.folder / "var/log/dpkg.log", upper.folder / "keep");
    CHECK(upper.clean().size() == 1);
    CHECK(read_file(upper.folder / "keep").value() == "content");
}

TEST_CASE("symlinks, folders and whiteouts with such a name are the user's") {
    const Upper upper;
    upper.write("outside/dpkg.log");
    REQUIRE(make_directories(upper.folder / "var/log/alternatives.log"));
    std::filesystem::create_symlink("/dev/null", upper.folder / "var/log/dpkg.log");
    std::filesystem::create_symlink("../../outside", upper.folder / "var/log/apt");
    std::filesystem::create_symlink("outside", upper.folder / "var/cache");
    REQUIRE(::mkfifo((upper.folder / "var/log/apk.log").c_str(), 0644) == 0);
    CHECK(upper.clean().empty());
    CHECK(upper.has("var/log/dpkg.log"));
    CHECK(upper.has("var/log/alternatives.log"));
    CHECK(upper.has("outside/dpkg.log"));
    if (::mknod((upper.folder / "var/log/bootstrap.log").c_str(), S_IFCHR, 0) != 0) return;  // allowed since Linux 4.18, also without root
    CHECK(upper.clean().empty());
    CHECK(upper.has("var/log/bootstrap.log"));
}

TEST_CASE("a compiled module records the time that its source has in the layer") {
    CHECK(settled_module({}, module(0, kNow, 6)) == module(0, kSettled, 6));
}

TEST_CASE("a compiled module that is stale depends on no clock either, and stays stale") {
    CHECK(settled_module({}, module(0, kNow - 5, 6)) == module(0, 0, 6));
    CHECK(settled_module({}, module(0, kNow, 7)) == module(0, 0, 7));
    const Upper upper;
    upper.write("app/__pycache__/m.cpython-311.pyc", module(0, kNow, 6));
    CHECK(upper.clean().empty());  // its source is gone
    CHECK(read_file(upper.folder / "app/__pycache__/m.cpython-311.pyc").value() == module(0, 0, 6));
}

TEST_CASE("a source of a layer below, seen with a newer time, has its own again in the module") {
    const auto settled = [](std::size_t size) {
        const Upper upper;
        upper.write("app/__pycache__/m.cpython-311.pyc", module(0, kNow, size));
        LayerOptions options;
        options.time = kSettled;
        SourceBelow below;
        REQUIRE(take_out_noise(upper.folder.path(), below, options));
        return read_file(upper.folder / "app/__pycache__/m.cpython-311.pyc").value();
    };
    CHECK(settled(6) == module(0, 900, 6));
    CHECK(settled(7) == module(0, 0, 7));
}

TEST_CASE("a compiled module that records a hash, or a time that the layer keeps, stays as it is") {
    const std::string by_hash = module(3, kNow, 6), old = module(0, 900, 6), cut = "\xa7\x0d\r\n";
    CHECK(settled_module({}, by_hash) == by_hash);
    CHECK(settled_module({}, old, 900) == old);
    CHECK(settled_module({}, old) == old);
    CHECK(settled_module({}, cut) == cut);
    CHECK(settled_module({}, "") == "");
}

TEST_CASE("a source or a module that is a symlink is not followed") {
    const Upper upper;
    upper.write("outside.py", "source");
    upper.set_time("outside.py", kNow);
    upper.write("outside.pyc", module(0, kNow, 6));
    REQUIRE(make_directories(upper.folder / "app/__pycache__"));
    std::filesystem::create_symlink("../outside.py", upper.folder / "app/m.py");
    upper.write("app/__pycache__/m.cpython-311.pyc", module(0, kNow, 6));
    upper.write("app/n.py", "source");
    upper.set_time("app/n.py", kNow);
    std::filesystem::create_symlink("../../outside.pyc", upper.folder / "app/__pycache__/n.cpython-311.pyc");
    CHECK(upper.clean().empty());
    CHECK(read_file(upper.folder / "app/__pycache__/m.cpython-311.pyc").value() == module(0, 0, 6));
    CHECK(read_file(upper.folder / "outside.pyc").value() == module(0, kNow, 6));
}
