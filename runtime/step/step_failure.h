// How a command ended, in words: by itself, by a signal, by its time, by the emulator that it ran under.
#pragma once

#include "plans/base/error.h"
#include "plans/model/step.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mabplan::runtime {

struct StepConditions {
    std::string emulator;  // name and version; empty if it ran natively
    std::optional<std::uint64_t> timeout_ms;
};

// An error of kind Step, with the end of what was said; of kind Environment where the emulator broke and not the command.
Error explain_failure(const StepFailed& failed, const StepConditions& conditions);

// As a shell reports it: 128 + N where signal N ended it. A command that ran out of time has 124, as that of timeout(1).
int exit_code_of(const StepFailed& failed);

// What QEMU says of a program that met an instruction which its CPU lacks (SIGILL).
inline constexpr std::string_view kLackingInstruction = "uncaught target signal 4 ";

// Whether a step that failed under an emulator met an instruction that the CPU which it was shown lacks: by what QEMU said of it in the
// end of the output, or by how the command ended.
bool lacks_instruction(const StepFailed& failed);

}  // namespace mabplan::runtime
