// Whose fault it was that a command ended badly.
#include "runtime/step/step_failure.h"

#include <doctest/doctest.h>

#include <csignal>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

SandboxOutcome ended(SandboxOutcome::How how, int code) { return {how, code, {}, false}; }
Error native(const SandboxOutcome& outcome) { return explain_outcome(outcome, {}, "tail\n"); }
Error emulated(const SandboxOutcome& outcome, const std::string& tail) { return explain_outcome(outcome, {"qemu-arm (9.9)", {}}, tail); }

}  // namespace

TEST_CASE("a command that ends by itself, by a signal, or one of whose programs does") {
    CHECK(native(ended(SandboxOutcome::Exited, 3)).message == "the command exited with 3");
    CHECK(native(ended(SandboxOutcome::Exited, 3)).kind == ErrorKind::Step);
    CHECK(native(ended(SandboxOutcome::Exited, 3)).detail == "tail\n");
    CHECK(native(ended(SandboxOutcome::Signalled, SIGKILL)).message == "the command was ended by signal 9 (Killed)");
    CHECK(native(ended(SandboxOutcome::Exited, 139)).message ==
          "the command exited with 139: something in it was ended by signal 11 (Segmentation fault)");
}

TEST_CASE("time and interruption") {
    CHECK(explain_outcome(ended(SandboxOutcome::TimedOut, 0), {{}, 1500}, "").message == "the command ran longer than the 1.5 s it may");
    CHECK(native(ended(SandboxOutcome::Stopped, 0)).kind == ErrorKind::Interrupted);
}

TEST_CASE("under an emulator a failure is the command's own, unless it is a crash") {
    CHECK(emulated(ended(SandboxOutcome::Exited, 3), "").message == "the command exited with 3");
    CHECK(emulated(ended(SandboxOutcome::Signalled, SIGTERM), "").message == "the command was ended by signal 15 (Terminated)");
}

TEST_CASE("a crash of the program is told by the emulator") {
    const Error error =
        emulated(ended(SandboxOutcome::Exited, 139), "qemu: uncaught target signal 11 (Segmentation fault) - core dumped\n");
    CHECK(error.kind == ErrorKind::Step);
    CHECK(error.message ==
          "the command exited with 139: something in it was ended by signal 11 (Segmentation fault); it ran under qemu-arm (9.9), which "
          "says that the program itself crashed");
}

TEST_CASE("a crash of the emulator is no failure of the command") {
    for (const char* said : {"QEMU internal SIGSEGV {code=MAPERR, addr=0x20}\n", "qemu: unhandled CPU exception 0x1 - aborting\n"}) {
        const Error error = emulated(ended(SandboxOutcome::Exited, 134), said);
        CHECK(error.kind == ErrorKind::Environment);
        CHECK(error.message ==
              "the emulator qemu-arm (9.9) crashed, and not the command: the command exited with 134: something in it was ended by signal "
              "6 (Aborted)");
    }
    // without a word it was the emulator that the signal was for
    CHECK(emulated(ended(SandboxOutcome::Signalled, SIGSEGV), "").kind == ErrorKind::Environment);
    CHECK(emulated(ended(SandboxOutcome::Exited, 139), "").message ==
          "the command exited with 139: something in it was ended by signal 11 (Segmentation fault); it ran under qemu-arm (9.9), which "
          "may have crashed itself");
}

TEST_CASE("an instruction that the emulated CPU lacks is told from other failures") {
    const std::string qemu = "qemu-aarch64-static (qemu-aarch64 version 7.2.22), cpu neoverse-n1";
    const auto lacks = [&](const SandboxOutcome& outcome, const std::string& tail) {
        return lacks_instruction(explain_outcome(outcome, {qemu, {}}, tail));
    };
    CHECK(lacks(ended(SandboxOutcome::Exited, 2),
                "qemu: uncaught target signal 4 (Illegal instruction) - core dumped\nmake: *** [all] Error 132\n"));
    CHECK(lacks(ended(SandboxOutcome::Exited, 132), "Illegal instruction\n"));
    CHECK(lacks(ended(SandboxOutcome::Signalled, 4), ""));
    CHECK(!lacks(ended(SandboxOutcome::Exited, 139), "qemu: uncaught target signal 11 (Segmentation fault) - core dumped\n"));
    CHECK(!lacks(ended(SandboxOutcome::Exited, 1), "error 4\n"));
    CHECK(!lacks(ended(SandboxOutcome::Stopped, 0), ""));
}
