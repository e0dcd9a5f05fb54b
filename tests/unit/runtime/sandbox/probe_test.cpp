#include "runtime/sandbox/probe.h"

#include "plans/base/format.h"
#include "runtime/sys/file.h"
#include "tests/unit/runtime/sandbox/world.h"

#include <doctest/doctest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::runtime::tests;

namespace {

std::string temporary_store() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mabplan-probe-XXXXXX").string();
    return ::mkdtemp(pattern.data()) == nullptr ? std::string() : pattern;
}

// "name ok|lacking" of each check, but for the emulators; those that fail with detail and remedy.
std::string tell_checks(const std::vector<Check>& checks) {
    std::string told;
    for (const Check& check : checks) {
        if (check.name.compare(0, 9, "emulator ") == 0 || check.name == "network of commands") continue;
        told += check.ok ? format("{}, ", check.name) : format("{} lacking: {} ({}), ", check.name, check.detail, check.remedy);
    }
    return told;
}

const Check& find_check(const std::vector<Check>& checks, const std::string& name) {
    for (const Check& check : checks)
        if (check.name == name) return check;
    throw std::runtime_error("no check " + name);
}

}  // namespace

TEST_CASE("a host that can build is found to be so, and nothing stays") {
    for (const As who : everyone()) {
        INFO(name_of(who));
        CHECK(as_user(who, [] {
                  const std::string store = temporary_store();
                  const std::string told = tell_checks(probe_host({store, {"/usr/bin"}}));
                  return told + (std::filesystem::remove(store) ? "empty" : "not empty");
              }) == "user namespaces, newuidmap, id ranges, overlay, seccomp, sandbox, private binfmt_misc, empty");
    }
}

TEST_CASE("a user without ranges is told what to do") {
    for (const As who : everyone({As::Lone})) {
        CHECK(as_user(who,
                      [] {
                          const std::string store = temporary_store();
                          const std::vector<Check> checks = probe_host({store, {}});
                          std::filesystem::remove(store);
                          const Check& ranges = find_check(checks, "id ranges");
                          return format("{}|{}|{}", ranges.ok, ranges.detail, ranges.remedy);
                      }) ==
              "false|one id only: steps that change to another user, and package managers, will fail|the user daemon has no range in "
              "/etc/subuid: " +
                  free_ranges("daemon"));
    }
}

TEST_CASE("a store that is not there, and one that lies on an overlay itself") {
    for (const As who : everyone()) {
        INFO(name_of(who));
        CHECK(in_world(who, [](World& world) {
                  const std::string folder = world.make_layer();
                  for (const char* name : {"/lower", "/upper", "/work", "/merged"}) std::filesystem::create_directory(folder + name);
                  const std::string options = format("lowerdir={0}/lower,upperdir={0}/upper,workdir={0}/work,userxattr", folder);
                  if (::mount("overlay", (folder + "/merged").c_str(), "overlay", 0, options.c_str()) != 0)
                      return std::string("no overlay");
                  std::string told;
                  for (const char* store : {"/missing", "/merged"}) {
                      const Check overlay = find_check(probe_host({folder + store, {}}), "overlay");
                      told += format("{}: {}|", overlay.ok, overlay.detail.substr(overlay.detail.rfind(':') + 2));
                  }
                  ::umount((folder + "/merged").c_str());
                  return told;
              }) == "false: No such file or directory|false: Invalid argument|");
    }
}

TEST_CASE("an emulator that is not installed is lacking, with what to install") {
    const std::vector<Check> checks = probe_host({"/tmp", {"/nowhere"}});
    const Check& s390x = find_check(checks, "emulator s390x");
    CHECK(!s390x.ok);
    CHECK(s390x.detail.find("cannot run programs for linux/s390x: found neither qemu-s390x-static nor qemu-s390x") != std::string::npos);
    CHECK(s390x.remedy.find("apt-get install qemu-user-static") != std::string::npos);
}

TEST_CASE("without a program that connects networks, commands have the host's") {
    const std::vector<Check> checks = probe_host({"/tmp", {"/nowhere"}});
    const Check& network = find_check(checks, "network of commands");
    CHECK(!network.ok);
    CHECK(network.detail == "neither slirp4netns nor pasta is installed: commands share the host's network");
    CHECK(network.remedy == "`sudo apt-get install slirp4netns`");
}

TEST_CASE("a program that is found connecting networks gives each command one of its own") {
    if (::access("/usr/bin/slirp4netns", X_OK) != 0) return;
    for (const As who : everyone()) {
        INFO(name_of(who));
        CHECK(as_user(who, [] {
                  if (::access("/dev/net/tun", R_OK | W_OK) != 0) return std::string("each command has one of its own, by ");
                  return find_check(probe_host({"/tmp", {"/usr/bin"}}), "network of commands").detail.substr(0, 36);
              }) == "each command has one of its own, by ");
    }
}

TEST_CASE("emulators that are installed are found working") {
    if (::access("/usr/bin/qemu-s390x-static", X_OK) != 0) return;
    for (const As who : everyone()) {
        INFO(name_of(who));
        CHECK(as_user(who, [] {
                  const std::vector<Check> checks = probe_host({"/tmp", {"/usr/bin"}});
                  std::string told;
                  for (const char* name : {"emulator aarch64", "emulator s390x", "emulator riscv64"})
                      if (!find_check(checks, name).ok) told += find_check(checks, name).detail;
                  return told;
              }) == "");
    }
}
