#include "runtime/step/step_failure.h"

#include "plans/base/format.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <string_view>

namespace mabplan::runtime {

namespace {

constexpr int kTimedOut = 124;
constexpr std::array kCrashes{SIGSEGV, SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGTRAP};

// What QEMU says of a program that crashes under it; without such a line the signal was meant for QEMU itself.
constexpr std::string_view kProgramCrashed = "uncaught target signal";
// What it says when it crashes by itself, by version.
constexpr std::array<std::string_view, 4> kEmulatorCrashed{"QEMU internal SIG", "unhandled CPU exception", "code should not be reached",
                                                           "Bail out! ERROR:"};

std::string signal_name(int number) {
    const char* name = ::strsignal(number);
    return format("signal {} ({})", number, name != nullptr ? name : "unknown");
}

// The signal that ended the command, or the last command of its shell; 0 if it ended by itself.
int crash_of(const StepFailed& failed) {
    const int number = failed.how == StepFailed::How::Signalled ? failed.code : failed.code - kSignalBase;
    return std::find(kCrashes.begin(), kCrashes.end(), number) != kCrashes.end() ? number : 0;
}

std::string plain_words(const StepFailed& failed) {
    if (failed.how == StepFailed::How::Signalled) return format("the command was ended by {}", signal_name(failed.code));
    const int crash = crash_of(failed);
    if (crash == 0) return format("the command exited with {}", failed.code);
    return format("the command exited with {}: something in it was ended by {}", failed.code, signal_name(crash));
}

// Under an emulator a crash has three causes, which need different mends.
void blame_emulator(const StepFailed& failed, const std::string& emulator, std::string_view tail, Error& error) {
    const bool by_itself = std::any_of(kEmulatorCrashed.begin(), kEmulatorCrashed.end(),
                                       [&](std::string_view text) { return tail.find(text) != std::string_view::npos; });
    const bool in_program = tail.find(kProgramCrashed) != std::string_view::npos;
    if (in_program && !by_itself) {
        error.message += format("; it ran under {}, which says that the program itself crashed", emulator);
        error.hint = "a program that works on a machine of its own platform shows a fault of the emulator: try another version of QEMU";
        return;
    }
    if (!by_itself && failed.how != StepFailed::How::Signalled) {
        error.message += format("; it ran under {}, which may have crashed itself", emulator);
        return;
    }
    error.kind = ErrorKind::Environment;
    error.message = format("the emulator {} crashed, and not the command: {}", emulator, plain_words(failed));
    error.hint = "try another version of QEMU, or build on a machine of that platform (`runner: native`)";
}

}  // namespace

Error explain_failure(const StepFailed& failed, const StepConditions& conditions) {
    Error error{ErrorKind::Step, {}, {}, {}, {}, failed.log_tail};
    if (failed.how == StepFailed::How::TimedOut) {
        error.message =
            format("the command ran longer than the {} s it may", static_cast<double>(conditions.timeout_ms.value_or(0)) / 1000);
    } else {
        error.message = plain_words(failed);
        if (!conditions.emulator.empty() && crash_of(failed) != 0) blame_emulator(failed, conditions.emulator, failed.log_tail, error);
    }
    if (!failed.hint.empty()) error.hint = error.hint.empty() ? failed.hint : format("{}; {}", error.hint, failed.hint);
    return error;
}

int exit_code_of(const StepFailed& failed) {
    switch (failed.how) {
        case StepFailed::How::Exited: return failed.code;
        case StepFailed::How::Signalled: return kSignalBase + failed.code;
        case StepFailed::How::TimedOut: break;
    }
    return kTimedOut;
}

bool lacks_instruction(const StepFailed& failed) {
    const bool was_killed = failed.how != StepFailed::How::TimedOut && crash_of(failed) == SIGILL;
    return was_killed || failed.log_tail.find(kLackingInstruction) != std::string::npos;
}

}  // namespace mabplan::runtime
