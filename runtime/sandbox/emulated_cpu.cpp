#include "runtime/sandbox/emulated_cpu.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sandbox/binfmt.h"
#include "runtime/sandbox/emulator_program.h"
#include "runtime/sandbox/machine.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>

namespace mabplan::runtime {

namespace {

// neoverse-n1 has what binaries for Armv8.2 and the atomics of 8.1 need, and is a machine that people build on. QEMU before 7.0 does not
// know it, and before 6.0 not the property pauth.
constexpr std::array<std::string_view, 4> kArm64{"neoverse-n1", "max,pauth=off", "cortex-a57", ""};
// In the order of what they can do: vectors (SVE) and all else but signed addresses; these too, by a cheap cipher.
constexpr std::array<std::string_view, 2> kWiderArm64{"max,pauth=off", "max,pauth-impdef=on"};
constexpr std::array<std::string_view, 1> kDefault{""};

// The table of binfmt_misc is the process's, and so is who may change it. A shared_mutex lets readers pass a writer who waits: the turn
// does not.
std::mutex next_turn;             // guards no value, but who comes next
std::shared_mutex models_in_use;  // guards no value, but the kernel's table

}  // namespace

std::span<const std::string_view> cpu_models(std::string_view machine) {
    if (machine == "aarch64") return kArm64;
    return kDefault;
}

Result<std::shared_ptr<EmulatedCpu>> EmulatedCpu::register_first(const Emulator& emulator) {
    std::shared_ptr<EmulatedCpu> cpu(new EmulatedCpu(emulator));
    for (const std::string_view model : cpu_models(emulator.machine)) {
        MABPLAN_TRY(entry, cpu->enter(model));
        if (!entry) continue;
        cpu->model_ = model;
        return cpu;
    }
    return fail(ErrorKind::Environment,
                format("{} does not run a program for {}", quoted(emulator.path), find_machine_of_qemu(emulator.machine)->architecture),
                "the emulator is damaged, or not linked statically: `sudo apt-get install --reinstall qemu-user-static`");
}

std::span<const std::string_view> EmulatedCpu::wider_models() const {
    if (emulator_.machine != "aarch64" || model_.empty()) return {};
    const std::span<const std::string_view> all = kWiderArm64;
    if (model_ == kArm64.front()) return all;
    // an emulator that shows the last of them knows none of these
    return model_ == all.front() ? all.subspan(1) : std::span<const std::string_view>(kDefault);
}

std::shared_lock<std::shared_mutex> EmulatedCpu::keep_models() {
    const std::scoped_lock turn(next_turn);
    return std::shared_lock(models_in_use);
}

Result<std::optional<EmulatedCpu::Wider>> EmulatedCpu::widen(std::string_view model) const {
    std::unique_lock<std::shared_mutex> alone;
    {
        const std::scoped_lock turn(next_turn);
        alone = std::unique_lock(models_in_use);
    }
    MABPLAN_TRY(entry, enter(model));
    if (!entry) return std::optional<Wider>{};
    return std::optional<Wider>(std::in_place, *std::move(entry), std::move(alone));
}

EmulatedCpu::Wider::~Wider() {
    if (entry_.valid()) remove_handler(entry_);
}

// The entry that was made last counts.
Result<std::optional<Fd>> EmulatedCpu::enter(std::string_view model) const {
    static std::atomic<int> entries = 0;  // in the table, which is the process's
    EmulatorProgram program{Fd(), emulator_.path};
    if (!model.empty()) {
        auto copy = copy_with_cpu(emulator_.path, std::string(model));
        if (!copy) return std::optional<Fd>{};
        program = *std::move(copy);
    }
    BinfmtHandler handler{find_machine_of_qemu(emulator_.machine), format("mabplan-{}-{}", emulator_.machine, ++entries), program.name};
    bool runs = false;
    MABPLAN_CHECK(in_folder(program.folder, [&]() -> Status {
        MABPLAN_TRY(outcome, register_handler(handler));
        runs = outcome == HandlerTrial::Runs;
        return {};
    }));
    if (!runs) return std::optional<Fd>{};
    MABPLAN_TRY(entry, open_handler(handler.entry));
    return std::optional(std::move(entry));
}

std::string cpu_in_words(std::string_view model) { return model.empty() ? "QEMU's default cpu" : format("cpu {}", model); }

}  // namespace mabplan::runtime
