#include "runtime/sys/file.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/folder_reader.h"
#include "runtime/sys/named_file.h"
#include "runtime/sys/system_error.h"
#include "runtime/sys/temporary.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

namespace mabplan::runtime {

namespace {

// A folder that is being emptied. Only the innermost one is held open: trees may be deeper than files may be open.
struct Emptying {
    std::string name;
    std::vector<std::string> left;
    struct stat identity {};
};

Result<Emptying> start_emptying(int directory, std::string name, const std::string& shown) {
    Emptying folder{std::move(name), {}, {}};
    if (::fstat(directory, &folder.identity) != 0) return system_error(errno, "read the folder", shown + "/" + folder.name);
    ::fchmod(directory, 0700);  // a folder without write permission cannot be emptied
    FolderReader entries(Fd(::fcntl(directory, F_DUPFD_CLOEXEC, 0)));
    while (const dirent* entry = entries.next()) folder.left.emplace_back(entry->d_name);
    if (entries.error() != 0) return system_error(entries.error(), "read the folder", shown + "/" + folder.name);
    return folder;
}

// Nothing if it was removed at once; else the folder that must be emptied first.
Result<std::optional<Fd>> remove_or_open(int parent, const char* name, const std::string& shown) {
    if (::unlinkat(parent, name, 0) == 0 || errno == ENOENT) return std::nullopt;
    if (errno != EISDIR && errno != EPERM && errno != EACCES) return system_error(errno, "remove", shown + "/" + name);
    const int why = errno;
    if (::unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT) return std::nullopt;
    Fd directory(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!directory.valid() && errno == EACCES && ::fchmodat(parent, name, 0700, 0) == 0)
        directory.reset(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!directory.valid()) return system_error(errno == ENOTDIR ? why : errno, "remove", shown + "/" + name);
    return directory;
}

// Back from an emptied folder into the one around it, which must be the one we came from.
Result<Fd> open_outer(int directory, const Emptying& outer, const std::string& shown) {
    Fd handle(::openat(directory, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat found {};
    if (!handle.valid() || ::fstat(handle.get(), &found) != 0) return system_error(errno, "remove", shown + "/" + outer.name);
    if (found.st_ino != outer.identity.st_ino || found.st_dev != outer.identity.st_dev)
        return system_error(EBUSY, "remove", shown + "/" + outer.name);
    return handle;
}

Status remove_empty(int parent, const std::string& name, const std::string& shown) {
    if (::unlinkat(parent, name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) return system_error(errno, "remove", shown + "/" + name);
    return {};
}

Status remove_at(int parent, const std::string& name, const std::string& shown) {
    MABPLAN_TRY(opened, remove_or_open(parent, name.c_str(), shown));
    if (!opened) return {};
    Fd directory = std::move(*opened);
    MABPLAN_TRY(outermost, start_emptying(directory.get(), name, shown));
    std::vector<Emptying> way;  // from the outermost to the one that is open
    way.push_back(std::move(outermost));
    for (;;) {
        if (way.back().left.empty()) {
            const std::string emptied = std::move(way.back().name);
            way.pop_back();
            if (way.empty()) return remove_empty(parent, emptied, shown);
            MABPLAN_TRY(outer, open_outer(directory.get(), way.back(), shown));
            directory = std::move(outer);
            MABPLAN_CHECK(remove_empty(directory.get(), emptied, shown));
            continue;
        }
        std::string child = std::move(way.back().left.back());
        way.back().left.pop_back();
        MABPLAN_TRY(inner, remove_or_open(directory.get(), child.c_str(), shown));
        if (!inner) continue;
        directory = std::move(*inner);
        MABPLAN_TRY(folder, start_emptying(directory.get(), std::move(child), shown));
        way.push_back(std::move(folder));
    }
}

}  // namespace

Result<Fd> open_file(const std::string& path, int flags, mode_t mode, ErrorKind otherwise) {
    Fd file(::open(path.c_str(), flags | O_CLOEXEC, mode));
    if (!file.valid()) return system_error(errno, (flags & O_CREAT) != 0 ? "create" : "open", path, otherwise);
    return file;
}

Result<std::string> read_file(const std::string& path, std::uint64_t max_bytes, ErrorKind otherwise) {
    MABPLAN_TRY(file, open_to_read(path, otherwise));
    struct stat facts {};
    if (::fstat(file.get(), &facts) != 0) return system_error(errno, "read", path, otherwise);
    std::string content;
    std::size_t filled = 0;
    content.resize(std::min<std::uint64_t>(static_cast<std::uint64_t>(facts.st_size), max_bytes) + 1);
    for (;;) {
        if (filled == content.size()) content.resize(content.size() * 2);
        const ssize_t count = ::read(file.get(), content.data() + filled, content.size() - filled);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return system_error(errno, "read", path, otherwise);
        if (count == 0) break;
        filled += static_cast<std::size_t>(count);
        if (filled > max_bytes)
            return fail(otherwise, format("{} is larger than {}: it is not read", quoted(path), format_bytes(max_bytes)));
    }
    content.resize(filled);
    return content;
}

Status write_all(int fd, std::string_view bytes, std::string_view path) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(fd, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return system_error(errno, "write", path);
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

Status write_file(const std::string& path, std::string_view bytes, mode_t mode, Durability durability) {
    return write_file(
        path, [&](ByteSink& out) { return out.write(bytes); }, mode, durability);
}

Status write_file(const std::string& path, const WriteContent& write, mode_t mode, Durability durability) {
    MABPLAN_TRY(file, PendingFile::beside(path, mode));
    MABPLAN_CHECK(write(file));
    return file.publish(path, durability);
}

Status make_directories(const std::string& path, mode_t mode) {
    if (is_directory(path)) return {};
    const std::string parent(parent_path(path));
    if (parent != path && parent != ".") MABPLAN_CHECK(make_directories(parent, mode));
    if (::mkdir(path.c_str(), mode) == 0 || (errno == EEXIST && is_directory(path))) return {};
    return system_error(errno, "make the folder", path);
}

Status remove_tree(const std::string& path) {
    Fd parent(::open(std::string(parent_path(path)).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!parent.valid()) return errno == ENOENT ? Status{} : Status(system_error(errno, "open the folder", parent_path(path)));
    return remove_at(parent.get(), std::string(base_name(path)), std::string(parent_path(path)));
}

Status remove_tree_at(int directory, const std::string& name, const std::string& shown) { return remove_at(directory, name, shown); }

Status rename_path(const std::string& from, const std::string& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) return system_error(errno, "rename to", to);
    return {};
}

Status sync_folder(const std::string& folder) {
    MABPLAN_TRY(handle, open_file(folder, O_RDONLY | O_DIRECTORY));
    // some file systems cannot sync a folder: then there is nothing to wait for
    if (::fsync(handle.get()) != 0 && errno != EINVAL) return system_error(errno, "sync", folder);
    return {};
}

bool path_exists(const std::string& path) {
    struct stat facts {};
    return ::stat(path.c_str(), &facts) == 0;
}

bool is_directory(const std::string& path) {
    struct stat facts {};
    return ::stat(path.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode);
}

Result<std::vector<std::string>> list_names(const std::string& directory) {
    FolderReader folder(Fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
    std::vector<std::string> names;
    while (const dirent* entry = folder.next()) names.emplace_back(entry->d_name);
    if (folder.error() != 0) return system_error(folder.error(), "read the folder", directory);
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace mabplan::runtime
