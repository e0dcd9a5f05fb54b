// One entry of a directory in overlay form, as it lies on disk (layer_diff.h says what the form is).
#pragma once

#include "plans/tree/tree_reader.h"
#include "runtime/sys/fd.h"

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace mabplan::runtime {

inline constexpr const char* kOpaqueXattr = "user.overlay.opaque";
inline constexpr const char* kImplicitXattr = "user.overlay.mabplan.implicit";

struct UpperEntry {
    TreeEntry facts;  // hardlink is not set
    bool whiteout = false;
    bool opaque = false;
    bool implicit = false;
    std::vector<std::string> overlay_xattrs;  // overlayfs' own (user.overlay.*): never part of a layer
    Fd handle;                                // open for reading: files and directories only
    dev_t device = 0;
    ino_t inode = 0;
    nlink_t links = 0;
};

// The entry `name` ("." for the directory itself) of an open directory, symlinks not followed. `shown` is for messages. A missing entry
// is a failure.
Result<UpperEntry> read_upper_entry(int directory, const std::string& name, const std::string& shown);

struct UpperName {
    std::string name;
    bool whiteout = false;
};

// The names in an open directory: whiteouts first, then the others, each bytewise.
Result<std::vector<UpperName>> list_upper(int directory, const std::string& shown);

bool is_overlay_whiteout(mode_t mode, dev_t device);

}  // namespace mabplan::runtime
