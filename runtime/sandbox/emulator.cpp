#include "runtime/sandbox/emulator.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sandbox/binfmt.h"
#include "runtime/sandbox/emulated_cpu.h"
#include "runtime/sandbox/emulator_choice.h"
#include "runtime/sandbox/machine.h"
#include "runtime/sandbox/try_program.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <utility>
#include <vector>

namespace mabplan::runtime {

namespace {

// CPUs that may run the programs of a narrower one themselves.
bool may_run_natively(std::string_view host, std::string_view wanted) {
    return (host == "amd64" && wanted == "386") || (host == "arm64" && wanted == "arm");
}

Failure no_emulator(const Machine& machine, const Platform& wanted, const Platform& host, const InstalledEmulators& found) {
    const std::string lack = found.dynamic.empty() ? format("found neither qemu-{}-static nor qemu-{}", machine.qemu, machine.qemu)
                                                   : format("{} is not linked statically: it does not start in the root of a step",
                                                            quoted(found.dynamic.front()));
    return fail(ErrorKind::Environment,
                format("this {} machine cannot run programs for {}: {}", host.architecture,
                       format("{}/{}{}{}", wanted.os, wanted.architecture, wanted.variant.empty() ? "" : "/", wanted.variant), lack),
                "`sudo apt-get install qemu-user-static` (Debian, Ubuntu), `sudo dnf install qemu-user-static` (Fedora)");
}

std::string oci_architecture(std::string_view kernel_name) {
    if (kernel_name == "x86_64") return "amd64";
    if (kernel_name == "i386" || kernel_name == "i686") return "386";
    if (kernel_name.substr(0, 3) == "arm") return "arm";
    if (kernel_name == "mips64") return "mips64le";
    const Machine* machine = find_machine_of_qemu(kernel_name);
    return machine != nullptr ? std::string(machine->architecture) : std::string();
}

}  // namespace

Platform host_platform() {
    utsname names{};
    Platform platform;
    platform.os = "linux";
    if (::uname(&names) != 0) return platform;
    platform.architecture = oci_architecture(names.machine);
    if (platform.architecture == "arm") platform.variant = std::string_view(names.machine).substr(0, 5) == "armv6" ? "v6" : "v7";
    return platform;
}

Result<Execution> find_execution(const Platform& wanted, const Platform& host, std::span<const std::string> folders) {
    if (wanted.os != "linux")
        return fail(ErrorKind::Environment,
                    format("commands can only be run for linux, not for the operating system {}", quoted(wanted.os)));
    if (wanted.architecture == host.architecture) return Native{};
    const Machine* machine = find_machine_of_architecture(wanted.architecture);
    if (machine == nullptr)
        return fail(ErrorKind::Environment, format("commands for the architecture {} cannot be run here: no emulator for it is known",
                                                   quoted(wanted.architecture)));
    if (may_run_natively(host.architecture, wanted.architecture)) {
        MABPLAN_TRY(outcome, try_program(make_tiny_program(*machine)));
        if (outcome.exit_code == kTrialArguments) return Native{};
    }
    const InstalledEmulators found = find_emulators(*machine, folders);
    if (found.usable.empty()) return no_emulator(*machine, wanted, host, found);
    return Emulator{std::string(machine->qemu), choose_emulator(found.usable)};
}

Result<EmulatorIdentity> identify_emulator(const Emulator& emulator) {
    MABPLAN_TRY(said, read_program_output({emulator.path, "--version"}));
    return EmulatorIdentity{std::string(base_name(emulator.path)), std::string(trim(split(said, '\n').front()))};
}

Result<Registered> register_emulators(std::span<const Emulator> emulators) {
    Registered registered;
    if (emulators.empty()) return registered;
    MABPLAN_TRY(table, mount_private_binfmt());
    registered.where = table == PrivateTable::Mounted ? Registration::Private : Registration::Host;
    for (const Emulator& emulator : emulators) {
        const Machine* machine = find_machine_of_qemu(emulator.machine);
        if (machine == nullptr) return fail(ErrorKind::Internal, format("no machine is called {}", quoted(emulator.machine)));
        if (table == PrivateTable::NotOffered) {
            MABPLAN_CHECK(check_host_handler(*machine));
            continue;
        }
        MABPLAN_TRY(cpu, EmulatedCpu::register_first(emulator));
        registered.cpus.emplace(emulator.machine, std::move(cpu));
    }
    return registered;
}

void register_others(Registered& registered, const Platform& host, std::span<const std::string> folders) {
    if (registered.where == Registration::Host) return;
    std::vector<std::pair<const Machine*, Emulator>> others;
    for (const Machine& machine : all_machines()) {
        if (machine.architecture == host.architecture || registered.cpus.contains(std::string(machine.qemu))) continue;
        const auto execution = find_execution({"linux", std::string(machine.architecture), {}, {}, {}}, host, folders);
        if (const Emulator* emulator = execution ? std::get_if<Emulator>(&*execution) : nullptr) others.emplace_back(&machine, *emulator);
    }
    if (others.empty()) return;  // what the host has registered counts on
    if (registered.where == Registration::Nothing) {
        const auto table = mount_private_binfmt();
        if (!table || *table != PrivateTable::Mounted) return;
        registered.where = Registration::Private;
    }
    for (const auto& [machine, emulator] : others) {
        if (cpu_models(machine->qemu).front().empty()) {
            register_untried({machine, format("mabplan-{}", machine->qemu), emulator.path});
        } else if (auto cpu = EmulatedCpu::register_first(emulator)) {
            registered.cpus.emplace(machine->qemu, *std::move(cpu));
        }
    }
}

}  // namespace mabplan::runtime
