#include "runtime/step/platform_support.h"

#include "plans/base/format.h"
#include "runtime/sandbox/emulated_cpu.h"
#include "runtime/sandbox/emulator.h"
#include "runtime/sys/background.h"

#include <algorithm>
#include <map>

namespace mabplan::runtime {

namespace {

Result<Execution> execution_for(const PlatformNeed& need, const Platform& host, const std::vector<std::string>& folders) {
    MABPLAN_TRY(execution, find_execution(need.platform, host, folders));
    if (need.runner == Runner::Native && std::holds_alternative<Emulator>(execution))
        return fail(ErrorKind::Environment, format("{} can't run natively on {}", format_platform(need.platform), format_platform(host)),
                    "`runner: native` refuses to emulate: build on such a machine, or allow `runner: auto`");
    return execution;
}

}  // namespace

tl::expected<StepPlatforms, UnsupportedPlatform> support_platforms(const std::vector<PlatformNeed>& needs,
                                                                   const std::vector<std::string>& emulator_folders) {
    StepPlatforms out;
    std::vector<Emulator> emulators;
    std::map<std::string, std::string> machines;  // of the emulated platforms, by their names
    const Platform host = host_platform();
    for (const PlatformNeed& need : needs) {
        const std::string name = format_platform(need.platform);
        const auto known = out.find(name);
        if (known != out.end() && !known->second.refusal && need.runner != Runner::Native) continue;
        auto execution = execution_for(need, host, emulator_folders);
        if (!execution && need.required) return tl::unexpected(UnsupportedPlatform{need.action, std::move(execution).error()});
        StepPlatform& step = out[name];
        if (!execution) {
            step.refusal = std::move(execution).error();
            continue;
        }
        if (const Emulator* emulator = std::get_if<Emulator>(&*execution)) {
            auto identity = identify_emulator(*emulator);
            if (!identity) return tl::unexpected(UnsupportedPlatform{need.action, std::move(identity).error()});
            step.emulator = format("{} ({})", identity->name, identity->version);
            machines[name] = emulator->machine;
            if (std::find(emulators.begin(), emulators.end(), *emulator) == emulators.end()) emulators.push_back(*emulator);
        } else if (need.platform.architecture == "386") {
            step.abi = Abi::I386;
        }
    }
    auto registered = register_emulators(emulators);
    if (!registered) return tl::unexpected(UnsupportedPlatform{needs.front().action, std::move(registered).error()});
    for (const auto& [name, machine] : machines) {
        const auto cpu = registered->cpus.find(machine);
        if (cpu == registered->cpus.end()) continue;
        out[name].cpu = cpu->second;
        out[name].cpu_words = cpu_in_words(cpu->second->model());
    }
    if (needs.empty()) return out;
    // takes as long as a command needs to get its network
    const auto others = std::make_shared<Background>([registered = *std::move(registered), host, emulator_folders]() mutable -> Status {
        register_others(registered, host, emulator_folders);
        return {};
    });
    for (auto& [name, platform] : out) platform.others = others;
    return out;
}

}  // namespace mabplan::runtime
