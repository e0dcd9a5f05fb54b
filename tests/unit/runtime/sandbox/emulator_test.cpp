#include "runtime/sandbox/emulator.h"

#include "plans/base/format.h"
#include "runtime/sandbox/emulator_choice.h"
#include "runtime/sandbox/machine.h"
#include "runtime/sys/file.h"
#include "tests/unit/runtime/sandbox/world.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::runtime::tests;

namespace {

const std::vector<std::string> kFolders{"/usr/local/bin", "/usr/bin"};

Platform linux_on(const std::string& architecture) {
    Platform platform;
    platform.os = "linux";
    platform.architecture = architecture;
    return platform;
}

// Every emulator that this host has, of all machines that are not its own.
std::vector<Emulator> installed_emulators() {
    std::vector<Emulator> found;
    for (const Machine& machine : all_machines()) {
        const std::string path = format("/usr/bin/qemu-{}-static", machine.qemu);
        if (machine.architecture != host_platform().architecture && ::access(path.c_str(), X_OK) == 0)
            found.push_back({std::string(machine.qemu), path});
    }
    return found;
}

// A layer with nothing but a program for each machine, named after it, that exits with its number of arguments.
std::string layer_of_programs(World& world) {
    const std::string layer = world.make_layer();
    for (const Machine& machine : all_machines())
        static_cast<void>(write_file(format("{}/{}", layer, machine.qemu), make_tiny_program(machine), 0755, Durability::Cached));
    return layer;
}

std::string tell_programs(World& world, const std::vector<Emulator>& emulators) {
    const std::string layer = layer_of_programs(world);
    std::string told;
    for (const Emulator& emulator : emulators) {
        SandboxSpec spec = world.step();
        spec.lower_dirs = {layer};
        spec.argv = {"/" + emulator.machine, "one", "two"};
        if (const std::string said = world.tell(spec); said != "exited 2") told += format("{}: {}; ", emulator.machine, said);
    }
    return told;
}

}  // namespace

TEST_CASE("this machine's own programs are native") {
    const auto execution = find_execution(host_platform(), host_platform(), kFolders);
    REQUIRE(execution.has_value());
    CHECK(std::holds_alternative<Native>(*execution));
}

TEST_CASE("an emulator is found in the folders that are given; of several the newest, and none that is linked dynamically") {
    const Platform host = linux_on("amd64");
    std::string folder = (std::filesystem::temp_directory_path() / "mabplan-path-XXXXXX").string();
    REQUIRE(::mkdtemp(folder.data()) != nullptr);
    const auto version = [&](const std::string& name, const std::string& number) {
        std::filesystem::create_directories(folder + name);
        REQUIRE(write_file(folder + name + "/qemu-s390x", format("#!/bin/sh\necho qemu-s390x version {} '(a b)'\n", number), 0755,
                           Durability::Cached)
                    .has_value());
    };
    version("/old", "7.2.22");
    version("/new", "10.0.3");
    version("/mute", "");
    std::filesystem::create_directories(folder + "/linked");
    std::filesystem::create_symlink("../new/qemu-s390x", folder + "/linked/qemu-s390x-static");
    std::filesystem::create_directories(folder + "/dynamic");
    std::filesystem::copy_file("/bin/true", folder + "/dynamic/qemu-s390x");
    const auto find = [&](std::vector<std::string> names) {
        for (std::string& name : names) name = folder + name;
        const auto execution = find_execution(linux_on("s390x"), host, names);
        if (!execution) return execution.error().message.substr(execution.error().message.find(": ") + 2);
        return std::get<Emulator>(*execution).path.substr(folder.size());
    };
    CHECK(find({"/nowhere", "/old"}) == "/old/qemu-s390x");
    CHECK(find({"/old", "/new", "/mute"}) == "/new/qemu-s390x");
    CHECK(find({"/linked", "/old", "/new"}) == "/linked/qemu-s390x-static");
    CHECK(find({"/dynamic", "/mute"}) == "/mute/qemu-s390x");
    CHECK(find({"/dynamic"}) ==
          format("\"{}/dynamic/qemu-s390x\" is not linked statically: it does not start in the root of a step", folder));
    std::filesystem::remove_all(folder);
}

TEST_CASE("versions of QEMU are numbers") {
    using Version = std::array<unsigned, 3>;
    CHECK(parse_qemu_version("qemu-aarch64 version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)") == Version{7, 2, 22});
    CHECK(parse_qemu_version("qemu-arm version 10.0") == Version{10, 0, 0});
    CHECK(parse_qemu_version("qemu-arm version 11.0.50-rc1") == Version{11, 0, 50});
    CHECK(parse_qemu_version("something") == Version{});
    CHECK(parse_qemu_version("") == Version{});
}

