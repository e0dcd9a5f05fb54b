#include "runtime/layer/user_archive.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/tree/follow_inside.h"
#include "runtime/layer/archive_stream.h"
#include "runtime/layer/tar_reader.h"

#include <algorithm>
#include <array>
#include <map>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kMagicOffset = 257;  // of "ustar" in a tar header (POSIX, ustar interchange format)

Result<std::string> read_content(TarReader& tar, std::uint64_t size) {
    std::string text(size, '\0');
    for (;;) {
        MABPLAN_TRY(block, tar.read());
        if (!block) return text;
        block->bytes.copy(text.data() + block->offset, block->bytes.size());
    }
}

struct Search {
    std::optional<std::string> text;           // of the file, if it is there
    std::string_view other;                    // what is there that can't be read ("a fifo"); empty if nothing
    std::map<std::string, std::string> links;  // the symlinks of the archive
};

std::string_view unreadable_kind(const TarEntry& tar) {
    if (tar.is_hardlink) return "a hard link";
    switch (tar.entry.type) {
        case FileType::Fifo: return "a fifo";
        case FileType::Socket: return "a socket";
        case FileType::CharDevice:
        case FileType::BlockDevice: return "a device";
        case FileType::File:
        case FileType::Symlink:
        case FileType::Directory: break;
    }
    return {};
}

Result<Search> search(std::unique_ptr<ByteSource> archive, const std::string& path, std::uint64_t max_bytes) {
    MABPLAN_TRY(bytes, open_archive_stream(std::move(archive)));
    TarReader tar(*bytes, kUserArchiveLimits);
    const std::string wanted = clean_path("/" + path);
    Search found;
    for (;;) {
        MABPLAN_TRY(next, tar.next());
        if (!next) return found;
        const std::string here = clean_path("/" + next->path);
        if (next->entry.type == FileType::Symlink) found.links[here.substr(1)] = next->entry.link_target;
        if (here != wanted) continue;
        found.text.reset();
        found.other = unreadable_kind(*next);
        if (next->entry.type != FileType::File || next->is_hardlink) continue;
        if (next->entry.size > max_bytes)
            return input_error(format("{} is no text file: it is larger than {}", quoted(path), format_bytes(max_bytes)));
        MABPLAN_TRY(text, read_content(tar, next->entry.size));
        found.text = std::move(text);
    }
}

// The symlinks of an archive: what is none may be anything, a second look into the archive will tell.
class LinkTree final : public TreeReader {
public:
    explicit LinkTree(std::map<std::string, std::string> links) : links_(std::move(links)) {}

    Result<std::optional<TreeEntry>> stat(std::string_view path) override {
        TreeEntry entry;
        const auto link = links_.find(std::string(path));
        entry.type = link == links_.end() ? FileType::Directory : FileType::Symlink;
        if (link != links_.end()) entry.link_target = link->second;
        return entry;
    }
    Result<FolderEntries> list(std::string_view) override { return FolderEntries(); }
    Result<std::vector<Digest>> digests(const std::vector<TreePath>& files) override { return std::vector<Digest>(files.size()); }

private:
    std::map<std::string, std::string> links_;
};

}  // namespace

bool looks_like_archive(std::string_view head) {
    return is_packed(head) || (head.size() >= kArchiveHeadBytes && head.substr(kMagicOffset).starts_with("ustar"));
}

Result<bool> is_archive(ByteSource& source) {
    std::array<char, kArchiveHeadBytes> head{};
    MABPLAN_TRY(filled, read_full(source, head));
    return looks_like_archive({head.data(), filled});
}

Result<std::optional<std::string>> read_file_of_archive(const OpenArchive& open, const std::string& path, std::uint64_t max_bytes) {
    MABPLAN_TRY(first, open());
    MABPLAN_TRY(found, search(std::move(first), path, max_bytes));
    if (!found.other.empty()) return input_error(format("{} is {} in the archive: expected a regular file", quoted(path), found.other));
    if (found.text || found.links.empty()) return std::move(found.text);
    LinkTree links(std::move(found.links));
    MABPLAN_TRY(followed, follow_inside(links, ".", path));
    if (!followed || followed->path == clean_path(path)) return std::optional<std::string>{};
    MABPLAN_TRY(again, open());
    MABPLAN_TRY(behind, search(std::move(again), followed->path, max_bytes));
    if (!behind.text)
        return fail(ErrorKind::Input,
                    format("{} leads through a symbolic link to {}, which is not there", quoted(path), quoted(followed->path)),
                    "put the file itself into the build context");
    return std::move(behind.text);
}

Result<std::optional<std::int64_t>> newest_time_in_archive(std::unique_ptr<ByteSource> archive) {
    MABPLAN_TRY(bytes, open_archive_stream(std::move(archive)));
    TarReader tar(*bytes, kUserArchiveLimits);
    std::optional<std::int64_t> newest;
    for (;;) {
        MABPLAN_TRY(next, tar.next());
        if (!next) return newest;
        if (next->entry.type == FileType::File && !next->is_hardlink)
            newest = std::max(newest.value_or(next->entry.mtime_s), next->entry.mtime_s);
    }
}

}  // namespace mabplan::runtime
