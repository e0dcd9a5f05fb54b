#include "runtime/sandbox/emulator_program.h"

#include "plans/base/text.h"
#include "runtime/sandbox/elf_start.h"
#include "runtime/sandbox/mount_calls.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"
#include "runtime/sys/thread.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace mabplan::runtime {

namespace {

bool write_at(int file, std::string_view bytes, std::uint64_t offset) {
    return ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset)) == static_cast<ssize_t>(bytes.size());
}

bool copy_all(int from, int to, std::uint64_t bytes) {
    off_t offset = 0;
    while (static_cast<std::uint64_t>(offset) < bytes) {
        const ssize_t count = ::sendfile(to, from, &offset, bytes - static_cast<std::uint64_t>(offset));
        if (count <= 0 && errno != EINTR) return false;
    }
    return true;
}

}  // namespace

std::optional<EmulatorProgram> copy_with_cpu(const std::string& path, const std::string& model) {
    const Result<Fd> original = open_file(path, O_RDONLY);
    struct stat facts {};
    if (!original || ::fstat(original->get(), &facts) != 0) return std::nullopt;
    const auto bytes = static_cast<std::uint64_t>(facts.st_size);
    std::string head(kElfHeadBytes, '\0');
    if (::pread(original->get(), head.data(), head.size(), 0) != static_cast<ssize_t>(head.size())) return std::nullopt;
    const auto change = start_with(head, bytes, "-cpu", model);
    if (!change) return std::nullopt;
    EmulatorProgram program{Fd(make_mount("tmpfs", {{"mode", "0755"}}, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)),
                            std::string(base_name(path))};
    if (!program.folder.valid()) return std::nullopt;
    const Fd copy(::openat(program.folder.get(), program.name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755));
    const bool done = copy.valid() && copy_all(original->get(), copy.get(), bytes) && write_at(copy.get(), change->head, 0) &&
                      write_at(copy.get(), change->tail, change->tail_offset) && ::fchmod(copy.get(), 0755) == 0;
    if (!done) return std::nullopt;
    return program;
}

Status in_folder(const Fd& folder, const std::function<Status()>& work) {
    if (!folder.valid()) return work();
    MABPLAN_TRY(thread, start_thread([&]() -> Status {
                    const bool moved = ::unshare(CLONE_FS) == 0 && ::fchdir(folder.get()) == 0;
                    return moved ? work() : Status(system_error(errno, "enter", "a folder in memory"));
                }));
    return thread.join();
}

}  // namespace mabplan::runtime
