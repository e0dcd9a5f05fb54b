#include "runtime/layer/user_archive.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/layer/archive_stream.h"
#include "runtime/layer/tar_reader.h"

#include <algorithm>
#include <array>

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

}  // namespace

bool looks_like_archive(std::string_view head) {
    return is_packed(head) || (head.size() >= kArchiveHeadBytes && head.substr(kMagicOffset).starts_with("ustar"));
}

Result<bool> is_archive(ByteSource& source) {
    std::array<char, kArchiveHeadBytes> head{};
    MABPLAN_TRY(filled, read_full(source, head));
    return looks_like_archive({head.data(), filled});
}

Result<std::optional<std::string>> read_file_of_archive(std::unique_ptr<ByteSource> archive, const std::string& path, std::uint64_t max_bytes) {
    MABPLAN_TRY(bytes, open_archive_stream(std::move(archive)));
    TarReader tar(*bytes, kUserArchiveLimits);
    std::optional<std::string> found;
    for (;;) {
        MABPLAN_TRY(next, tar.next());
        if (!next) return found;
        if (next->entry.type != FileType::File || next->is_hardlink || clean_path("/" + next->path) != clean_path("/" + path)) continue;
        if (next->entry.size > max_bytes) return input_error(format("{} is no text file: it is larger than {}", quoted(path), format_bytes(max_bytes)));
        MABPLAN_TRY(text, read_content(tar, next->entry.size));
        found = std::move(text);
    }
}

Result<std::optional<std::int64_t>> newest_time_in_archive(std::unique_ptr<ByteSource> archive) {
    MABPLAN_TRY(bytes, open_archive_stream(std::move(archive)));
    TarReader tar(*bytes, kUserArchiveLimits);
    std::optional<std::int64_t> newest;
    for (;;) {
        MABPLAN_TRY(next, tar.next());
        if (!next) return newest;
        if (next->entry.type == FileType::File && !next->is_hardlink) newest = std::max(newest.value_or(next->entry.mtime_s), next->entry.mtime_s);
    }
}

}  // namespace mabplan::runtime
