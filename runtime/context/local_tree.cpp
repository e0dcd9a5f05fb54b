#include "runtime/context/local_tree.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/context/beneath.h"
#include "runtime/context/file_hasher.h"
#include "runtime/sys/system_error.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace mabplan::runtime {

namespace {

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};
using OpenDirectory = std::unique_ptr<DIR, CloseDirectory>;

FileType type_of(mode_t mode) {
    switch (mode & S_IFMT) {
        case S_IFDIR: return FileType::Directory;
        case S_IFLNK: return FileType::Symlink;
        case S_IFCHR: return FileType::CharDevice;
        case S_IFBLK: return FileType::BlockDevice;
        case S_IFIFO: return FileType::Fifo;
        case S_IFSOCK: return FileType::Socket;
        default: return FileType::File;
    }
}

Result<OpenDirectory> open_directory(int root, std::string_view path) {
    Fd fd = open_beneath(root, path, O_RDONLY | O_DIRECTORY);
    if (!fd.valid()) return unreadable(errno, path);
    OpenDirectory directory(::fdopendir(fd.get()));
    if (!directory) return unreadable(errno, path);
    fd.release();
    return directory;
}

Result<std::vector<std::string>> read_names(DIR* directory, std::string_view path) {
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(directory)) {
        const std::string_view name(entry->d_name);
        if (name != "." && name != "..") names.emplace_back(name);
        errno = 0;
    }
    if (errno != 0) return unreadable(errno, path);
    std::sort(names.begin(), names.end());
    return names;
}

Result<std::string> read_link(int directory, const std::string& name, std::size_t expected) {
    std::string target(std::max<std::size_t>(expected + 1, 64), '\0');
    for (;;) {
        const ssize_t length = ::readlinkat(directory, name.c_str(), target.data(), target.size());
        if (length < 0) return unreadable(errno, name);
        if (static_cast<std::size_t>(length) < target.size()) {
            target.resize(static_cast<std::size_t>(length));
            return target;
        }
        target.resize(target.size() * 2);  // it grew since it was listed
    }
}

class FolderTree final : public LocalTree {
public:
    FolderTree(Fd root, DigestCache& cache, int jobs) : root_(std::move(root)), cache_(cache), jobs_(jobs) {}

