// Opening below a folder without ever following a symlink.
#pragma once

#include "runtime/sys/fd.h"

#include <string_view>

namespace mabplan::runtime {

// `path` is relative and clean, "." is the root itself. O_CLOEXEC and O_NOFOLLOW are added to the flags. Not valid on failure, errno
// says why: a symlink on the way is ENOTDIR or ELOOP, a ".." is ENOENT.
Fd open_beneath(int root, std::string_view path, int flags);

}  // namespace mabplan::runtime
