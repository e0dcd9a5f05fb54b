// What a step sees and may do: its root, its devices, its rights; and what of it reaches the upper folder.
#include "runtime/sandbox/sandbox.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sandbox/emulator.h"
#include "runtime/sys/file.h"
#include "tests/unit/runtime/sandbox/check_everyone.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::runtime::tests;

namespace {

std::string tell_and_list(World& world, const SandboxSpec& spec) {
    const std::string told = world.tell(spec);
    return format("{}\n{}", told, World::listing(spec.scratch_dir + "/upper"));
}

void make_whiteout(const std::string& path) {
    if (::mknod(path.c_str(), S_IFCHR, makedev(0, 0)) != 0) throw std::runtime_error("no whiteout");
}

}  // namespace

TEST_CASE("only what the command did reaches the upper folder") {
    check_everyone(
        [](World& world) {
            return tell_and_list(world, world.shell("mkdir /made; echo x > /made/file; ls /proc/1 /sys > /dev/null; rm /etc/group"));
        },
        "exited 0\nd etc\nc etc/group\nd made\n- made/file");
}

TEST_CASE("a command that changes nothing leaves an empty upper folder") {
    check_everyone([](World& world) { return tell_and_list(world, world.shell("cat /etc/hosts /etc/resolv.conf; hostname")); },
                   "out: 127.0.0.1\tlocalhost buildkitsandbox\n::1\tlocalhost ip6-localhost ip6-loopback\nnameserver "
                   "192.0.2.1\nbuildkitsandbox\nexited 0\n");
}

TEST_CASE("hosts and resolv.conf are read-only") {
    check_everyone(
        [](World& world) {
            return world.tell_shell("for f in hosts resolv.conf; do (echo x >> /etc/$f) 2>/dev/null && echo written; done; true");
        },
        "exited 0");
}

TEST_CASE("no layers at all: the root holds the mount points only") {
    check_everyone(
        [](World& world) {
            SandboxSpec spec = world.step();
            spec.lower_dirs.clear();
            spec.argv = {"/bin/true"};
            return tell_and_list(world, spec);
        },
        "err: exec: /bin/true: no such file\nexited 127\n");
}

TEST_CASE("mount points that a layer has whited out are made for the step and gone after it") {
    check_everyone(
        [](World& world) {
            const std::string layer = world.make_layer();
            for (const char* name : {"proc", "sys", "dev"}) make_whiteout(layer + "/" + name);
            SandboxSpec spec = world.shell("test -d /proc/1 && test -c /dev/null && test -d /sys/class && echo all there");
            spec.lower_dirs.push_back(layer);
            return tell_and_list(world, spec);
        },
        "out: all there\nexited 0\n");
}

TEST_CASE("an image whose /dev, /proc or /sys is no folder is refused") {
    check_everyone(
        [](World& world) {
            std::string told;
            for (const char* name : {"dev", "proc", "sys"}) {
                const std::string link = world.make_layer();
                std::filesystem::create_symlink("/etc", link + "/" + name);
                const std::string file = world.make_layer();
                static_cast<void>(write_file(file + "/" + name, "", 0644, Durability::Cached));
                for (const std::string& layer : {link, file}) {
                    SandboxSpec spec = world.shell("true");
                    spec.lower_dirs.push_back(layer);
                    told += world.tell(spec);
                }
            }
            return told;
        },
        "error: the step's sandbox could not find a folder /dev in the image: it is a symbolic link\n"
        "error: the step's sandbox could not find a folder /dev in the image: it is not a folder\n"
        "error: the step's sandbox could not find a folder /proc in the image: it is a symbolic link\n"
        "error: the step's sandbox could not find a folder /proc in the image: it is not a folder\n"
        "error: the step's sandbox could not find a folder /sys in the image: it is a symbolic link\n"
        "error: the step's sandbox could not find a folder /sys in the image: it is not a folder\n");
}

TEST_CASE("resolv.conf as a link: dangling, to the outside, to a file; /etc as a link") {
    check_everyone(
        [](World& world) {
            const std::string dangling = world.make_layer();
            std::filesystem::create_directory(dangling + "/etc");
            std::filesystem::create_symlink("../run/systemd/resolve/stub-resolv.conf", dangling + "/etc/resolv.conf");
            const std::string outside = world.make_layer();
            std::filesystem::create_directory(outside + "/etc");
            std::filesystem::create_symlink("../../../../../../etc/passwd", outside + "/etc/resolv.conf");
            const std::string folder = world.make_layer();
            make_whiteout(folder + "/etc");
            const std::string moved = world.make_layer();
            std::filesystem::create_directory(moved + "/config");
            for (const char* name : {"hosts", "resolv.conf"})
                static_cast<void>(write_file(moved + "/config/" + name, "of the image\n", 0644, Durability::Cached));
            std::filesystem::create_symlink("/config", moved + "/etc");
            std::string told;
            for (const auto& layers : std::vector<std::vector<std::string>>{{dangling}, {outside}, {folder, moved}}) {
                SandboxSpec spec = world.shell("cat /etc/resolv.conf");
                spec.lower_dirs.insert(spec.lower_dirs.end(), layers.begin(), layers.end());
                told += tell_and_list(world, spec) + "|";
            }
            return told;
        },
        "out: nameserver 192.0.2.1\nexited 0\n|out: nameserver 192.0.2.1\nexited 0\n|out: nameserver 192.0.2.1\nexited 0\n|");
}

