#include "runtime/context/folder_listing.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/context/beneath.h"
#include "runtime/context/file_hasher.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
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

// What can't be opened shows none: whoever needs its content gets the error.
std::map<std::string, std::string> xattrs_of(int directory, const std::string& name, int flags) {
    const Fd file = open_beneath(directory, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | flags);
    return file.valid() ? read_layer_xattrs(file.get()) : std::map<std::string, std::string>{};
}

}  // namespace

Result<FolderListing> EntryReader::list(const std::string& directory) {
    MABPLAN_TRY(folder, open_directory(root_, directory));
    const int fd = ::dirfd(folder.get());
    MABPLAN_TRY(names, read_names(folder.get(), directory));
    std::vector<struct stat> statuses(names.size());
    std::vector<FileIdentity> identities;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (::fstatat(fd, names[i].c_str(), &statuses[i], AT_SYMLINK_NOFOLLOW) != 0)
            return unreadable(errno, directory == "." ? names[i] : format("{}/{}", directory, names[i]));
        if (S_ISREG(statuses[i].st_mode)) identities.push_back(identity_of(statuses[i]));
    }
    std::vector<std::optional<KnownContent>> known = cache_.find_all(identities);

    FolderListing listing;
    listing.entries.reserve(names.size());
    listing.files.reserve(identities.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        std::optional<KnownContent>* content = nullptr;
        if (S_ISREG(statuses[i].st_mode)) {
            const std::size_t file = listing.files.size();
            content = &known[file];
            listing.files.push_back({names[i], identities[file], *content ? std::optional((*content)->digest) : std::nullopt});
        }
        auto entry = make_entry(fd, std::move(names[i]), statuses[i], content != nullptr && *content ? &**content : nullptr);
        if (!entry) return pass(std::move(entry).error(), format("listing {}", quoted(directory)));
        listing.entries.push_back(std::move(*entry));
    }
    return listing;
}

Result<TreeEntry> EntryReader::entry_of(int directory, const std::string& name, const struct stat& status) {
    std::optional<KnownContent> known;
    if (S_ISREG(status.st_mode)) known = cache_.find(identity_of(status));
    return make_entry(directory, name, status, known ? &*known : nullptr);
}

Result<TreeEntry> EntryReader::make_entry(int directory, std::string name, const struct stat& status, KnownContent* known) {
    TreeEntry entry;
    entry.type = type_of(status.st_mode);
    entry.mode = status.st_mode & 07777;
    entry.mtime_s = status.st_mtim.tv_sec;
    entry.mtime_ns = static_cast<std::uint32_t>(status.st_mtim.tv_nsec);
    if (entry.type == FileType::File) {
        entry.size = static_cast<std::uint64_t>(status.st_size);
        if (status.st_nlink > 1) entry.hardlink = hardlink_number(status);
        entry.xattrs = known != nullptr ? std::move(known->xattrs) : xattrs_of(directory, name, 0);
    } else if (entry.type == FileType::Directory) {
        entry.xattrs = xattrs_of(directory, name, O_DIRECTORY);
    } else if (entry.type == FileType::Symlink) {
        MABPLAN_TRY(target, read_link(directory, name, static_cast<std::size_t>(status.st_size)));
        entry.link_target = std::move(target);
    } else {
        entry.device = std::uint64_t{major(status.st_rdev)} << 32 | minor(status.st_rdev);
    }
    entry.name = std::move(name);
    return entry;
}

std::uint64_t EntryReader::hardlink_number(const struct stat& status) {
    const std::lock_guard lock(hardlinks_mutex_);
    return hardlinks_.emplace(std::pair(status.st_dev, status.st_ino), hardlinks_.size() + 1).first->second;
}

}  // namespace mabplan::runtime
