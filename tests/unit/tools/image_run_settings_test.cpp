// The flags of `image run` as values.
#include "tools/mabplan/image_run_settings.h"
#include "runtime/sys/file.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <variant>

using namespace mabplan;
using namespace mabplan::tools;
using runtime::MountAccess;

namespace {

runtime::ImageRunSettings settings(const ImageRunOptions& options) {
    auto made = image_run_settings(options);
    if (!made) FAIL(made.error().message);
    return std::move(*made);
}

std::string refusal(const ImageRunOptions& options) {
    const auto made = image_run_settings(options);
    return made ? "" : made.error().message;
}

}  // namespace

TEST_CASE("folders of the host and of memory, in docker's short and long forms") {
    const tests::TemporaryDirectory folder;
    ImageRunOptions options;
    options.volumes = {folder.path() + ":/a/", folder.path() + ":/b:ro,z"};
    options.mounts = {"type=bind,src=" + folder.path() + ",dst=/c,readonly",
                      "type=bind,source=" + folder.path() + ",destination=/d,ro=false", "type=tmpfs,target=/e,tmpfs-size=1k"};
    options.memory_folders = {"/f", "/g:rw,size=2m,mode=1777"};
    options.shm_size = "1m";
    const auto mounts = settings(options).mounts;
    REQUIRE(mounts.size() == 8);
    CHECK(mounts[0].target == "/a");
    CHECK(std::get<runtime::HostMount>(mounts[0].what).path == folder.path());
    CHECK(mounts[0].access == MountAccess::Writable);
    CHECK(mounts[1].access == MountAccess::ReadOnly);
    CHECK(mounts[2].access == MountAccess::ReadOnly);
    CHECK(mounts[3].access == MountAccess::Writable);
    CHECK(std::get<runtime::MemoryMount>(mounts[4].what).size == 1024);
    CHECK_FALSE(std::get<runtime::MemoryMount>(mounts[5].what).size);
    CHECK(std::get<runtime::MemoryMount>(mounts[6].what).size == 2U << 20U);
    CHECK(mounts[7].target == "/dev/shm");
}

TEST_CASE("mounts that mean something else are refused") {
    ImageRunOptions options;
    for (const char* wrong : {"data:/in", "/tmp", "/tmp:in", "/tmp:/in:rx", "/tmp:/in:ro:x", "/no/such/folder:/in"}) {
        options.volumes = {wrong};
        CHECK(refusal(options).starts_with("-v "));
    }
    options.volumes.clear();
    for (const char* wrong : {"", "type=bind,target=/in", "type=bind,source=/tmp", "type=volume,source=/tmp,target=/in",
                              "type=bind,source=/tmp,target=/in,propagation=shared", "type=tmpfs,target=/in,tmpfs-mode=0800"}) {
        options.mounts = {wrong};
        CHECK(refusal(options).starts_with("--mount "));
    }
}

TEST_CASE("variables of files and flags; hosts") {
    const tests::TemporaryDirectory folder;
    REQUIRE(runtime::write_file(folder / "vars", "# none\n\nA=1\r\n\tB=#2 \n MABPLAN_TEST_UNSET\nMABPLAN_TEST_SET\n"));
    REQUIRE(::setenv("MABPLAN_TEST_SET", "here", 1) == 0);
    ImageRunOptions options;
    options.env_files = {folder / "vars"};
    options.env = {"A=3"};
    options.extra_hosts = {"a:192.0.2.1", "b=[::1]", "c:host-gateway"};
    const auto made = settings(options);
    CHECK(made.env == std::vector<std::string>{"A=1", "B=#2 ", "MABPLAN_TEST_SET=here", "A=3"});
    CHECK(made.extra_hosts == std::vector<ExtraHost>{{"a", "192.0.2.1"}, {"b", "::1"}, {"c", "host-gateway"}});
    options.network_mode = "none";
    CHECK(refusal(options) == "--add-host: host-gateway is not reached with --network none");
    options.extra_hosts = {"a:nowhere"};
    CHECK(refusal(options) == "--add-host \"a\": \"nowhere\" is no address");
    REQUIRE(runtime::write_file(folder / "vars", "A=1\n=2\n"));
    CHECK(refusal(options).ends_with("vars:2: \"\" is no name of a variable"));
}
