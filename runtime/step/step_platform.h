// How the commands of a platform run on this host.
#pragma once

#include "plans/base/result.h"
#include "runtime/sandbox/emulated_cpu.h"
#include "runtime/sandbox/sandbox.h"
#include "runtime/sys/background.h"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace mabplan::runtime {

// Known before a command starts.
struct StepPlatform {
    std::string emulator;  // name and version, empty if native
    Abi abi = Abi::Native;
    std::optional<Error> refusal{};        // why it can't run here
    std::shared_ptr<EmulatedCpu> cpu{};    // that the emulator shows; null if native, and where the host's own handlers run the programs
    std::string cpu_words{};               // "cpu neoverse-n1": what this command sees; empty if nobody knows
    bool is_widest = true;                 // there is no CPU that can do more
    std::shared_ptr<Background> others{};  // enters the emulators of other platforms; done before a command starts
};

using StepPlatforms = std::map<std::string, StepPlatform>;  // by format_platform

// The emulator and the CPU that it shows: "qemu-aarch64-static (qemu-aarch64 version 7.2.22), cpu neoverse-n1"; empty if native.
std::string emulator_in_words(const StepPlatform& platform);

}  // namespace mabplan::runtime
