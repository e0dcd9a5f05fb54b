// Opening below a folder without ever following a symlink, and reading the attributes of what was opened.
#pragma once

#include "runtime/sys/fd.h"

#include <map>
#include <string>
#include <string_view>

namespace mabplan::runtime {

// `path` is relative and clean, "." is the root itself. O_CLOEXEC and O_NOFOLLOW are added to the flags. Not valid on failure, errno
// says why: a symlink on the way is ENOTDIR or ELOOP, a ".." is ENOENT.
Fd open_beneath(int root, std::string_view path, int flags);

// Of an open file or directory: security.capability and user.*, but for what overlayfs keeps there. None where they are not supported.
std::map<std::string, std::string> read_layer_xattrs(int fd);

}  // namespace mabplan::runtime
