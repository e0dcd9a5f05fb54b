// A step that has a terminal of its own: whose it is, what is typed there, its size.
#include "plans/base/format.h"
#include "runtime/sandbox/sandbox.h"
#include "runtime/sys/pipe.h"
#include "tests/unit/runtime/sandbox/check_everyone.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <functional>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::runtime::tests;

namespace {

// Does something when the step says that it is ready, and keeps what it says.
class Answering final : public OutputSink {
public:
    explicit Answering(std::function<void()> when_ready) : when_ready_(std::move(when_ready)) {}
    void output(int stream, std::string_view bytes) override {
        said.append(bytes);
        if (stream != 1) said += "(not of the terminal)";
        if (!answered_ && said.find("ready\r\n") != std::string::npos) {
            answered_ = true;
            when_ready_();
        }
    }
    std::string said;

private:
    std::function<void()> when_ready_;
    bool answered_ = false;
};

SandboxSpec on_terminal(World& world, const std::string& script) {
    SandboxSpec spec = world.shell(script);
    spec.stdio = Stdio::Terminal;
    return spec;
}

std::string told(
    const SandboxSpec& spec, const std::function<void()>& when_ready = [] {}) {
    Answering sink(when_ready);
    const auto outcome = run_sandboxed(spec, sink);
    return sink.said + (outcome ? tell_outcome(*outcome) : format_error(outcome.error()));
}

void write_text(const Fd& to, std::string_view text) {
    CHECK(::write(to.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

// The two sides of a terminal of this host.
struct Pair {
    Fd master = Fd(::open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC));
    Fd terminal;
    Pair() {
        int locked = 0;
        ::ioctl(master.get(), TIOCSPTLCK, &locked);
        terminal.reset(::ioctl(master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
    }
    void set_size(unsigned short rows, unsigned short columns) const {
        const winsize size{rows, columns, 0, 0};
        ::ioctl(terminal.get(), TIOCSWINSZ, &size);
    }
};

}  // namespace

TEST_CASE("all three streams are one terminal of the step's own, which controls its session") {
    check_everyone(
        [](World& world) {
            SandboxSpec spec =
                on_terminal(world,
                            "for stream in 0 1 2; do test -t $stream && echo $stream; done; /bin/busybox tty; "
                            "echo to it >/dev/tty; echo by name >$(/bin/busybox tty); echo owner $(stat -c %u $(/bin/busybox tty))");
            spec.uid = spec.gid = world.ids().uids > 1 ? 1 : 0;
            const std::string owner = format("owner {}\r\n", spec.uid);
            std::string said = told(spec);
            const std::size_t at = said.find(owner);
            return at == std::string::npos ? said : said.replace(at, owner.size(), "its own ");
        },
        "0\r\n1\r\n2\r\n/dev/pts/0\r\nto it\r\nby name\r\nits own exited 0");
}

TEST_CASE("what is typed is read there, and the end of it is a key") {
    check_everyone(
        [](World& world) {
            auto typed = make_pipe().value();
            SandboxSpec spec = on_terminal(world, "echo ready; read line; echo got $line; cat >/dev/null; echo over; exit 3");
            spec.terminal.input = typed.read.get();
            return told(spec, [&] { write_text(typed.write, "some words\n\x04"); });
        },
        "ready\r\nsome words\r\ngot some words\r\nover\r\nexited 3");
}

TEST_CASE("Ctrl-C goes to the command, and who types no more ends nothing") {
    check_everyone(
        [](World& world) {
            auto typed = make_pipe().value();
            SandboxSpec spec = on_terminal(world, "echo ready; sleep 60");
            spec.terminal.input = typed.read.get();
            std::string all = told(spec, [&] { write_text(typed.write, "\x03"); });
            typed.write.reset();
            spec = on_terminal(world, "sleep 0.1; echo still here");
            spec.terminal.input = typed.read.get();
            return all + " " + told(spec);
        },
        "ready\r\n^Csignal 2 still here\r\nexited 0");
}

TEST_CASE("its size is that of the terminal it is shown on, also when that changes") {
    check_everyone(
        [](World& world) {
            const Pair outer;
            outer.set_size(33, 77);
            const Fd resized(::eventfd(0, EFD_CLOEXEC));
            SandboxSpec spec = on_terminal(world,
                                           "trap '/bin/busybox stty size; exit 7' WINCH; /bin/busybox stty size; echo ready; "
                                           "while :; do sleep 0.02; done");
            spec.terminal.size_of = outer.terminal.get();
            spec.terminal.resized = resized.get();
            return told(spec, [&] {
                outer.set_size(50, 120);
                ::eventfd_write(resized.get(), 1);
            });
        },
        "33 77\r\nready\r\n50 120\r\nexited 7");
}

TEST_CASE("all that was said comes, and what could not be executed is said, too") {
    check_everyone(
        [](World& world) {
            const std::string said = told(on_terminal(world, "i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done"));
            SandboxSpec missing = on_terminal(world, "");
            missing.argv = {"nowhere"};
            missing.terminal = {};
            Answering sink([] {});
            const auto outcome = run_sandboxed(missing, sink);
            return format("{} {} {}", said.ends_with("line 19998\r\nline 19999\r\nexited 0"), said.size(),
                          outcome ? tell_outcome(*outcome) : "failed");
        },
        format("true {} exited 127", 20000 * 7 + 10 * 1 + 90 * 2 + 900 * 3 + 9000 * 4 + 10000 * 5 + 8));
}
