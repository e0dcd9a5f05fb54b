#include "runtime/context/folder_listing.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/context/file_hasher.h"
#include "runtime/context/layer_xattrs.h"
#include "runtime/sys/file_type.h"
#include "runtime/sys/folder_reader.h"
#include "runtime/sys/open_beneath.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kAskedAtOnce = 4096;  // files that the cache is asked about

// The names of a directory, one after the other with a zero byte each: few bytes for a million of them.
struct Names {
    std::vector<char> bytes;          // not a string: that would move its bytes with itself
    std::vector<const char*> sorted;  // into `bytes`
};

Result<Names> read_names(FolderReader& folder, std::string_view path) {
    Names names;
    while (const dirent* entry = folder.next()) {
        const std::string_view name(entry->d_name);
        names.bytes.insert(names.bytes.end(), name.data(), name.data() + name.size() + 1);
    }
    if (folder.error() != 0) return unreadable(folder.error(), path);
    for (std::size_t at = 0; at < names.bytes.size(); at += std::strlen(names.bytes.data() + at) + 1)
        names.sorted.push_back(names.bytes.data() + at);
    std::sort(names.sorted.begin(), names.sorted.end(), [](const char* a, const char* b) { return std::strcmp(a, b) < 0; });
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
    FolderReader folder(open_beneath(root_, directory, O_RDONLY | O_DIRECTORY));
    MABPLAN_TRY(names, read_names(folder, directory));
    FolderListing listing{{}, ListedFolder(names.sorted.size())};
    const std::span<const char* const> all(names.sorted);
    for (std::size_t at = 0; at < all.size(); at += kAskedAtOnce)
        MABPLAN_CHECK(add_entries(folder.fd(), all.subspan(at, std::min(kAskedAtOnce, all.size() - at)), directory, listing));
    return listing;
}

Status EntryReader::add_entries(int directory, std::span<const char* const> names, const std::string& shown, FolderListing& listing) {
    std::vector<struct stat> statuses(names.size());
    std::vector<FileIdentity> identities;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (::fstatat(directory, names[i], &statuses[i], AT_SYMLINK_NOFOLLOW) != 0)
            return unreadable(errno, shown == "." ? std::string(names[i]) : format("{}/{}", shown, names[i]));
        if (S_ISREG(statuses[i].st_mode)) identities.push_back(identity_of(statuses[i]));
    }
    std::vector<std::optional<KnownContent>> known = cache_.find_all(identities);
    std::size_t file = 0;
    for (std::size_t i = 0; i < names.size(); ++i) {
        KnownContent* content = nullptr;
        if (S_ISREG(statuses[i].st_mode)) {
            if (known[file]) content = &*known[file];
            listing.files.add(names[i], identities[file++], content != nullptr ? std::optional(content->digest) : std::nullopt);
        }
        auto entry = make_entry(directory, names[i], statuses[i], content);
        if (!entry) return pass(std::move(entry).error(), format("listing {}", quoted(shown)));
        listing.entries.push_back(std::move(*entry));
    }
    return {};
}

Result<TreeEntry> EntryReader::entry_of(int directory, const std::string& name, const struct stat& status) {
    std::optional<KnownContent> known;
    if (S_ISREG(status.st_mode)) known = cache_.find(identity_of(status));
    return make_entry(directory, name, status, known ? &*known : nullptr);
}

Result<TreeEntry> EntryReader::make_entry(int directory, std::string name, const struct stat& status, KnownContent* known) {
    TreeEntry entry;
    entry.type = file_type_of(status.st_mode);
    entry.mode = status.st_mode & 07777;
    entry.mtime_s = status.st_mtim.tv_sec;
    entry.mtime_ns = static_cast<std::uint32_t>(status.st_mtim.tv_nsec);
    if (entry.type == FileType::File) {
        entry.size = static_cast<std::uint64_t>(status.st_size);
        if (status.st_nlink > 1) entry.hardlink = hardlinks_.of(status);
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

std::uint64_t HardlinkNumbers::of(const struct stat& status) {
    const auto numbers = numbers_.lock();
    return numbers->emplace(std::pair(status.st_dev, status.st_ino), numbers->size() + 1).first->second;
}

}  // namespace mabplan::runtime
