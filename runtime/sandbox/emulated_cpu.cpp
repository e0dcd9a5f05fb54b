#include "runtime/sandbox/emulated_cpu.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sandbox/binfmt.h"
#include "runtime/sandbox/emulator_program.h"
#include "runtime/sandbox/machine.h"

#include <algorithm>
#include <array>

namespace mabplan::runtime {

namespace {

// neoverse-n1 has what binaries for Armv8.2 and the atomics of 8.1 need, and is a machine that people build on. QEMU before 7.0 does not
// know it, and before 6.0 not the property pauth.
constexpr std::array<std::string_view, 4> kArm64{"neoverse-n1", "max,pauth=off", "cortex-a57", ""};
// In the order of what they can do: vectors (SVE) and all else but signed addresses; these too, by a cheap cipher.
constexpr std::array<std::string_view, 2> kWiderArm64{"max,pauth=off", "max,pauth-impdef=on"};
constexpr std::array<std::string_view, 1> kDefault{""};

std::span<const std::string_view> wider_models(std::string_view machine) {
    if (machine == "aarch64") return kWiderArm64;
    return {};
}

}  // namespace

std::span<const std::string_view> cpu_models(std::string_view machine) {
    if (machine == "aarch64") return kArm64;
    return kDefault;
}

Result<std::shared_ptr<EmulatedCpu>> EmulatedCpu::register_first(const Emulator& emulator) {
    std::shared_ptr<EmulatedCpu> cpu(new EmulatedCpu(emulator));
    for (const std::string_view model : cpu_models(emulator.machine)) {
        MABPLAN_TRY(runs, cpu->enter(model));
        if (!runs) continue;
        cpu->first_ = cpu->model_;
        return cpu;
    }
    return fail(Error{ErrorKind::Environment,
                      format("{} does not run a program for {}", quoted(emulator.path), find_machine_of_qemu(emulator.machine)->architecture),
                      {},
                      {},
                      "the emulator is damaged, or not linked statically: `sudo apt-get install --reinstall qemu-user-static`",
                      {}});
}

std::string EmulatedCpu::model() const {
    const std::scoped_lock lock(mutex_);
    return model_;
}

Result<EmulatedCpu::Widened> EmulatedCpu::widen(const std::string& seen) {
    const std::scoped_lock lock(mutex_);
    if (model_ != seen) return Widened::Yes;  // another step did so meanwhile
    const auto wider = wider_models(emulator_.machine);
    const auto now = std::find(wider.begin(), wider.end(), model_);
    for (auto next = now == wider.end() ? wider.begin() : now + 1; next != wider.end(); ++next) {
        MABPLAN_TRY(runs, enter(*next));
        if (runs) return Widened::Yes;
    }
    const bool knows_none = now == wider.end() && !model_.empty();
    if (!knows_none && model_ == first_) return Widened::NoFurther;
    MABPLAN_TRY(runs, enter(knows_none ? std::string_view() : std::string_view(first_)));
    return runs && knows_none ? Widened::Yes : Widened::NoFurther;
}

// The entry that was made last counts.
Result<bool> EmulatedCpu::enter(std::string_view model) {
    EmulatorProgram program{Fd(), emulator_.path};
    if (!model.empty()) {
        auto copy = copy_with_cpu(emulator_.path, std::string(model));
        if (!copy) return false;
        program = *std::move(copy);
    }
    BinfmtHandler handler{find_machine_of_qemu(emulator_.machine), format("mabplan-{}-{}", emulator_.machine, ++entries_), program.name};
    bool runs = false;
    MABPLAN_CHECK(in_folder(program.folder, [&]() -> Status {
        MABPLAN_TRY(outcome, register_handler(handler));
        runs = outcome == HandlerTrial::Runs;
        return {};
    }));
    if (runs) model_ = model;
    return runs;
}

std::string cpu_in_words(std::string_view model) { return model.empty() ? "QEMU's default cpu" : format("cpu {}", model); }

}  // namespace mabplan::runtime
