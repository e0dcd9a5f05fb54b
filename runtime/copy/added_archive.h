// The archives among the sources of an ADD: recognised by their content, read once, their members judged. Does not know where they go.
#pragma once

#include "plans/tree/selection.h"
#include "runtime/copy/content_spool.h"
#include "runtime/copy/copy_source.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mabplan::runtime {

struct ArchiveMember {
    std::string path;      // clean, relative; never "."
    TreeEntry entry;       // of a hard link: what the file is to have from then on
    std::string hardlink;  // not empty: another name of the file at this path, clean and relative
    SpooledContent content;
};

struct AddedArchive {
    std::string name;                    // in messages
    std::vector<ArchiveMember> members;  // in the order of the archive, which decides
};

// By the index of the selected source. A file is an archive if it begins with a tar header when unpacked as its first bytes say (plain,
// gzip, bzip2, xz, zstd); all others are copied as they are. Absolute names and ".." are taken as in a layer (layer_path.h). Input errors
// that name archive and entry: names of whiteouts, symlinks without a target, what unpacks to more than `max_bytes` or what else TarReader
// refuses, an archive that breaks off.
Result<std::map<std::size_t, AddedArchive>> read_archives(const Selection& selection, CopySource& source, std::uint64_t max_bytes,
                                                          ContentSpool& spool);

}  // namespace mabplan::runtime
