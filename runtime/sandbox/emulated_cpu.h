// Which CPU an emulator shows to programs. Debian 13's, Ubuntu's and Fedora's programs for arm64 sign their return addresses, which QEMU's
// default CPU computes by a costly cipher: a CPU without that runs them up to ten times as fast.
#pragma once

#include "plans/base/result.h"
#include "runtime/sandbox/emulator.h"
#include "runtime/sys/fd.h"

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
// result is to depend on nothing else. Steps that run at once share it.
class EmulatedCpu {
public:
    // Enters the emulator with the first model that it knows. An Environment error if it does not run a program at all.
    static Result<std::shared_ptr<EmulatedCpu>> register_first(const Emulator& emulator);

    const std::string& model() const { return model_; }
    // Whether another host may have taken another one: what was made with the first of cpu_models, or where there is no choice, is what
    // every host makes.
    bool is_usual() const { return model_ == cpu_models(emulator_.machine).front(); }

    // Held by every command of this process while it runs, of whatever platform: any may start programs of this machine.
    static std::shared_lock<std::shared_mutex> keep_models();

    // Models that can do more and are slower, in the order they are to be tried: for a command that met an instruction which this one
    // lacks.
    std::span<const std::string_view> wider_models() const;
    // While this lives programs get another model, and no command holds keep_models().
    class Wider {
    public:
        Wider(Fd entry, std::unique_lock<std::shared_mutex> alone) : entry_(std::move(entry)), alone_(std::move(alone)) {}
        Wider(Wider&&) noexcept = default;
        Wider& operator=(Wider&&) = delete;
        ~Wider();

    private:
        Fd entry_;
        std::unique_lock<std::shared_mutex> alone_;
    };
    // Waits for the commands that hold keep_models(), before those that come after it. Nothing if the emulator does not know the model.
    Result<std::optional<Wider>> widen(std::string_view model) const;

private:
    explicit EmulatedCpu(Emulator emulator) : emulator_(std::move(emulator)) {}
    Result<std::optional<Fd>> enter(std::string_view model) const;

    const Emulator emulator_;
    std::string model_;
};

// "cpu neoverse-n1", or "QEMU's default cpu".
std::string cpu_in_words(std::string_view model);

}  // namespace mabplan::runtime