    Result<std::optional<TreeEntry>> stat(std::string_view path) override {
        const std::string name(path == "." ? path : base_name(path));
        const Fd parent = open_beneath(root_.get(), path == "." ? path : parent_path(path), O_PATH | O_DIRECTORY);
        if (!parent.valid()) return nothing_or_error(path);
        if (name == "..") return std::nullopt;
        struct stat status {};
        if (::fstatat(parent.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return nothing_or_error(path);
        MABPLAN_TRY(entry, entry_of(parent.get(), name, status));
        return std::move(entry.first);
    }

    Result<std::vector<TreeEntry>> list(std::string_view directory) override {
        MABPLAN_TRY(folder, open_directory(root_.get(), directory));
        const int fd = ::dirfd(folder.get());
        MABPLAN_TRY(names, read_names(folder.get(), directory));
        std::vector<TreeEntry> entries;
        entries.reserve(names.size());
        std::vector<ListedFile> files;
        for (const std::string& name : names) {
            struct stat status {};
            if (::fstatat(fd, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return unreadable(errno, below(directory, name));
            auto read = entry_of(fd, name, status);
            if (!read) return pass(std::move(read).error(), format("listing {}", quoted(directory)));
            if (read->first.type == FileType::File) files.push_back({name, identity_of(status), read->second});
            entries.push_back(std::move(read->first));
        }
        listed_[std::string(directory)] = std::move(files);
        return entries;
    }

    Result<std::vector<Digest>> digests(const std::vector<TreePath>& files) override {
        std::vector<Digest> digests(files.size());
        std::vector<HashRequest> missing;
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < files.size(); ++i) {
            const ListedFile* listed = find_listed(files[i].path);
            if (listed != nullptr && listed->digest) {
                digests[i] = Digest(*listed->digest);
                continue;
            }
            missing.push_back({files[i].path, listed == nullptr ? std::nullopt : std::optional(listed->identity)});
            places.push_back(i);
        }
        if (missing.empty()) return digests;
        MABPLAN_TRY(hashed, hash_files(root_.get(), missing, cache_, jobs_));
        for (std::size_t i = 0; i < places.size(); ++i) digests[places[i]] = std::move(hashed[i]);
        return digests;
    }

    Result<Fd> open_file(std::string_view path) override {
        Fd file = open_beneath(root_.get(), path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
        if (!file.valid()) return unreadable(errno, path);
        struct stat status {};
        if (::fstat(file.get(), &status) != 0) return unreadable(errno, path);
        if (!S_ISREG(status.st_mode)) return input_error(format("{} is no regular file", quoted(path)));
        const FileIdentity identity = identity_of(status);
        const ListedFile* listed = find_listed(path);
        if (listed != nullptr && !(listed->identity == identity)) return fail(changed_while_read(path));
        if (listed != nullptr) return file;
        const std::lock_guard lock(opened_mutex_);
        opened_[std::string(path)] = identity;
        return file;
    }

    Status check_unchanged(const Fd& file, std::string_view path) override {
        struct stat status {};
        if (::fstat(file.get(), &status) != 0) return unreadable(errno, path);
        if (!(identity_before(path) == identity_of(status))) return fail(changed_while_read(path));
        return {};
    }

private:
    struct ListedFile {
        std::string name;
        FileIdentity identity;
        std::optional<Sha256Bytes> digest;  // if the cache knew it
    };
    using Read = std::pair<TreeEntry, std::optional<Sha256Bytes>>;

    static std::string below(std::string_view directory, std::string_view name) {
        return directory == "." ? std::string(name) : format("{}/{}", directory, name);
    }

    static Result<std::optional<TreeEntry>> nothing_or_error(std::string_view path) {
        if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == ENAMETOOLONG) return std::nullopt;
        return unreadable(errno, path);
    }

    Result<Read> entry_of(int directory, const std::string& name, const struct stat& status) {
        Read read;
        TreeEntry& entry = read.first;
        entry.name = name;
        entry.type = type_of(status.st_mode);
        entry.mode = status.st_mode & 07777;
        entry.mtime_s = status.st_mtim.tv_sec;
        entry.mtime_ns = static_cast<std::uint32_t>(status.st_mtim.tv_nsec);
        if (entry.type == FileType::File) {
            add_file_facts(directory, name, status, read);
        } else if (entry.type == FileType::Directory) {
            entry.xattrs = xattrs_of(directory, name, O_DIRECTORY);
        } else if (entry.type == FileType::Symlink) {
            MABPLAN_TRY(target, read_link(directory, name, static_cast<std::size_t>(status.st_size)));
            entry.link_target = std::move(target);
        } else {
            entry.device = std::uint64_t{major(status.st_rdev)} << 32 | minor(status.st_rdev);
        }
        return read;
    }

    void add_file_facts(int directory, const std::string& name, const struct stat& status, Read& read) {
        TreeEntry& entry = read.first;
        entry.size = static_cast<std::uint64_t>(status.st_size);
        if (status.st_nlink > 1) entry.hardlink = hardlink_number(status);
        if (const auto known = cache_.find(identity_of(status))) {
            entry.xattrs = known->xattrs;
            read.second = known->digest;
        } else {
            entry.xattrs = xattrs_of(directory, name, 0);
        }
    }

    std::uint64_t hardlink_number(const struct stat& status) {
        return hardlinks_.emplace(std::pair(status.st_dev, status.st_ino), hardlinks_.size() + 1).first->second;
    }

    // What can't be opened shows none: whoever needs its content gets the error.
    static std::map<std::string, std::string> xattrs_of(int directory, const std::string& name, int flags) {
        const Fd file = open_beneath(directory, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | flags);
        return file.valid() ? read_layer_xattrs(file.get()) : std::map<std::string, std::string>{};
    }

    const ListedFile* find_listed(std::string_view path) const {
        const auto folder = listed_.find(std::string(parent_path(path)));
        if (folder == listed_.end()) return nullptr;
        const std::string_view name = base_name(path);
        const auto file = std::lower_bound(folder->second.begin(), folder->second.end(), name,
                                           [](const ListedFile& listed, std::string_view wanted) { return listed.name < wanted; });
        return file != folder->second.end() && file->name == name ? &*file : nullptr;
    }

    FileIdentity identity_before(std::string_view path) const {
        if (const ListedFile* listed = find_listed(path)) return listed->identity;
        const std::lock_guard lock(opened_mutex_);
        const auto opened = opened_.find(std::string(path));
        return opened == opened_.end() ? FileIdentity{} : opened->second;
    }

    Fd root_;
    DigestCache& cache_;
    int jobs_;
    std::map<std::pair<dev_t, ino_t>, std::uint64_t> hardlinks_;
    std::unordered_map<std::string, std::vector<ListedFile>> listed_;  // regular files by folder, sorted by name
    mutable std::mutex opened_mutex_;
    std::unordered_map<std::string, FileIdentity> opened_;  // opened without having been listed
};

}  // namespace

Result<std::unique_ptr<LocalTree>> open_local_tree(const std::string& path, DigestCache& cache, int jobs) {
    Fd root(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!root.valid()) return system_error(errno, "open the folder", path, ErrorKind::Input);
    return std::make_unique<FolderTree>(std::move(root), cache, jobs);
}

}  // namespace mabplan::runtime
