#include "runtime/sys/disk_use.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "runtime/sys/folder_reader.h"
#include "runtime/sys/xxh3.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <utility>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kBlockBytes = 512;  // the unit of st_blocks (stat(2))
constexpr std::uint64_t kMostNoteBytes = 256;
constexpr std::string_view kNote = "size";

void add_below(DiskUse& use, Fd opened) {
    FolderReader folder(std::move(opened));
    while (const dirent* entry = folder.next()) {
        struct stat facts {};
        if (::fstatat(folder.fd(), entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0) continue;
        use += use_of_one(facts);
        if (S_ISDIR(facts.st_mode))
            add_below(use, Fd(::openat(folder.fd(), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)));
    }
}

std::string note_of(const DiskUse& use) {
    const std::string numbers = format("{} {}", use.bytes, use.inodes);
    return format("{} {:016x}\n", numbers, xxh3_64(numbers));
}

}  // namespace

DiskUse& DiskUse::operator+=(const DiskUse& other) {
    bytes += other.bytes;
    inodes += other.inodes;
    return *this;
}

DiskUse use_of_one(const struct stat& facts) {
    const std::uint64_t bytes = static_cast<std::uint64_t>(facts.st_blocks) * kBlockBytes;
    const bool is_shared = !S_ISDIR(facts.st_mode) && facts.st_nlink > 1;
    return {is_shared ? bytes / facts.st_nlink : bytes, 1};
}

DiskUse disk_use(const std::string& path) {
    DiskUse use;
    struct stat facts {};
    if (::lstat(path.c_str(), &facts) != 0) return use;
    use += use_of_one(facts);
    if (S_ISDIR(facts.st_mode)) add_below(use, Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)));
    return use;
}

Status note_use_of_files(const std::string& folder, const DiskUse& use) {
    return write_file(format("{}/{}", folder, kNote), note_of(use), 0644, Durability::Cached);
}

std::optional<DiskUse> noted_disk_use(const std::string& folder) {
    const auto note = read_file(format("{}/{}", folder, kNote), kMostNoteBytes);
    if (!note) return std::nullopt;
    const std::vector<std::string_view> numbers = split(*note, ' ');
    if (numbers.size() != 3) return std::nullopt;
    const auto bytes = parse_unsigned(numbers[0]), inodes = parse_unsigned(numbers[1]);
    if (!bytes || !inodes || *note != note_of({*bytes, *inodes})) return std::nullopt;
    DiskUse use{*bytes, *inodes};
    struct stat facts {};
    if (::lstat(folder.c_str(), &facts) != 0) return std::nullopt;
    use += use_of_one(facts);
    const auto names = list_names(folder);
    if (!names) return std::nullopt;
    for (const std::string& name : *names)
        if (name != "fs") use += disk_use(format("{}/{}", folder, name));
    return use;
}

}  // namespace mabplan::runtime
