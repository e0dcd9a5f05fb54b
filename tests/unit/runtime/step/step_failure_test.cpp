// Whose fault it was that a command ended badly.
#include "runtime/step/step_failure.h"

#include <doctest/doctest.h>

#include <csignal>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

StepFailed ended(StepFailed::How how, int code, std::string tail = {}) { return {how, code, std::move(tail), {}}; }
Error native(StepFailed failed) {
    failed.log_tail = "tail\n";
    return explain_failure(failed, {});
}
Error emulated(StepFailed failed, const std::string& tail) {
    failed.log_tail = tail;
    return explain_failure(failed, {"qemu-arm (9.9)", {}});
}

}  // namespace

TEST_CASE("a command that ends by itself, by a signal, or one of whose programs does") {
    CHECK(native(ended(StepFailed::How::Exited, 3)).message == "the command exited with 3");
    CHECK(native(ended(StepFailed::How::Exited, 3)).kind == ErrorKind::Step);
    CHECK(native(ended(StepFailed::How::Exited, 3)).detail == "tail\n");
    CHECK(native(ended(StepFailed::How::Signalled, SIGKILL)).message == "the command was ended by signal 9 (Killed)");
    CHECK(native(ended(StepFailed::How::Exited, 139)).message ==
          "the command exited with 139: something in it was ended by signal 11 (Segmentation fault)");
}

TEST_CASE("a command that ran out of time") {
    CHECK(explain_failure(ended(StepFailed::How::TimedOut, 0), {{}, 1500}).message == "the command ran longer than the 1.5 s it may");
}

TEST_CASE("what who ran it advises stands behind what is known of the failure") {
    StepFailed failed = ended(StepFailed::How::Exited, 3);
    failed.hint = "look at it";
    CHECK(explain_failure(failed, {}).hint == "look at it");
    failed = ended(StepFailed::How::Signalled, SIGSEGV);
    failed.hint = "look at it";
    CHECK(explain_failure(failed, {"qemu-arm (9.9)", {}}).hint ==
          "try another version of QEMU, or build on a machine of that platform (`runner: native`); look at it");
}

TEST_CASE("the exit code is a shell's") {
    CHECK(exit_code_of(ended(StepFailed::How::Exited, 3)) == 3);
    CHECK(exit_code_of(ended(StepFailed::How::Signalled, SIGKILL)) == 137);
    CHECK(exit_code_of(ended(StepFailed::How::TimedOut, 0)) == 124);
}

TEST_CASE("under an emulator a failure is the command's own, unless it is a crash") {
    CHECK(emulated(ended(StepFailed::How::Exited, 3), "").message == "the command exited with 3");
    CHECK(emulated(ended(StepFailed::How::Signalled, SIGTERM), "").message == "the command was ended by signal 15 (Terminated)");
}

TEST_CASE("a crash of the program is told by the emulator") {
    const Error error =
        emulated(ended(StepFailed::How::Exited, 139), "qemu: uncaught target signal 11 (Segmentation fault) - core dumped\n");
    CHECK(error.kind == ErrorKind::Step);
    CHECK(error.message ==
          "the command exited with 139: something in it was ended by signal 11 (Segmentation fault); it ran under qemu-arm (9.9), which "
          "says that the program itself crashed");
}

TEST_CASE("a crash of the emulator is no failure of the command") {
    for (const char* said : {"QEMU internal SIGSEGV {code=MAPERR, addr=0x20}\n", "qemu: unhandled CPU exception 0x1 - aborting\n"}) {
        const Error error = emulated(ended(StepFailed::How::Exited, 134), said);
        CHECK(error.kind == ErrorKind::Environment);
        CHECK(error.message ==
              "the emulator qemu-arm (9.9) crashed, and not the command: the command exited with 134: something in it was ended by signal "
              "6 (Aborted)");
    }
    // without a word it was the emulator that the signal was for
    CHECK(emulated(ended(StepFailed::How::Signalled, SIGSEGV), "").kind == ErrorKind::Environment);
    CHECK(emulated(ended(StepFailed::How::Exited, 139), "").message ==
          "the command exited with 139: something in it was ended by signal 11 (Segmentation fault); it ran under qemu-arm (9.9), which "
          "may have crashed itself");
}

TEST_CASE("an instruction that the emulated CPU lacks is told from other failures") {
    const auto lacks = [](StepFailed failed, const std::string& tail) {
        failed.log_tail = tail;
        return lacks_instruction(failed);
    };
    CHECK(lacks(ended(StepFailed::How::Exited, 2),
                "qemu: uncaught target signal 4 (Illegal instruction) - core dumped\nmake: *** [all] Error 132\n"));
    CHECK(lacks(ended(StepFailed::How::Exited, 132), "Illegal instruction\n"));
    CHECK(lacks(ended(StepFailed::How::Signalled, 4), ""));
    CHECK(!lacks(ended(StepFailed::How::Exited, 139), "qemu: uncaught target signal 11 (Segmentation fault) - core dumped\n"));
    CHECK(!lacks(ended(StepFailed::How::Exited, 1), "error 4\n"));
    CHECK(!lacks(ended(StepFailed::How::TimedOut, 0), ""));
}
