// How a command ended, in words: by itself, by a signal, by its time, by the emulator that it ran under.
#pragma once

#include "runtime/sandbox/sandbox.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mabplan::runtime {

struct StepConditions {
    std::string emulator;  // name and version; empty if it ran natively
    std::optional<std::uint64_t> timeout_ms;
};

// `tail`: the end of what was said. An error of kind Step; of kind Environment where the emulator broke and not the command; Interrupted
// for a step that was stopped. The outcome is not success.
Error explain_outcome(const SandboxOutcome& outcome, const StepConditions& conditions, std::string tail);

// What QEMU says of a program that met an instruction which its CPU lacks (SIGILL).
inline constexpr std::string_view kLackingInstruction = "uncaught target signal 4 ";

// Whether a step that failed under an emulator met an instruction that the CPU which it was shown lacks: by what QEMU said of it in the
// end of the output, or by how the command ended.
bool lacks_instruction(const Error& failure);

}  // namespace mabplan::runtime
