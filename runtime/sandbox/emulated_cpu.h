// Which CPU an emulator shows to programs. Debian 13's, Ubuntu's and Fedora's programs for arm64 sign their return addresses, which QEMU's
// default CPU computes by a costly cipher: a CPU without that runs them up to ten times as fast.
#pragma once

#include "plans/base/result.h"
#include "runtime/sandbox/emulator.h"

#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace mabplan::runtime {

// Models of CPUs by QEMU's words, in the order they are tried; an empty word is QEMU's default. "" alone where none is known to be faster.
std::span<const std::string_view> cpu_models(std::string_view machine);

// An emulator in this process's table of binfmt_misc, and the CPU that it shows: to every command the same one, whatever others met, for a
// result is to depend on nothing else. Shared by steps that run at once.
class EmulatedCpu {
public:
    // Enters the emulator with the first model that it knows. An Environment error if it does not run a program at all.
    static Result<std::shared_ptr<EmulatedCpu>> register_first(const Emulator& emulator);

    const std::string& model() const { return model_; }
    // Whether another host may have taken another one: what was made with the first of cpu_models, or where there is no choice, is what
    // every host makes.
    bool is_usual() const { return model_ == cpu_models(emulator_.machine).front(); }

    // Held while a command runs with the first model.
    std::shared_lock<std::shared_mutex> use() { return std::shared_lock(running_); }

    // Models that can do more and are slower, in the order they are to be tried: for a command that met an instruction which this one lacks.
    std::span<const std::string_view> wider_models() const;
    // While this lives programs get another model, and no command holds use().
    class Wider {
    public:
        Wider(EmulatedCpu& cpu, std::string entry, std::unique_lock<std::shared_mutex> alone) : cpu_(&cpu), entry_(std::move(entry)), alone_(std::move(alone)) {}
        Wider(Wider&& other) noexcept : cpu_(std::exchange(other.cpu_, nullptr)), entry_(std::move(other.entry_)), alone_(std::move(other.alone_)) {}
        Wider& operator=(Wider&&) = delete;
        ~Wider();

    private:
        EmulatedCpu* cpu_;
        std::string entry_;
        std::unique_lock<std::shared_mutex> alone_;
    };
    // Waits for the commands that hold use(). Nothing if the emulator does not know the model.
    Result<std::optional<Wider>> widen(std::string_view model);

private:
    explicit EmulatedCpu(Emulator emulator) : emulator_(std::move(emulator)) {}
    Result<std::optional<std::string>> enter(std::string_view model);

    const Emulator emulator_;
    std::string model_;
    std::shared_mutex running_;
};

// "cpu neoverse-n1", or "QEMU's default cpu".
std::string cpu_in_words(std::string_view model);

}  // namespace mabplan::runtime
