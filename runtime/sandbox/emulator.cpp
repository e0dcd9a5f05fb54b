#include "runtime/sandbox/emulator.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sandbox/binfmt.h"
#include "runtime/sandbox/machine.h"
#include "runtime/sandbox/try_program.h"
#include "runtime/sys/byte_stream.h"
#include "runtime/sys/file.h"

#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace mabplan::runtime {

namespace {

// CPUs that may run the programs of a narrower one themselves.
bool may_run_natively(std::string_view host, std::string_view wanted) {
    return (host == "amd64" && wanted == "386") || (host == "arm64" && wanted == "arm");
}

Failure no_emulator(const Machine& machine, const Platform& wanted, const Platform& host) {
    return fail(Error{ErrorKind::Environment,
                      format("this {} machine cannot run programs for {}: found neither qemu-{}-static nor qemu-{}", host.architecture,
                             format("{}/{}{}{}", wanted.os, wanted.architecture, wanted.variant.empty() ? "" : "/", wanted.variant),
                             machine.qemu, machine.qemu),
                      {},
                      {},
                      "`sudo apt-get install qemu-user-static` (Debian, Ubuntu), `sudo dnf install qemu-user-static` (Fedora)",
                      {}});
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
    for (const std::string& folder : folders)
        for (const std::string_view suffix : {"-static", ""}) {
            std::string path = format("{}/qemu-{}{}", folder, machine->qemu, suffix);
            if (path.front() == '/' && ::access(path.c_str(), X_OK) == 0) return Emulator{std::string(machine->qemu), std::move(path)};
        }
    return no_emulator(*machine, wanted, host);
}

Result<EmulatorIdentity> identify_emulator(const Emulator& emulator) {
    MABPLAN_TRY(file, open_file(emulator.path, O_RDONLY));
    const auto source = read_from(file.release(), emulator.path);
    HashingSink hash;
    MABPLAN_TRY(bytes, copy_bytes(*source, hash));
    static_cast<void>(bytes);
    MABPLAN_TRY(said, read_program_output({emulator.path, "--version"}));
    return EmulatorIdentity{std::string(base_name(emulator.path)), std::string(trim(split(said, '\n').front())), hash.finish()};
}

Result<Registration> register_emulators(std::span<const Emulator> emulators) {
    if (emulators.empty()) return Registration::Nothing;
    MABPLAN_TRY(table, mount_private_binfmt());
    for (const Emulator& emulator : emulators) {
        const Machine* machine = find_machine_of_qemu(emulator.machine);
        if (machine == nullptr) return fail(ErrorKind::Internal, format("no machine is called {}", quoted(emulator.machine)));
        MABPLAN_CHECK(table == PrivateTable::Mounted ? register_handler({machine, emulator.path}) : check_host_handler(*machine));
    }
    return table == PrivateTable::Mounted ? Registration::Private : Registration::Host;
}

}  // namespace mabplan::runtime
