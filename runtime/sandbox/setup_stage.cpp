#include "runtime/sandbox/setup_stage.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sandbox/machine.h"
#include "runtime/sys/id_advice.h"

#include <cerrno>
#include <system_error>

namespace mabplan::runtime {

namespace {

std::string_view doing(SetupStage stage) {
    switch (stage) {
        case SetupStage::Stdio: return "connect its input and output";
        case SetupStage::Namespace: return "make its namespaces";
        case SetupStage::Hostname: return "set its host name";
        case SetupStage::Network: return "enter its network";
        case SetupStage::Loopback: return "bring its loopback interface up";
        case SetupStage::Room: return "prepare its files in memory";
        case SetupStage::Overlay: return "mount its layers with overlayfs";
        case SetupStage::OpenRoot: return "open its root folder";
        case SetupStage::ProcFolder: return "find a folder /proc in the image";
        case SetupStage::SysFolder: return "find a folder /sys in the image";
        case SetupStage::DevFolder: return "find a folder /dev in the image";
        case SetupStage::Proc: return "mount /proc";
        case SetupStage::Sys: return "mount /sys";
        case SetupStage::Dev: return "mount /dev";
        case SetupStage::Device: return "bring a device of the host into /dev";
        case SetupStage::PseudoTerminals: return "mount /dev/pts";
        case SetupStage::SharedMemory: return "mount /dev/shm";
        case SetupStage::MessageQueues: return "mount /dev/mqueue";
        case SetupStage::Mask: return "hide parts of /proc and /sys";
        case SetupStage::ReadOnlyPath: return "make parts of /proc read-only";
        case SetupStage::Hosts: return "mount /etc/hosts";
        case SetupStage::ResolvConf: return "mount /etc/resolv.conf";
        case SetupStage::MountSource: return "find what is to be mounted";
        case SetupStage::MountPoint: return "make the mount point";
        case SetupStage::Mount: return "mount what a RUN --mount asks for";
        case SetupStage::Pivot: return "change to its root";
        case SetupStage::Cwd: return "enter its working folder";
        case SetupStage::CwdOutside: return "stay inside its root: the working folder leads out";
        case SetupStage::Terminal: return "open a terminal of its own";
        case SetupStage::StartCommand: return "start the command's process";
        case SetupStage::Limits: return "set its resource limits";
        case SetupStage::Groups: return "set its supplementary groups";
        case SetupStage::Ids: return "become its user and group";
        case SetupStage::Capabilities: return "drop capabilities";
        case SetupStage::Seccomp: return "load the filter of system calls";
    }
    return "";
}

std::string hint_for(SetupStage stage, int error) {
    switch (stage) {
        case SetupStage::Overlay:
            if (error == EINVAL)
                return "the store may lie on an overlay itself (inside of a container) or on a file system without extended attributes: "
                       "point "
                       "MABPLAN_CACHE_DIR at a volume, a tmpfs, or a folder on ext4, xfs or btrfs";
            return error == EPERM || error == ENODEV ? "overlayfs in a user namespace needs Linux 5.11 or later" : "";
        case SetupStage::Proc:
        case SetupStage::Sys: return "a container that masks /proc can be started with `--security-opt systempaths=unconfined`";
        case SetupStage::Device: return "/dev of this host (or container) needs null, zero, full, random and urandom";
        case SetupStage::Groups:
        case SetupStage::Ids: return "the id is not mapped into the user namespace: " + advise_ids(read_id_holder(), {});
        case SetupStage::MountPoint:
            return error == EROFS ? "it lies in another mount that can't be written: give that one rw, or a place for it in its source"
                                  : "";
        case SetupStage::Limits: return "a limit above the hard limit of this process cannot be set: see `ulimit -H -a`";
        default: return "";
    }
}

bool is_fault_of_image(SetupStage stage) {
    return stage == SetupStage::ProcFolder || stage == SetupStage::SysFolder || stage == SetupStage::DevFolder ||
           stage == SetupStage::Cwd || stage == SetupStage::CwdOutside || is_about_a_mount(stage);
}

std::string_view name_of_machine(std::int32_t elf_machine) {
    for (const Machine& machine : all_machines())
        if (machine.elf_machine == elf_machine) return machine.architecture;
    return "another machine";
}

}  // namespace

bool is_about_a_mount(SetupStage stage) {
    return stage == SetupStage::MountSource || stage == SetupStage::MountPoint || stage == SetupStage::Mount;
}

Failure explain_setup_failure(const SetupReport& report, const std::string& mount_target) {
    std::string reason = std::generic_category().message(report.error);
    if (report.stage <= SetupStage::DevFolder && report.stage >= SetupStage::ProcFolder) {
        if (report.error == ELOOP || report.error == EXDEV) reason = "it is a symbolic link";
        if (report.error == ENOTDIR) reason = "it is not a folder";
    }
    if (report.stage == SetupStage::Cwd && report.error == ELOOP) reason = "it leads over one of the links in /proc, or in a circle";
    if (report.stage == SetupStage::Mount && report.error == ENOTDIR) reason = "the one is a folder, the other a file";
    const std::string at = mount_target.empty() ? "" : format(" at {}", quoted(mount_target));
    const ErrorKind kind = is_fault_of_image(report.stage) ? ErrorKind::Step : ErrorKind::Environment;
    return fail(Error{kind,
                      format("the step's sandbox could not {}{}: {}", doing(report.stage), at, reason),
                      {},
                      {},
                      hint_for(report.stage, report.error),
                      {}});
}

std::string describe_exec_failure(std::string_view program, std::string_view searched_path, const SetupReport& report) {
    const bool searched = program.find('/') == std::string_view::npos;
    switch (report.error) {
        case ENOENT:
        case ENOTDIR:
            if (report.value != kNothingThere)
                return format("exec: {}: the file is there, but not the interpreter or loader that it names\n", program);
            return searched ? format("exec: {}: no such file in PATH={}\n", program, searched_path)
                            : format("exec: {}: no such file\n", program);
        case ENOEXEC:
            if (report.value == kNoElf)
                return format("exec: {}: exec format error: neither a program nor a script that begins with #!\n", program);
            return format(
                "exec: {}: exec format error: a program for {}, which this host does not run (no emulator is registered for it)\n", program,
                name_of_machine(report.value));
        case EACCES: return format("exec: {}: permission denied\n", program);
        case E2BIG: return format("exec: {}: arguments and environment are too long together\n", program);
        default: return format("exec: {}: {}\n", program, std::generic_category().message(report.error));
    }
}

int exec_failure_code(const SetupReport& report) { return report.error == ENOENT || report.error == ENOTDIR ? 127 : 126; }

}  // namespace mabplan::runtime
