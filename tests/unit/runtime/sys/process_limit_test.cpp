// Which control group's bound of processes is reached: of version 2 and 1, seen from inside and outside of a container.
#include "runtime/sys/process_limit.h"

#include "runtime/sys/file.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

#include <filesystem>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

class HostTree {
public:
    explicit HostTree(const std::string& groups) { put("proc/self/cgroup", groups); }

    void put(const std::string& path, const std::string& text) const {
        std::filesystem::create_directories(std::filesystem::path(folder_ / path).parent_path());
        REQUIRE(write_file(folder_ / path, text));
    }
    void bound(const std::string& group, const std::string& most, const std::string& has) const {
        put(group + "/pids.max", most + "\n");
        put(group + "/pids.current", has + "\n");
    }
    // "FILE HAS/MOST", empty if none is reached.
    std::string reached() const {
        const auto limit = reached_group_limit(folder_.path());
        if (!limit) return {};
        return limit->file.substr(folder_.path().size()) + " " + std::to_string(limit->has) + "/" + std::to_string(limit->most);
    }

private:
    TemporaryDirectory folder_;
};

}  // namespace

TEST_CASE("the innermost group whose bound is reached is named") {
    const HostTree host("0::/user.slice/build.scope\n");
    CHECK(host.reached().empty());
    host.bound("sys/fs/cgroup/user.slice/build.scope", "max", "20");
    host.bound("sys/fs/cgroup/user.slice", "100", "99");
    CHECK(host.reached().empty());
    host.bound("sys/fs/cgroup/user.slice", "100", "100");
    CHECK(host.reached() == "/sys/fs/cgroup/user.slice/pids.max 100/100");
    host.bound("sys/fs/cgroup/user.slice/build.scope", "20", "20");
    CHECK(host.reached() == "/sys/fs/cgroup/user.slice/build.scope/pids.max 20/20");
}

TEST_CASE("a container sees its own group at the top") {
    const HostTree own("0::/\n");
    own.bound("sys/fs/cgroup", "64", "64");
    CHECK(own.reached() == "/sys/fs/cgroup/pids.max 64/64");
    const HostTree foreign("0::/docker/0123\n");
    foreign.bound("sys/fs/cgroup", "64", "65");
    CHECK(foreign.reached() == "/sys/fs/cgroup/pids.max 65/64");
}

TEST_CASE("in version 1 the controller of processes has a tree of its own") {
    const HostTree host("12:memory:/a\n7:cpu,pids:/b/c\n1:name=systemd:/d\n");
    host.bound("sys/fs/cgroup/memory/a", "1", "1");
    host.bound("sys/fs/cgroup/pids/b/c", "50", "10");
    CHECK(host.reached().empty());
    host.bound("sys/fs/cgroup/pids/b", "10", "10");
    CHECK(host.reached() == "/sys/fs/cgroup/pids/b/pids.max 10/10");
}

TEST_CASE("the advice names a limit") {
    const std::string advice = advise_process_limit();
    CHECK(advice.find("pids.max") != std::string::npos);
    CHECK(advice.find("-j") != std::string::npos);
}
