// Whether a folder may be this user's store: its own, and closed to others. Does not know what a store holds.
#pragma once

#include "plans/base/result.h"

#include <string>
#include <string_view>

namespace mabplan::runtime {

// The folder exists. An empty one of this user's, and a store that others can only read, is closed to them; a store that others can write
// to, an open folder with other things in it, and one of another user's is an Environment error with the line that mends it.
Status own_store_folder(const std::string& root);

// What the type of a file system is called that statfs(2) tells, if it is one that other machines serve; empty for all others. A store is
// on none: its database and the mounts of commands need a local one.
std::string_view network_file_system(long type);

}  // namespace mabplan::runtime
