// How a step ends, what it says, and that nothing of it stays.
#include "runtime/sandbox/sandbox.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "tests/unit/runtime/sandbox/check_everyone.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <set>
#include <thread>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::runtime::tests;
using namespace std::chrono_literals;

namespace {

// Processes with this text in their command line, in the whole pid namespace of the test.
int count_processes(const std::string& marker) {
    int count = 0;
    for (const std::string& name : list_names("/proc").value_or(std::vector<std::string>()))
        if (parse_unsigned(name) && read_file("/proc/" + name + "/cmdline").value_or("").find(marker) != std::string::npos) ++count;
    return count;
}

// Until all are gone, or two seconds are over: how many are left.
int await_end_of(const std::string& marker) {
    for (int i = 0; i < 200 && count_processes(marker) != 0; ++i) std::this_thread::sleep_for(10ms);
    return count_processes(marker);
}

std::string tell_within(World& world, const SandboxSpec& spec, std::chrono::milliseconds limit) {
    const auto begin = std::chrono::steady_clock::now();
    const std::string told = world.tell(spec);
    const auto spent = std::chrono::steady_clock::now() - begin;
    return told + (spent < limit ? " in time" : " too late");
}

}  // namespace

TEST_CASE("exit codes and signals are those of the command") {
    check_everyone(
        [](World& world) {
            return world.tell_shell("exit 0") + ", " + world.tell_shell("exit 255") + ", " + world.tell_shell("kill -SEGV $$");
        },
        "exited 0, exited 255, signal 11");
}

TEST_CASE("both outputs are kept apart") {
    check_everyone([](World& world) { return world.tell_shell("echo to out; echo to err >&2; cat"); },
                   "out: to out\nerr: to err\nexited 0");
}

TEST_CASE("a command that cannot be executed ends as in a shell") {
    check_everyone(
        [](World& world) {
            std::string told;
            for (const char* program : {"nothing", "/nothing", "/etc/passwd", "/etc"}) {
                SandboxSpec spec = world.step();
                spec.argv = {program};
                told += world.tell(spec) + "\n";
            }
            return told;
        },
        "err: exec: nothing: no such file in PATH=/bin\nexited 127\n"
        "err: exec: /nothing: no such file\nexited 127\n"
        "err: exec: /etc/passwd: permission denied\nexited 126\n"
        "err: exec: /etc: permission denied\nexited 126\n");
}

TEST_CASE("what is no program, and what lacks its interpreter, is told as such") {
    check_everyone(
        [](World& world) {
            SandboxSpec text = world.shell("printf 'echo no\\n' > /t; printf '#!/nowhere\\n' > /s; chmod 755 /t /s");
            const std::string made = world.tell(text);
            std::string told = made + "\n";
            for (const char* program : {"/t", "/s"}) {
                SandboxSpec spec = world.step();
                spec.lower_dirs.push_back(text.scratch_dir + "/upper");
                spec.argv = {program};
                told += world.tell(spec) + "\n";
            }
            return told;
        },
        "exited 0\n"
        "err: exec: /t: exec format error: neither a program nor a script that begins with #!\nexited 126\n"
        "err: exec: /s: the file is there, but not the interpreter or loader that it names\nexited 127\n");
}

TEST_CASE("a megabyte of output arrives whole, from a command that ends at once") {
    check_everyone(
        [](World& world) {
            Transcript transcript;
            const SandboxSpec spec = world.shell("head -c 1000000 /dev/zero | tr '\\0' x; head -c 50000 /dev/zero | tr '\\0' y >&2");
            const auto outcome = run_sandboxed(spec, transcript);
            return format("{} {} {}", transcript.out == std::string(1000000, 'x'), transcript.err == std::string(50000, 'y'),
                          outcome.has_value());
        },
        "true true true");
}

TEST_CASE("a daemon that the command leaves behind is gone, and its hold on the pipes with it") {
    check_everyone(
        [](World& world) {
            const std::string told =
                tell_within(world, world.shell("setsid sh -c 'trap \"\" TERM HUP INT; sleep 54321' & echo left; sleep 0.1"), 3s);
            return format("{} {}", told, await_end_of("54321"));
        },
        "out: left\nexited 0 in time 0");
}

TEST_CASE("a time limit ends the step and all its processes") {
    check_everyone(
        [](World& world) {
            SandboxSpec spec = world.shell("echo begun; trap '' TERM; sleep 54322 & sleep 54322");
            spec.time_limit = 300ms;
            return format("{} {}", tell_within(world, spec, 1300ms), await_end_of("54322"));
        },
        "out: begun\ntimed out in time 0");
}

TEST_CASE("an eventfd ends the step at once") {
    check_everyone(
        [](World& world) {
            const int event = ::eventfd(0, EFD_CLOEXEC);
            SandboxSpec spec = world.shell("trap '' TERM; sleep 54323 & sleep 54323");
            spec.stop_fd = event;
            std::thread stopper([event] {
                std::this_thread::sleep_for(200ms);
                ::eventfd_write(event, 1);
            });
            const std::string told = tell_within(world, spec, 1200ms);
            stopper.join();
            return format("{} {}", told, await_end_of("54323"));
        },
        "stopped in time 0");
}

