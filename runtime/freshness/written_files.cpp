#include "runtime/freshness/written_files.h"

#include "runtime/freshness/cache_mtimes.h"
#include "runtime/layer/upper_entry.h"
#include "runtime/sys/byte_stream.h"
#include "runtime/sys/file.h"
#include "runtime/sys/open_beneath.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <functional>
#include <vector>

namespace mabplan::runtime {

namespace {

Status set_mtime(int directory, const std::string& name, std::int64_t time, const std::string& path) {
    const std::array<timespec, 2> times{{{0, UTIME_OMIT}, {time / kNanosecondsPerSecond, static_cast<long>(time % kNanosecondsPerSecond)}}};
    if (::utimensat(directory, name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) != 0) return system_error(errno, "set the time of", path);
    return {};
}

Fingerprint content_of(int directory, const std::string& name, const std::string& path) {
    auto found = read_upper_entry(directory, name, path);
    if (!found || found->facts.type != FileType::File) return {};
    const auto source = read_from(found->handle.release(), path);
    HashingSink hash;
    if (!copy_bytes(*source, hash)) return {};
    return fingerprint_of(ListedKind::File, hash.finish().bytes());
}

struct UpperFile {
    int directory;
    const UpperName& name;
    const std::string& path;  // below where the walk starts, from its slash on
    const struct stat& facts;
};
using SeeFile = std::function<Status(const UpperFile&)>;

// All below `start`, which is "" for the root itself; whiteouts, too.
Status walk_upper(int root, const std::string& start, const SeeFile& see) {
    std::vector<std::string> folders{{}};
    while (!folders.empty()) {
        const std::string folder = std::move(folders.back());
        folders.pop_back();
        const std::string inside = start + folder;
        const Fd handle = open_beneath(root, inside.empty() ? "." : inside.substr(inside.front() == '/' ? 1 : 0), O_RDONLY | O_DIRECTORY);
        if (!handle.valid()) return system_error(errno, "open the folder", inside);
        MABPLAN_TRY(names, list_upper(handle.get(), inside));
        for (const UpperName& child : names) {
            struct stat facts {};
            const std::string path = folder + "/" + child.name;
            if (::fstatat(handle.get(), child.name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) return system_error(errno, "look at", path);
            MABPLAN_CHECK(see({handle.get(), child, path, facts}));
            if (S_ISDIR(facts.st_mode)) folders.push_back(path);
        }
    }
    return {};
}

}  // namespace

Result<WrittenFiles> read_written(const std::string& upper_dir, const OtherTime& other_time) {
    WrittenFiles written;
    MABPLAN_TRY(root, open_file(upper_dir, O_RDONLY | O_DIRECTORY));
    MABPLAN_CHECK(walk_upper(root.get(), {}, [&](const UpperFile& file) {
        if (file.name.whiteout) return Status{};
        const std::int64_t mtime = std::int64_t{file.facts.st_mtim.tv_sec} * kNanosecondsPerSecond + file.facts.st_mtim.tv_nsec;
        const std::uint64_t key = path_key(file.path);
        written[key] = {mtime, S_ISDIR(file.facts.st_mode)};
        const auto time = other_time({key, mtime, [&] { return content_of(file.directory, file.name.name, file.path); }});
        return time ? set_mtime(file.directory, file.name.name, *time, file.path) : Status{};
    }));
    return written;
}

Result<std::vector<std::uint64_t>> read_written_mount(const std::string& upper_dir, const std::string& source, const std::string& target) {
    std::vector<std::uint64_t> keys;
    MABPLAN_TRY(root, open_file(upper_dir, O_RDONLY | O_DIRECTORY));
    struct stat facts {};
    if (!source.empty() && ::fstatat(root.get(), source.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0)
        return keys;  // nothing of it was written to
    if (!source.empty() && !S_ISDIR(facts.st_mode)) return std::vector<std::uint64_t>{path_key(target)};
    MABPLAN_CHECK(walk_upper(root.get(), source, [&](const UpperFile& file) {
        if (!S_ISDIR(file.facts.st_mode)) keys.push_back(path_key(target + file.path));
        return Status{};
    }));
    return keys;
}

}  // namespace mabplan::runtime
