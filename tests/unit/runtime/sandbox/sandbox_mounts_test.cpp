// What a step sees of its mounts, and what it may do with them.
#include "plans/base/format.h"
#include "runtime/sandbox/sandbox.h"
#include "runtime/sys/file.h"
#include "tests/unit/runtime/sandbox/check_everyone.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <filesystem>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::runtime::tests;

namespace {

void put(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    if (!write_file(path, text, 0644, Durability::Cached)) throw std::runtime_error("no file " + path);
}

std::string tell(World& world, const std::string& script, std::vector<StepMount> mounts) {
    SandboxSpec spec = world.shell(script);
    spec.mounts = std::move(mounts);
    const std::string told = world.tell(spec);
    return format("{}\n{}", told, World::listing(spec.scratch_dir + "/upper"));
}

}  // namespace

TEST_CASE("layers are merged; read-only unless asked") {
    const auto scenario = [](MountAccess access) {
        return [access](World& world) {
            const std::string below = world.make_layer(), above = world.make_layer();
            put(below + "/in/old", "old");
            put(below + "/in/gone", "gone");
            put(above + "/in/new", "new");
            if (::mknod((above + "/in/gone").c_str(), S_IFCHR, makedev(0, 0)) != 0) throw std::runtime_error("no whiteout");
            return tell(world, "ls /m; cat /m/old; echo x 2>/dev/null >/m/old && cat /m/old",
                        {{"/m", LayersMount{{below, above}, "/in"}, access}});
        };
    };
    check_everyone(scenario(MountAccess::Writable), "out: new\nold\noldx\nexited 0\nd m");
    check_everyone(scenario(MountAccess::ReadOnly), "out: new\nold\nold\nexited 1\nd m");
}

TEST_CASE("one file of layers, over a link in them; no layers at all") {
    check_everyone(
        [](World& world) {
            const std::string layer = world.make_layer();
            put(layer + "/file", "text\n");
            std::filesystem::create_symlink("/file", layer + "/link");
            return tell(world, "cat /etc/inside; ls -A /none | wc -l",
                        {{"/etc/inside", LayersMount{{layer}, "/link"}, MountAccess::ReadOnly},
                         {"/none", LayersMount{{}, "/"}, MountAccess::ReadOnly}});
        },
        "out: text\n0\nexited 0\nd etc\n- etc/inside\nd none");
}

TEST_CASE("a folder of the host; changes stay in it") {
    check_everyone(
        [](World& world) {
            const std::string folder = world.make_layer();
            const std::string told = tell(world, "echo x >/m/new", {{"/m", HostMount{folder}, MountAccess::Writable}});
            return told + "\n" + World::listing(folder);
        },
        "exited 0\nd m\n- new");
}

TEST_CASE("memory has a size; a file in memory has owner and mode, and runs only if it is a program") {
    check_everyone(
        [](World& world) {
            return tell(world,
                        "dd if=/dev/zero of=/m/x bs=1k count=99 2>/dev/null; stat -c %s /m/x; stat -c '%a %u:%g' /f; cat /f; /p; echo x "
                        "2>/dev/null >/f; true",
                        {{"/m", MemoryMount{65536}, MountAccess::Writable},
                         {"/f", FileMount{"secret\n", 0440, 7, 8}},
                         {"/p", FileMount{"#!/bin/sh\necho ran\n", 0755, 0, 0}}});
        },
        "out: 65536\n440 7:8\nsecret\nran\nexited 0\n- f\nd m\n- p");
}

TEST_CASE("one mount inside another; a place that can't be made is told") {
    check_everyone(
        [](World& world) {
            const StepMount outer{"/o", MemoryMount{}, MountAccess::Writable};
            return tell(world, "ls /o/i; touch /o/x", {outer, {"/o/i", MemoryMount{}, MountAccess::Writable}}) + "\n" +
                   tell(world, "true",
                        {{"/o", LayersMount{{}, "/"}, MountAccess::ReadOnly}, {"/o/i", MemoryMount{}, MountAccess::Writable}});
        },
        "exited 0\nd o\nerror: the step's sandbox could not make the mount point at \"/o/i\": Read-only file system\n"
        "  hint: it lies in another mount that can't be written: give that one rw, or a place for it in its source\n\nd o");
}

TEST_CASE("what is to be mounted is missing") {
    check_everyone(
        [](World& world) {
            return tell(world, "true", {{"/m", LayersMount{{}, "/nowhere"}, MountAccess::ReadOnly}});
        },
        "error: the step's sandbox could not find what is to be mounted at \"/m\": No such file or directory\n\n");
}

TEST_CASE("a folder is not mounted on a file, nor a file on a folder") {
    check_everyone(
        [](World& world) {
            return world.tell([&] {
                SandboxSpec spec = world.shell("true");
                spec.mounts = {{"/etc/passwd", MemoryMount{}, MountAccess::Writable}};
                return spec;
            }()) + world.tell([&] {
                SandboxSpec spec = world.shell("true");
                spec.mounts = {{"/etc", FileMount{"x", 0644, 0, 0}, MountAccess::ReadOnly}};
                return spec;
            }());
        },
        "error: the step's sandbox could not mount what a RUN --mount asks for at \"/etc/passwd\": the one is a folder, the other a file\n"
        "error: the step's sandbox could not mount what a RUN --mount asks for at \"/etc\": the one is a folder, the other a file\n");
}

TEST_CASE("a privileged step may mount") {
    check_everyone(
        [](World& world) {
            SandboxSpec spec = world.shell("mount -t tmpfs none /bin && echo mounted");
            spec.privilege = Privilege::Privileged;
            return world.tell(spec);
        },
        "out: mounted\nexited 0");
}
