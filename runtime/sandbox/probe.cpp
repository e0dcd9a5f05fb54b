#include "runtime/sandbox/probe.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/network/step_networks.h"
#include "runtime/sandbox/binfmt.h"
#include "runtime/sandbox/child_probe.h"
#include "runtime/sandbox/emulated_cpu.h"
#include "runtime/sandbox/emulator.h"
#include "runtime/sandbox/emulator_choice.h"
#include "runtime/sandbox/machine.h"
#include "runtime/sandbox/sandbox.h"
#include "runtime/sandbox/seccomp_filter.h"
#include "runtime/sandbox/user_namespace.h"
#include "runtime/sys/fd.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"
#include "runtime/sys/temporary.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <functional>

namespace mabplan::runtime {

namespace {

Finding found(std::string detail) { return {true, std::move(detail), {}}; }
Finding lacking(const Error& error) { return {false, error.message, error.hint}; }

Check named(std::string name, Finding finding) {
    return {std::move(name), finding.ok, std::move(finding.detail), std::move(finding.remedy)};
}

Finding after_entering(const std::function<Finding(const NamespaceIds&)>& probe) {
    const Result<NamespaceIds> ids = enter_user_namespace();
    return ids ? probe(*ids) : lacking(ids.error());
}

Finding probe_mapping(const NamespaceIds& ids) {
    if (ids.why == WhySingle::RangeUnused)
        return {false, "one id only, as newuidmap does not work: steps that change to another user, and package managers, will fail", {}};
    if (ids.mapping == IdMapping::SingleUid)
        return {false, "one id only: steps that change to another user, and package managers, will fail", ids.why_single};
    return found(format("{} user ids and {} group ids, {}", ids.uids, ids.gids,
                        ids.mapping == IdMapping::Identity ? "as root has them" : "by newuidmap"));
}

// The folder is made inside of the namespace, so that it can be removed whatever owners it holds.
Finding in_temporary_folder(const std::string& parent, const std::function<Finding(const std::string&)>& probe) {
    const Result<std::string> folder = make_fresh_folder(parent, "probe");
    if (!folder) return lacking(folder.error());
    Finding finding = probe(*folder);
    const Status removed = remove_tree(*folder);
    return removed ? finding : lacking(removed.error());
}

Finding probe_step(const std::string& folder) {
    const Machine* machine = find_machine_of_architecture(host_platform().architecture);
    if (machine == nullptr) return {false, "this machine's architecture is not known", "run mabplan on amd64 or arm64"};
    const Status layer = make_directories(folder + "/layer");
    const Status scratch = make_directories(folder + "/scratch");
    const Status program = write_file(folder + "/layer/program", make_tiny_program(*machine), 0755, Durability::Cached);
    for (const Status* status : {&layer, &scratch, &program})
        if (!*status) return lacking(status->error());
    class Silence final : public OutputSink {
        void output(int, std::string_view) override {}
    } silence;
    SandboxSpec spec;
    spec.lower_dirs = {folder + "/layer"};
    spec.scratch_dir = folder + "/scratch";
    spec.argv = {"/program", "one", "two"};
    const Result<SandboxOutcome> outcome = run_sandboxed(spec, silence);
    if (!outcome) return lacking(outcome.error());
    if (outcome->how != SandboxOutcome::Exited || outcome->code != 2)
        return {false, "a program did not end as it should", "the store may be mounted noexec"};
    if (!outcome->shares_host_proc) return found("a program ran on overlayfs, with a /proc of its own");
    return {false, "a program ran, but it could see the processes of mabplan: this container masks parts of /proc",
            "start the container with `--security-opt systempaths=unconfined` (docker), `procMount: Unmasked` (Kubernetes)"};
}

Finding probe_overlay(const std::string& folder) {
    for (const char* name : {"/lower", "/upper", "/work", "/merged"})
        if (const Status made = make_directories(folder + name); !made) return lacking(made.error());
    const std::string options = format("lowerdir={0}/lower,upperdir={0}/upper,workdir={0}/work,userxattr", folder);
    if (::mount("overlay", (folder + "/merged").c_str(), "overlay", 0, options.c_str()) == 0) {
        ::umount2((folder + "/merged").c_str(), MNT_DETACH);
        return found("layers can be stacked on the store's file system");
    }
    return {false, system_error(errno, "mount an overlay on", folder).value().message,
            "point MABPLAN_CACHE_DIR at a folder on ext4, xfs, btrfs or tmpfs (inside of a container: at a volume); Linux 5.11 or later is "
            "needed"};
}

Finding probe_binfmt(const NamespaceIds&) {
    const Result<PrivateTable> table = mount_private_binfmt();
    if (!table) return lacking(table.error());
    if (*table == PrivateTable::Mounted) return found("emulators can be registered for a build alone");
    return {false, "this kernel (before 6.7) has none: the host's registrations are used",
            "`sudo apt-get install qemu-user-static binfmt-support` registers the emulators on the host, or use Linux 6.7 or later"};
}

Finding probe_seccomp() {
    const std::vector<sock_filter> program = make_seccomp_program();
    const sock_fprog filter{static_cast<unsigned short>(program.size()), const_cast<sock_filter*>(program.data())};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) == 0)
        return found(format("a filter of {} instructions can be loaded", program.size()));
    return {false, "this kernel does not take a filter of system calls", "use a kernel with CONFIG_SECCOMP_FILTER=y"};
}