TEST_CASE("a platform without an emulator is an error that says what to install") {
    const auto execution = find_execution(linux_on("arm64"), linux_on("amd64"), std::vector<std::string>{"/nowhere"});
    REQUIRE(!execution.has_value());
    CHECK(execution.error().kind == ErrorKind::Environment);
    CHECK(format_error(execution.error()) ==
          "error: this amd64 machine cannot run programs for linux/arm64: found neither qemu-aarch64-static nor qemu-aarch64\n"
          "  hint: `sudo apt-get install qemu-user-static` (Debian, Ubuntu), `sudo dnf install qemu-user-static` (Fedora)\n");
    Platform windows = linux_on("amd64");
    windows.os = "windows";
    CHECK(find_execution(windows, linux_on("amd64"), kFolders).error().message ==
          "commands can only be run for linux, not for the operating system \"windows\"");
    CHECK(find_execution(linux_on("sparc64"), linux_on("amd64"), kFolders).error().message ==
          "commands for the architecture \"sparc64\" cannot be run here: no emulator for it is known");
}

TEST_CASE("an emulator is identified by its first line") {
    const std::vector<Emulator> emulators = installed_emulators();
    if (emulators.empty()) return;
    const auto identity = identify_emulator(emulators.front());
    REQUIRE(identity.has_value());
    CHECK(identity->name == std::filesystem::path(emulators.front().path).filename().string());
    CHECK(identity->version.find("version ") != std::string::npos);
    CHECK(identity->version.find('\n') == std::string::npos);
}

TEST_CASE("programs of every machine run in a step once its emulator is registered, and the host is not changed") {
    const std::vector<Emulator> emulators = installed_emulators();
    if (emulators.empty()) {
        MESSAGE("skipped: no emulator (apt-get install qemu-user-static)");
        return;
    }
    const auto host_before = list_names("/proc/sys/fs/binfmt_misc").value_or(std::vector<std::string>());
    for (const As who : everyone()) {
        INFO(name_of(who));
        CHECK(in_world(who, [&](World& world) {
                  const auto registered = register_emulators(emulators);
                  if (!registered) return format_error(registered.error());
                  return tell_programs(world, emulators);
              }) == "");
    }
    CHECK(list_names("/proc/sys/fs/binfmt_misc").value_or(std::vector<std::string>()) == host_before);
}

TEST_CASE("programs of machines that a build does not need run all the same, by what is installed") {
    const std::vector<Emulator> emulators = installed_emulators();
    if (emulators.empty()) return;
    for (const As who : everyone()) {
        INFO(name_of(who));
        CHECK(in_world(who, [&](World& world) {
                  auto registered = register_emulators(std::span(emulators).first(1));
                  if (!registered) return format_error(registered.error());
                  register_others(*registered, host_platform(), kFolders);
                  return tell_programs(world, emulators);
              }) == "");
        CHECK(in_world(who, [&](World& world) {
                  Registered none;
                  register_others(none, host_platform(), kFolders);
                  return tell_programs(world, emulators);
              }) == "");
        CHECK(in_world(who, [&](World&) {
                  Registered none;
                  register_others(none, host_platform(), std::vector<std::string>{"/nowhere"});
                  return std::string(none.where == Registration::Nothing ? "" : "hides the host's own");
              }) == "");
    }
}

TEST_CASE("a program of a machine that nobody runs is told with its name") {
    for (const As who : everyone()) {
        const std::string said = in_world(who, [](World& world) {
            static_cast<void>(register_emulators(std::vector<Emulator>{installed_emulators().front()}));
            const Machine& last = all_machines().back();
            SandboxSpec spec = world.step();
            spec.lower_dirs = {layer_of_programs(world)};
            spec.argv = {"/" + std::string(last.qemu)};
            return world.tell(spec);
        });
        CHECK(said ==
              "err: exec: /mips64el: exec format error: a program for mips64le, which this host does not run (no emulator is registered "
              "for it)\nexited 126");
    }
}

TEST_CASE("an emulator that does not work is refused when it is registered") {
    for (const As who : everyone()) {
        const std::string said = in_world(who, [](World&) {
            const auto registered = register_emulators(std::vector<Emulator>{{"mips64el", "/bin/true"}});
            return registered ? std::string("registered") : registered.error().message;
        });
        CHECK(said == "\"/bin/true\" does not run a program for mips64le");
    }
}

TEST_CASE("a whole busybox of another machine runs in a step") {
    const char* busybox = std::getenv("MABPLAN_TEST_BUSYBOX_ARM64");
    if (busybox == nullptr) {
        MESSAGE("skipped: MABPLAN_TEST_BUSYBOX_ARM64 does not name a static busybox for arm64");
        return;
    }
    for (const As who : everyone()) {
        INFO(name_of(who));
        CHECK(in_world(who, [&](World& world) {
                  const auto registered = register_emulators(std::vector<Emulator>{{"aarch64", "/usr/bin/qemu-aarch64-static"}});
                  if (!registered) return format_error(registered.error());
                  SandboxSpec spec = world.step();
                  spec.lower_dirs = {world.make_layer()};
                  std::filesystem::create_directory(spec.lower_dirs[0] + "/bin");
                  std::filesystem::copy_file(busybox, spec.lower_dirs[0] + "/bin/busybox");
                  spec.argv = {"busybox", "sh", "-c", "busybox uname -m; busybox echo $0 $1; busybox id -u; exit 7", "name", "one"};
                  return world.tell(spec);
              }) == "out: aarch64\nname one\n0\nexited 7");
    }
}
