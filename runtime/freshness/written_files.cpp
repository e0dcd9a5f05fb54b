#include "runtime/freshness/written_files.h"

#include "runtime/context/beneath.h"
#include "runtime/freshness/cache_mtimes.h"
#include "runtime/layer/upper_entry.h"
#include "runtime/sys/byte_stream.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
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

// "" is the root: then paths are what path_key takes.
Status read_folder(int root, const std::string& folder, const OtherTime& other_time, WrittenFiles& written,
                   std::vector<std::string>& folders) {
    const Fd handle = open_beneath(root, folder.empty() ? "." : folder.substr(1), O_RDONLY | O_DIRECTORY);
    if (!handle.valid()) return system_error(errno, "open the folder", folder);
    MABPLAN_TRY(names, list_upper(handle.get(), folder));
    for (const UpperName& child : names) {
        struct stat facts {};
        const std::string path = folder + "/" + child.name;
        if (child.whiteout) continue;
        if (::fstatat(handle.get(), child.name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) return system_error(errno, "look at", path);
        const std::int64_t mtime = std::int64_t{facts.st_mtim.tv_sec} * kNanosecondsPerSecond + facts.st_mtim.tv_nsec;
        const std::uint64_t key = path_key(path);
        written[key] = {mtime, S_ISDIR(facts.st_mode)};
        const auto time = other_time({key, mtime, [&] { return content_of(handle.get(), child.name, path); }});
        if (time) MABPLAN_CHECK(set_mtime(handle.get(), child.name, *time, path));
        if (S_ISDIR(facts.st_mode)) folders.push_back(path);
    }
    return {};
}

}  // namespace

Result<WrittenFiles> read_written(const std::string& upper_dir, const OtherTime& other_time) {
    WrittenFiles written;
    MABPLAN_TRY(root, open_file(upper_dir, O_RDONLY | O_DIRECTORY));
    std::vector<std::string> folders{{}};
    while (!folders.empty()) {
        const std::string folder = std::move(folders.back());
        folders.pop_back();
        MABPLAN_CHECK(read_folder(root.get(), folder, other_time, written, folders));
    }
    return written;
}

Result<std::vector<std::uint64_t>> read_written_mount(const std::string& upper_dir, const std::string& source, const std::string& target) {
    std::vector<std::uint64_t> keys;
    MABPLAN_TRY(root, open_file(upper_dir, O_RDONLY | O_DIRECTORY));
    struct stat facts {};
    if (!source.empty() && ::fstatat(root.get(), source.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0)
        return keys;  // nothing of it was written to
    if (!source.empty() && !S_ISDIR(facts.st_mode)) return std::vector<std::uint64_t>{path_key(target)};
    std::vector<std::string> folders{{}};
    while (!folders.empty()) {
        const std::string folder = std::move(folders.back());
        folders.pop_back();
        const std::string inside = source + folder;
        const Fd handle =
            open_beneath(root.get(), inside.empty() ? "." : inside.substr(inside.front() == '/' ? 1 : 0), O_RDONLY | O_DIRECTORY);
        if (!handle.valid()) return system_error(errno, "open the folder", inside);
        MABPLAN_TRY(names, list_upper(handle.get(), inside));
        for (const UpperName& child : names) {
            const std::string path = folder + "/" + child.name;
            if (::fstatat(handle.get(), child.name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) return system_error(errno, "look at", path);
            if (S_ISDIR(facts.st_mode)) folders.push_back(path);
            else keys.push_back(path_key(target + path));
        }
    }
    return keys;
}

}  // namespace mabplan::runtime