TEST_CASE("with a grace the command may tidy up first, and is ended when it does not") {
    check_everyone(
        [](World& world) {
            std::string told;
            for (const char* script :
                 {"trap 'echo tidy; exit 0' TERM; while :; do sleep 0.05; done", "trap '' TERM; while :; do sleep 0.05; done"}) {
                const int event = ::eventfd(0, EFD_CLOEXEC);
                SandboxSpec spec = world.shell(script);
                spec.stop_fd = event;
                spec.stop_grace = 600ms;
                std::thread stopper([event] {
                    std::this_thread::sleep_for(200ms);
                    ::eventfd_write(event, 1);
                });
                told += tell_within(world, spec, 2s) + "\n";
                stopper.join();
            }
            return told;
        },
        "out: tidy\nstopped in time\nstopped in time\n");
}

TEST_CASE("kill -9 of mabplan leaves no process and no mount") {
    if (!has_busybox()) return;
    for (const As who : everyone()) {
        INFO(name_of(who));
        const std::string mounts_before = read_file("/proc/self/mountinfo").value_or("");
        const std::string said = in_world(who, [](World& world) {
            const pid_t mabplan = ::fork();
            if (mabplan == 0) {
                world.tell(world.shell("setsid sleep 54324 & trap '' TERM HUP; sleep 54324; true"));
                ::_exit(0);
            }
            const std::string sleeper("sleep\00054324", 11);  // there are two
            bool is_running = false;
            for (int i = 0; i < 500 && !is_running; ++i) {
                is_running = count_processes(sleeper) >= 2;
                std::this_thread::sleep_for(10ms);
            }
            ::kill(mabplan, SIGKILL);
            ::waitpid(mabplan, nullptr, 0);
            return format("{} then {}", is_running, await_end_of("54324"));
        });
        CHECK(said == "true then 0");
        CHECK(read_file("/proc/self/mountinfo").value_or("") == mounts_before);
    }
}

TEST_CASE("with inherited streams the command reads and writes those of this process") {
    check_everyone(
        [](World& world) {
            const std::string folder = world.make_layer();
            static_cast<void>(write_file(folder + "/in", "asked\n", 0644, Durability::Cached));
            const int in = ::open((folder + "/in").c_str(), O_RDONLY | O_CLOEXEC);
            const int out = ::open((folder + "/out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
            if (::dup2(in, 0) != 0 || ::dup2(out, 1) != 1 || ::dup2(out, 2) != 2) return std::string("no streams");
            SandboxSpec spec = world.shell("read line; echo $line; ls /proc/self/fd | wc -l");
            spec.stdio = Stdio::Inherited;
            SandboxSpec missing = spec;
            missing.scratch_dir = world.step().scratch_dir;
            missing.argv = {"/missing"};
            std::string told = world.tell(spec) + ", ";
            told += world.tell(missing) + ": ";
            return told + read_file(folder + "/out").value_or("nothing");
        },
        "exited 0, exited 127: asked\n4\nexec: /missing: no such file\n");
}

TEST_CASE("steps run side by side in threads of one process") {
    check_everyone(
        [](World& world) {
            std::vector<SandboxSpec> specs;
            for (int i = 0; i < 8; ++i) specs.push_back(world.shell(format("sleep 0.1; echo {}; exit {}", i, i)));
            std::vector<std::string> told(specs.size());
            std::vector<std::thread> threads;
            for (std::size_t i = 0; i < specs.size(); ++i) threads.emplace_back([&, i] { told[i] = world.tell(specs[i]); });
            for (std::thread& thread : threads) thread.join();
            return format("{}", join(told, "; "));
        },
        "out: 0\nexited 0; out: 1\nexited 1; out: 2\nexited 2; out: 3\nexited 3; out: 4\nexited 4; out: 5\nexited 5; out: 6\nexited 6; "
        "out: 7\nexited 7");
}

TEST_CASE("a command of another user can write to /dev/stdout") {
    check_everyone(
        [](World& world) {
            SandboxSpec spec = world.shell("id -u; id -G; echo here > /dev/stdout");
            spec.uid = 1000;
            spec.gid = 1000;
            spec.groups = {1000, 27};
            return world.tell(spec);
        },
        "out: 1000\n1000 27\nhere\nexited 0");
}

TEST_CASE("an id that is not mapped is an error of the environment that names the remedy") {
    if (!has_busybox()) return;
    for (const As who : everyone({As::Lone})) {
        const std::string said = in_world(who, [](World& world) {
            SandboxSpec spec = world.shell("true");
            spec.uid = 1000;
            return world.tell(spec);
        });
        CHECK(said ==
              "error: the step's sandbox could not become its user and group: Invalid argument\n"
              "  hint: the id is not mapped into the user namespace: the user daemon has no range in /etc/subuid: " +
                  free_ranges("daemon") + "\n");
    }
}

TEST_CASE("with a single id a step of root runs") {
    if (!has_busybox()) return;
    for (const As who : everyone({As::Lone}))
        CHECK(in_world(who, [](World& world) { return world.tell_shell("id -u; touch /x"); }) == "out: 0\nexited 0");
}

TEST_CASE("resource limits") {
    check_everyone(
        [](World& world) {
            SandboxSpec spec = world.shell("ulimit -n; ulimit -c; ulimit -t");
            spec.limits = {{RLIMIT_CORE, 0, 0}, {RLIMIT_CPU, 100, 200}};
            return world.tell(spec);
        },
        "out: 1024\n0\n100\nexited 0");
}
