// How much of a disk files take, as du(1) counts it, and what was noted of a folder whose files stay as they are: to look through it takes
// long.
#pragma once

#include "plans/base/result.h"

#include <cstdint>
#include <optional>
#include <string>

struct stat;

namespace mabplan::runtime {

struct DiskUse {
    std::uint64_t bytes = 0;
    std::uint64_t inodes = 0;
    DiskUse& operator+=(const DiskUse& other);
    bool operator==(const DiskUse&) const = default;
};

// Of one file; of one that has several names the part of each.
DiskUse use_of_one(const struct stat& facts);
// Of a file or a folder with all below it; what can't be read counts for nothing.
DiskUse disk_use(const std::string& path);

// Notes in `folder` what all of `folder`/fs takes.
Status note_use_of_files(const std::string& folder, const DiskUse& use);
// The same as disk_use, by that note; nothing where there is none that is whole.
std::optional<DiskUse> noted_disk_use(const std::string& folder);

}  // namespace mabplan::runtime
