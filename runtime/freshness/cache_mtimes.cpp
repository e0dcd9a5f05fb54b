#include "runtime/freshness/cache_mtimes.h"

#include "runtime/sys/file.h"
#include "runtime/sys/file_clock.h"
#include "runtime/sys/folder_reader.h"
#include "runtime/sys/open_beneath.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace mabplan::runtime {

namespace {

constexpr std::int64_t kLongestWait = 2 * kNanosecondsPerSecond;
constexpr std::int64_t kNanosecondsPerMillisecond = 1'000'000;
constexpr std::int64_t kClockLag = 20 * kNanosecondsPerMillisecond;  // of the coarse clock that file systems take their times from

bool is_gone(int number) { return number == ENOENT || number == ENOTDIR || number == ELOOP; }

// What goes away meanwhile, and what may not be read, is passed over. Directories in it are added to `folders`.
Status read_folder(int root, const std::string& path, std::vector<std::int64_t>& times, std::vector<std::string>& folders) {
    FolderReader folder(open_beneath(root, path, O_RDONLY | O_DIRECTORY));
    while (const dirent* entry = folder.next()) {
        const std::string name = entry->d_name;
        struct stat facts {};
        if (::fstatat(folder.fd(), entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0) continue;
        times.push_back(nanoseconds_of(facts.st_mtim));
        if (S_ISDIR(facts.st_mode)) folders.push_back(path == "." ? name : path + "/" + name);
    }
    const bool passed_over = folder.error() == 0 || folder.error() == EACCES || is_gone(folder.error());
    return passed_over ? Status{} : Status(system_error(folder.error(), "read the folder", path));
}

}  // namespace

Result<std::vector<std::int64_t>> mtimes_in(const std::string& folder) {
    MABPLAN_TRY(root, open_file(folder, O_RDONLY | O_DIRECTORY));
    struct stat facts {};
    if (::fstat(root.get(), &facts) != 0) return system_error(errno, "look at", folder);
    std::vector<std::int64_t> times{nanoseconds_of(facts.st_mtim)};
    std::vector<std::string> folders{"."};
    while (!folders.empty()) {
        const std::string path = std::move(folders.back());
        folders.pop_back();
        MABPLAN_CHECK(read_folder(root.get(), path, times, folders));
    }
    std::sort(times.begin(), times.end());
    return times;
}

Result<std::int64_t> time_after(std::int64_t newest_ns, int stop_fd) {
    const std::int64_t next = (newest_ns / kNanosecondsPerSecond + 1) * kNanosecondsPerSecond;
    for (;;) {
        const std::int64_t now = nanoseconds_of(precise_file_time_now()) - kClockLag;
        if (now >= next || next - now > kLongestWait) return std::max(next, now - now % kNanosecondsPerSecond);
        pollfd stop{stop_fd, POLLIN, 0};
        const auto milliseconds = static_cast<int>((next - now + kNanosecondsPerMillisecond - 1) / kNanosecondsPerMillisecond);
        if (::poll(&stop, 1, milliseconds) > 0) return fail(ErrorKind::Interrupted, "interrupted");
    }
}

}  // namespace mabplan::runtime