TEST_CASE("an image that has taken /etc away goes without hosts") {
    check_everyone(
        [](World& world) {
            const std::string layer = world.make_layer();
            make_whiteout(layer + "/etc");
            SandboxSpec spec = world.shell("ls /etc 2>/dev/null || echo none");
            spec.lower_dirs.push_back(layer);
            return tell_and_list(world, spec);
        },
        "out: none\nexited 0\n");
}

TEST_CASE("the root folder has the mode and owner of the topmost layer's") {
    check_everyone(
        [](World& world) {
            const std::string layer = world.make_layer();
            if (::chmod(layer.c_str(), 01751) != 0 || ::chown(layer.c_str(), 12, 34) != 0) return std::string("cannot prepare");
            if (::chmod(layer.c_str(), 01751) != 0) return std::string("cannot prepare");
            SandboxSpec spec = world.shell("stat -c '%a %u:%g' /");
            spec.lower_dirs.push_back(layer);
            std::string told = world.tell(spec);
            SandboxSpec empty = world.shell("stat -c '%a %u:%g' /");
            return told + ", " + world.tell(empty);
        },
        "out: 1751 12:34\nexited 0, out: 755 0:0\nexited 0");
}

TEST_CASE("many layers") {
    check_everyone(
        [](World& world) {
            SandboxSpec spec = world.shell("cat /number");
            for (int i = 0; i < 498; ++i) {
                spec.lower_dirs.push_back(world.make_layer());
                if (i < 300) static_cast<void>(write_file(spec.lower_dirs.back() + "/number", format("{}", i), 0644, Durability::Cached));
            }
            std::string told = world.tell(spec);
            spec.lower_dirs.resize(500, spec.lower_dirs.back());
            return told + ", " + world.tell(spec);
        },
        "out: 299\nexited 0, error: the step stands on 500 layers; overlayfs can stack 499\n");
}

TEST_CASE("a read-only root") {
    check_everyone(
        [](World& world) {
            SandboxSpec spec = world.shell("touch /x 2>/dev/null || echo refused; touch /dev/shm/x && echo shm");
            spec.root = Root::ReadOnly;
            return world.tell(spec);
        },
        "out: refused\nshm\nexited 0");
}

TEST_CASE("the working folder is made, 0755 and root's, and never leads out") {
    check_everyone(
        [](World& world) {
            SandboxSpec missing = world.shell("pwd; stat -c '%a %u' .; ls /a");
            missing.cwd = "/a/b/../c";
            missing.uid = 1000;
            SandboxSpec deep = world.shell("pwd");
            deep.cwd = "x/y";
            std::string told = world.tell(missing) + "\n";
            told += world.tell(deep) + "\n";
            for (const char* cwd : {"/proc/self/fd/3", "/proc/1/cwd", "/proc/self/cwd", "/etc/passwd/x"}) {
                SandboxSpec spec = world.shell("pwd");
                spec.cwd = cwd;
                told += world.tell(spec);
            }
            return told;
        },
        "out: /a/c\n755 0\nc\nexited 0\n"
        "out: /x/y\nexited 0\n"
        "error: the step's sandbox could not enter its working folder: it leads over one of the links in /proc, or in a circle\n"
        "error: the step's sandbox could not enter its working folder: it leads over one of the links in /proc, or in a circle\n"
        "error: the step's sandbox could not enter its working folder: it leads over one of the links in /proc, or in a circle\n"
        "error: the step's sandbox could not enter its working folder: Not a directory\n");
}

TEST_CASE("three descriptors and no more") {
    check_everyone([](World& world) { return world.tell_shell("exec ls /proc/self/fd"); }, "out: 0\n1\n2\n3\nexited 0");  // 3 is ls's own
}

