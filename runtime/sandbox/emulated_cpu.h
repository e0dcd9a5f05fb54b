// Which CPU an emulator shows to programs. Debian 13's, Ubuntu's and Fedora's programs for arm64 sign their return addresses, which QEMU's
// default CPU computes by a costly cipher: a CPU without that runs them up to ten times as fast.
#pragma once

#include "plans/base/result.h"
#include "runtime/sandbox/emulator.h"

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

// Models of CPUs by QEMU's words, in the order they are tried; an empty word is QEMU's default. "" alone where none is known to be faster.
std::span<const std::string_view> cpu_models(std::string_view machine);

// An emulator in this process's table of binfmt_misc, and the CPU that it shows. Shared by steps that run at once.
class EmulatedCpu {
public:
    // Enters the emulator with the first model that it knows. An Environment error if it does not run a program at all.
    static Result<std::shared_ptr<EmulatedCpu>> register_first(const Emulator& emulator);

    // The one that programs get which are started now.
    std::string model() const;
    // The one that was taken at the start, and whether another host may have taken another one: what was made with the first of
    // cpu_models, or where there is no choice, is what every host makes.
    const std::string& first_model() const { return first_; }
    bool is_usual() const { return first_ == cpu_models(emulator_.machine).front(); }

    enum class Widened { Yes, NoFurther };
    // A program that was started under `seen` met an instruction that this CPU lacks: programs started from now on get one with more, which
    // are slower. NoFurther: it was not for the CPU; programs get the first one again. Safe while steps run.
    Result<Widened> widen(const std::string& seen);

private:
    explicit EmulatedCpu(Emulator emulator) : emulator_(std::move(emulator)) {}
    Result<bool> enter(std::string_view model);

    const Emulator emulator_;
    std::string first_;
    mutable std::mutex mutex_;
    std::string model_;
    int entries_ = 0;  // made in the table so far
};

// "cpu neoverse-n1", or "QEMU's default cpu".
std::string cpu_in_words(std::string_view model);

}  // namespace mabplan::runtime
