#include "runtime/sys/process_limit.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"

#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <vector>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kMaxFileBytes = 65536;

std::optional<std::uint64_t> read_number(const std::string& path) {
    const auto text = read_file(path, kMaxFileBytes);
    std::uint64_t number = 0;
    if (!text || std::from_chars(text->data(), text->data() + text->size(), number).ec != std::errc{}) return std::nullopt;
    return number;  // "max" is none
}

// Of a line of /proc/self/cgroup, `ID:CONTROLLERS:PATH` (cgroups(7)), which is that of version 2 where it names no controllers: the folder
// and those above it, innermost first.
std::vector<std::string> group_folders(std::string_view line, const std::string& root) {
    const std::vector<std::string_view> fields = split(line, ':');
    if (fields.size() < 3) return {};
    const std::vector<std::string_view> controllers = split(fields[1], ',');
    const bool counts = std::find(controllers.begin(), controllers.end(), "pids") != controllers.end();
    if (!fields[1].empty() && !counts) return {};
    const std::string top = root + (counts ? "/sys/fs/cgroup/pids" : "/sys/fs/cgroup");
    std::string path(line.substr(fields[0].size() + fields[1].size() + 2));
    if (path == "/") path.clear();
    std::vector<std::string> folders{top + path};
    // in a container the path may be another one than what it sees, where it is the top
    while (const std::size_t slash = path.rfind('/') + 1) {
        path.resize(slash - 1);
        folders.push_back(top + path);
    }
    return folders;
}

}  // namespace

std::optional<ProcessLimit> reached_group_limit(const std::string& root) {
    const std::string groups = read_file(root + "/proc/self/cgroup", kMaxFileBytes).value_or(std::string());
    for (const std::string_view line : split(groups, '\n'))
        for (const std::string& folder : group_folders(line, root)) {
            const auto most = read_number(folder + "/pids.max");
            const auto has = read_number(folder + "/pids.current");
            if (most && has && *has >= *most) return ProcessLimit{folder + "/pids.max", *most, *has};
        }
    return std::nullopt;
}

std::string advise_process_limit() {
    constexpr std::string_view kFewer = "or build with fewer jobs (`-j`)";
    if (const auto group = reached_group_limit())
        return format("{} allows {} processes and threads, and there are {}: raise it, {}", group->file, group->most, group->has, kFewer);
    rlimit limit{};
    if (::getrlimit(RLIMIT_NPROC, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        return format("raise this user's limit of processes (`ulimit -u`, which is {}) or that of the container (pids.max), {}",
                      limit.rlim_cur, kFewer);
    return format("raise the limit of processes (pids.max of the container, or `ulimit -u`), {}", kFewer);
}

void raise_file_limit() {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    constexpr rlim_t kEnough = 65536;  // programs that close all that they might have open count up to it
    if (files.rlim_cur >= std::min(files.rlim_max, kEnough)) return;
    files.rlim_cur = std::min(files.rlim_max, kEnough);
    static_cast<void>(::setrlimit(RLIMIT_NOFILE, &files) == 0);  // what is there must do then
}

void keep_freed_memory() {
    constexpr int kLargestKept = 32 << 20;  // bytes: larger pieces are mapped by themselves, and given back
    constexpr int kMostKept = 128 << 20;    // at the end of a heap
    ::mallopt(M_MMAP_THRESHOLD, kLargestKept);
    ::mallopt(M_TRIM_THRESHOLD, kMostKept);
}

}  // namespace mabplan::runtime
