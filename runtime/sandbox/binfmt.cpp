#include "runtime/sandbox/binfmt.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sandbox/try_program.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>

namespace mabplan::runtime {

namespace {

constexpr std::string_view kTable = "/proc/sys/fs/binfmt_misc";
constexpr std::uint64_t kMaxEntryBytes = 65536;

// P: the program sees the argv[0] it was started with. O, C: the emulator gets the open program and its setuid bit counts. F: the emulator
// is opened now, so that it need not exist inside of the step's root.
constexpr std::string_view kFlags = "POCF";
constexpr std::string_view kFlagsOfOldQemu = "OCF";  // QEMU before 5.2 takes what P adds for an argument
constexpr std::string_view kRemove = "-1";           // written to an entry

Status write_to_table(std::string_view name, std::string_view text) {
    const std::string path = format("{}/{}", kTable, name);
    MABPLAN_TRY(file, open_file(path, O_WRONLY));
    // ETXTBSY: a process that another thread forked meanwhile still holds the descriptor that the emulator's copy was written through
    constexpr int kAttempts = 1000;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        if (::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size())) return {};
        if (errno != ETXTBSY) break;
        ::usleep(1000);
    }
    return system_error(errno, "write to", path);
}

Failure no_handler(const Machine& machine, std::string_view cause) {
    return fail(
        ErrorKind::Environment,
        format("programs for {} cannot be emulated: this kernel (before 6.7) has no private binfmt_misc, and the host's table {}",
               machine.architecture, cause),
        "`sudo apt-get install qemu-user-static binfmt-support` registers the emulators on the host with the flag F; or use a kernel "
        "from 6.7 on, "
        "where nothing on the host need be changed");
}

}  // namespace

Result<PrivateTable> mount_private_binfmt() {
    const std::string folder(kTable);
    // The folder is there once the kernel has loaded binfmt_misc; the mount below loads it, so the first attempt may come too early.
    for (int attempt = 0; attempt < 2; ++attempt) {
        if (::mount("binfmt_misc", folder.c_str(), "binfmt_misc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) == 0)
            return PrivateTable::Mounted;
        if (errno != ENOENT) break;
        const int context = ::fsopen("binfmt_misc", FSOPEN_CLOEXEC);
        if (context >= 0) ::close(context);
    }
    if (errno == EPERM || errno == ENODEV || errno == ENOENT || errno == EACCES) return PrivateTable::NotOffered;
    return system_error(errno, "mount binfmt_misc at", folder);
}

Result<HandlerTrial> register_handler(const BinfmtHandler& handler) {
    const std::string program = make_tiny_program(*handler.machine);
    for (const std::string_view flags : {kFlags, kFlagsOfOldQemu}) {
        MABPLAN_CHECK(write_to_table("register", binfmt_registration(*handler.machine, handler.entry, handler.interpreter, flags)));
        MABPLAN_TRY(outcome, try_program(program));
        if (outcome.exit_code == kTrialArguments) return HandlerTrial::Runs;
        MABPLAN_CHECK(write_to_table(handler.entry, kRemove));
    }
    return HandlerTrial::RunsNot;
}

void register_untried(const BinfmtHandler& handler) {
    static_cast<void>(write_to_table("register", binfmt_registration(*handler.machine, handler.entry, handler.interpreter, kFlags)));
}

Result<Fd> open_handler(const std::string& entry) { return open_file(format("{}/{}", kTable, entry), O_WRONLY); }

void remove_handler(const Fd& handler) { static_cast<void>(::write(handler.get(), kRemove.data(), kRemove.size()) > 0); }

std::string parse_binfmt_flags(std::string_view entry) {
    if (entry.substr(0, 8) != "enabled\n") return {};
    for (const std::string_view line : split(entry, '\n'))
        if (line.substr(0, 7) == "flags: ") return std::string(trim(line.substr(7)));
    return {};
}

Status check_host_handler(const Machine& machine) {
    const std::string path = format("{}/qemu-{}", kTable, machine.qemu);
    const Result<std::string> entry = read_file(path, kMaxEntryBytes);
    if (!entry) return no_handler(machine, format("has no entry qemu-{}", machine.qemu));
    const std::string flags = parse_binfmt_flags(*entry);
    if (flags.find('F') == std::string::npos)
        return no_handler(machine, format("has an entry qemu-{} without the flag F: it does not reach into a step's root", machine.qemu));
    MABPLAN_TRY(outcome, try_program(make_tiny_program(machine)));
    if (outcome.exit_code != kTrialArguments)
        return no_handler(machine, format("has an entry qemu-{} that does not run a program", machine.qemu));
    return {};
}

}  // namespace mabplan::runtime
