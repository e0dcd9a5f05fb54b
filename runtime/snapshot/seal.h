// Whether the files of a snapshot are as they were when it was published: names, kinds, modes, sizes, mtimes and ctimes of all of them, in
// one sum. Reads no content: what writes to a file, changes it or takes its place is seen by its ctime, which nobody sets. What the medium
// changes by itself is not seen.
#pragma once

#include "plans/base/result.h"
#include "runtime/sys/disk_use.h"

#include <optional>
#include <string>
#include <vector>

namespace mabplan::runtime {

struct Sealed {
    std::string text;  // one line
    // Of the folder with all below it, and of nothing else; nothing where it can't be known yet: some file systems say only later how much
    // of the disk a file that was written just now takes.
    std::optional<DiskUse> use;
};
// Of all below the folder, and of itself; and of the contents of small files, which need not be there.
Result<Sealed> seal_of(const std::string& folder, const std::vector<std::string>& small_files = {});

}  // namespace mabplan::runtime