Finding probe_emulator(const Machine& machine, const std::vector<std::string>& folders) {
    Platform wanted;
    wanted.os = "linux";
    wanted.architecture = machine.architecture;
    const Result<Execution> execution = find_execution(wanted, host_platform(), folders);
    if (!execution) return lacking(execution.error());
    const Emulator* emulator = std::get_if<Emulator>(&*execution);
    if (emulator == nullptr) return found("not needed: such programs run natively");
    const Result<EmulatorIdentity> identity = identify_emulator(*emulator);
    if (!identity) return lacking(identity.error());
    const Result<Registered> registered = register_emulators(std::span(emulator, 1));
    if (!registered) return lacking(registered.error());
    std::string detail = format("{}: {}", emulator->path, identity->version);
    for (const auto& [name, cpu] : registered->cpus) detail += format(", {}", cpu_in_words(cpu->model()));
    std::vector<std::string> others = find_emulators(machine, folders).usable;
    std::erase(others, emulator->path);
    if (!others.empty()) detail += format("; the newest, beside {}", join(others, ", "));
    return found(std::move(detail));
}

// One program that works is enough.
Finding probe_network(const std::vector<std::string>& folders) {
    const std::vector<Provider> providers = find_providers(folders);
    if (providers.empty())
        return {false, "neither slirp4netns nor pasta is installed: commands share the host's network",
                "`sudo apt-get install slirp4netns`"};
    std::vector<std::string> able;
    std::string unfiltered;
    std::optional<Error> failure;
    for (const Provider& provider : providers) {
        const Result<OutwardNetwork> network = OutwardNetwork::start(provider, settings_for_this_host());
        if (network) able.push_back(provider.path);
        else if (!failure) failure = network.error();
        if (network && !network->unfiltered().empty())
            unfiltered = format("; frames that a command makes by itself reach the host's loopback, for they cannot be filtered here: {}",
                                network->unfiltered());
    }
    if (able.empty()) return {false, failure->message + ": commands share the host's network", failure->hint};
    return found(format("each command has one of its own, by {}{}", able.front(),
                        able.size() > 1 ? format(" ({} would do, too)", able.back()) : "") +
                 unfiltered);
}

// Of a user without a range they are not asked; that is told of the ranges.
Finding probe_newuidmap() {
    if (::geteuid() == 0) return found("not needed: root maps ids itself");
    for (const char* program : {"/usr/bin/newuidmap", "/usr/bin/newgidmap"})
        if (::access(program, X_OK) != 0) return {false, format("{} is not installed", program), "`sudo apt-get install uidmap`"};
    return find_in_child([] {
        const Result<NamespaceIds> ids = enter_user_namespace();
        if (ids && ids->why == WhySingle::RangeUnused) return Finding{false, "they are there and do not work", ids->why_single};
        return found("/usr/bin/newuidmap and /usr/bin/newgidmap");
    });
}

}  // namespace

std::vector<Check> probe_host(const ProbeRequest& request) {
    const auto in_store = [&](Finding (*probe)(const std::string&)) -> std::function<Finding()> {
        return [&request, probe] {
            return after_entering([&](const NamespaceIds&) { return in_temporary_folder(request.store_dir, probe); });
        };
    };
    std::vector<Check> checks;
    checks.push_back(named("user namespaces", find_in_child([] {
                               return after_entering([](const NamespaceIds&) { return found("mabplan can be root in one of its own"); });
                           })));
    checks.push_back(named("newuidmap", probe_newuidmap()));
    checks.push_back(named("id ranges", find_in_child([] { return after_entering(probe_mapping); })));
    checks.push_back(named("overlay", find_in_child(in_store(probe_overlay))));
    checks.push_back(named("seccomp", find_in_child(probe_seccomp)));
    checks.push_back(named("sandbox", find_in_child(in_store(probe_step))));
    checks.push_back(named("network of commands", find_in_child([&] {
                               return after_entering([&](const NamespaceIds&) { return probe_network(request.folders); });
                           })));
    checks.push_back(named("private binfmt_misc", find_in_child([] { return after_entering(probe_binfmt); })));
    const std::string host = host_platform().architecture;
    for (const Machine& machine : all_machines()) {
        if (machine.architecture == host) continue;
        checks.push_back(named(format("emulator {}", machine.qemu), find_in_child([&] {
                                   return after_entering([&](const NamespaceIds&) { return probe_emulator(machine, request.folders); });
                               })));
    }
    return checks;
}

}  // namespace mabplan::runtime
