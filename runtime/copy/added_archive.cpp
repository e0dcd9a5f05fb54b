#include "runtime/copy/added_archive.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/tree/layer_xattr.h"
#include "runtime/layer/archive_stream.h"
#include "runtime/layer/layer_entry.h"
#include "runtime/layer/user_archive.h"
#include "runtime/snapshot/layer_path.h"
#include "runtime/snapshot/layer_walk.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>

#include <cerrno>
#include <utility>

namespace mabplan::runtime {

namespace {

Status check_member(const TarEntry& tar, const LayerName& name) {
    if (name.mark != LayerMark::None || name.skipped) return input_error("in a layer its name would be that of a whiteout");
    return tar.is_hardlink ? Status{} : check_layer_facts(tar.entry);
}

// A member, or nothing for the entry that stands for the destination itself, whatever it says that this is.
Result<std::optional<ArchiveMember>> read_member(TarEntry tar, TarReader& reader, ContentSpool& spool) {
    MABPLAN_TRY(name, parse_layer_name(tar.path));
    if (name.path == "." && name.mark == LayerMark::None) return std::nullopt;
    MABPLAN_CHECK(check_member(tar, name));
    ArchiveMember member{std::move(name.path), std::move(tar.entry), {}, {}};
    std::erase_if(member.entry.xattrs, [](const auto& xattr) { return !is_layer_xattr(xattr.first); });
    if (tar.is_hardlink) {
        MABPLAN_TRY(target, parse_link_target(tar.hardlink));
        member.hardlink = std::move(target);
    } else if (member.entry.type == FileType::File && member.entry.size > 0) {
        MABPLAN_TRY(content, spool.add(reader, member.entry.size));
        member.content = content;
    }
    return std::optional(std::move(member));
}

Result<AddedArchive> read_members(const std::string& shown, TarEntry first, TarReader& reader, ContentSpool& spool) {
    AddedArchive archive{shown, {}};
    for (std::optional<TarEntry> entry = std::move(first); entry;) {
        const std::string path = entry->path;
        auto member = read_member(std::move(*entry), reader, spool);
        if (!member) {
            Error error = std::move(member).error();
            error.message = format("the entry {} of {} cannot be unpacked: {}", quoted(path), quoted(shown), error.message);
            return fail(std::move(error));
        }
        if (*member) archive.members.push_back(std::move(**member));
        auto next = reader.next();
        if (!next) return pass(std::move(next).error(), format("unpacking {}", quoted(shown)));
        entry = std::move(*next);
    }
    return archive;
}

// Nothing for a file that is no archive: also one that only looks packed.
Result<std::optional<AddedArchive>> read_archive(const Fd& file, const std::string& shown, const TarLimits& limits, ContentSpool& spool) {
    Fd read(::fcntl(file.get(), F_DUPFD_CLOEXEC, 0));
    if (!read.valid()) return system_error(errno, "open", shown);
    auto stream = open_archive_stream(read_from(read.release(), shown));
    if (!stream && stream.error().kind == ErrorKind::Input) return std::nullopt;
    if (!stream) return pass(std::move(stream).error());
    TarReader reader(**stream, limits);
    auto first = reader.next();
    if (!first && (reader.has_entries() || first.error().kind != ErrorKind::Input))
        return pass(std::move(first).error(), format("unpacking {}", quoted(shown)));
    if (!first || !*first) return std::nullopt;
    MABPLAN_TRY(archive, read_members(shown, std::move(**first), reader, spool));
    return std::optional(std::move(archive));
}

}  // namespace

Result<std::map<std::size_t, AddedArchive>> read_archives(const Selection& selection, CopySource& source, std::uint64_t max_bytes,
                                                          ContentSpool& spool) {
    TarLimits limits = kUserArchiveLimits;
    limits.max_bytes = max_bytes;
    std::map<std::size_t, AddedArchive> archives;
    for (std::size_t index = 0; index < selection.size(); ++index) {
        const SelectedSource& selected = selection[index];
        if (selected.kind != SourceKind::Entry || selected.entry.type != FileType::File) continue;
        MABPLAN_TRY(file, source.open(selected.path));
        MABPLAN_TRY(archive, read_archive(file, selected.path, limits, spool));
        if (!archive) continue;
        MABPLAN_CHECK(source.check_unchanged(file, selected.path));
        archives.emplace(index, std::move(*archive));
    }
    return archives;
}

}  // namespace mabplan::runtime