TEST_CASE("capabilities are Docker's fourteen for root, none for others; nothing is inheritable") {
    check_everyone(
        [](World& world) {
            SandboxSpec user = world.shell("grep -E 'Cap(Prm|Eff|Bnd)' /proc/self/status");
            user.uid = 1000;
            const std::string of_root = world.tell_shell("grep -E 'Cap|NoNewPrivs|Seccomp:' /proc/self/status");
            return of_root + "\n" + world.tell(user);
        },
        "out: "
        "CapInh:\t0000000000000000\nCapPrm:\t00000000a80425fb\nCapEff:\t00000000a80425fb\nCapBnd:\t00000000a80425fb\nCapAmb:"
        "\t0000000000000000\n"
        "NoNewPrivs:\t0\nSeccomp:\t2\nexited 0\n"
        "out: CapPrm:\t0000000000000000\nCapEff:\t0000000000000000\nCapBnd:\t00000000a80425fb\nexited 0");
}

TEST_CASE("a step of an i386 image is told so by uname") {
    if (host_platform().architecture != "amd64") return;
    check_everyone(
        [](World& world) {
            SandboxSpec narrow = world.shell("uname -m");
            narrow.abi = Abi::I386;
            const std::string told = world.tell(narrow);
            return told + ", " + world.tell_shell("uname -m");
        },
        "out: i686\nexited 0, out: x86_64\nexited 0");
}

TEST_CASE("network none is loopback only; the host's network is the host's") {
    check_everyone(
        [](World& world) {
            SandboxSpec none = world.shell("ls /sys/class/net; ping -c 1 -W 1 127.0.0.1 > /dev/null && echo up; wc -l < /proc/net/route");
            none.network = SandboxNetwork::None;
            return world.tell(none);
        },
        "out: lo\nup\n1\nexited 0");
}

TEST_CASE("where the network is the step's own, any user serves at any port and pings") {
    check_everyone(
        [](World& world) {
            SandboxSpec none = world.shell(
                "httpd -p 80 -h /etc && wget -q -O /dev/null http://127.0.0.1/passwd && echo served; set -- $(cat "
                "/proc/sys/net/ipv4/ping_group_range); [ $1 -eq 0 ] && [ $2 -ge 0 ] && echo may ping");
            none.network = SandboxNetwork::None;
            if (world.ids().uids > 1) none.uid = none.gid = 1;
            return world.tell(none);
        },
        "out: served\nmay ping\nexited 0");
}

TEST_CASE("the host's settings cannot be read or written through /proc and /sys") {
    check_everyone(
        [](World& world) {
            return world.tell_shell(
                "for f in /proc/sys/kernel/hostname /proc/sysrq-trigger /proc/sys/vm/drop_caches /sys/kernel/mm/ksm/run; do (echo 1 > $f) "
                "2>/dev/null && echo "
                "wrote $f; done; for f in /proc/kcore /proc/keys /proc/timer_list; do test -s $f && echo read $f; done; ls /proc/acpi "
                "/sys/firmware 2>/dev/null; "
                "mount -o remount,rw /proc/sys 2>/dev/null && echo remounted; umount /proc/sys 2>/dev/null && echo unmounted; true");
        },
        "out: /proc/acpi:\n\n/sys/firmware:\nexited 0");
}

TEST_CASE("the processes of a step see themselves only, and cannot look into the first") {
    check_everyone(
        [](World& world) {
            return world.tell_shell(
                "tr '\\0' ' ' < /proc/1/cmdline | sed 's/ *$//'; echo; cat /proc/1/environ 2>/dev/null; readlink /proc/1/exe; kill -9 1; "
                "echo $$");
        },
        "out: mabplan-init\n2\nexited 0");
}

TEST_CASE("devices are the host's own, terminals are the step's") {
    check_everyone(
        [](World& world) {
            return world.tell_shell(
                "stat -c '%n %t:%T %a' /dev/null /dev/zero /dev/full /dev/random /dev/urandom; ls /dev/pts; for l in ptmx fd stdin; do "
                "readlink /dev/$l; done; "
                "stat -c '%a' /dev/shm; df -k /dev/shm | tail -n 1 | awk '{print $2}'");
        },
        "out: /dev/null 1:3 666\n/dev/zero 1:5 666\n/dev/full 1:7 666\n/dev/random 1:8 666\n/dev/urandom 1:9 "
        "666\nptmx\npts/ptmx\n/proc/self/fd\n/proc/self/fd/0\n"
        "1777\n65536\nexited 0");
}

TEST_CASE("a program that is called by the link to mabplan itself cannot write to it") {
    check_everyone(
        [](World& world) {
            SandboxSpec spec = world.shell("printf '#!/proc/self/exe\\n' > /trick; chmod 755 /trick");
            const std::string made = world.tell(spec);
            SandboxSpec trick = world.step();
            trick.lower_dirs.push_back(spec.scratch_dir + "/upper");
            trick.argv = {"/bin/sh", "-c", "(echo x > /proc/1/exe) 2>/dev/null && echo written; true"};
            return made + ", " + world.tell(trick);
        },
        "exited 0, exited 0");
}
