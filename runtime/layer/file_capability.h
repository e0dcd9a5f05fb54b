// The value of security.capability: vfs_cap_data of revision 2, or of revision 3 with the id of a namespace's root (capabilities(7), "File
// capability extended attribute versioning").
#pragma once

#include <string>
#include <string_view>

namespace mabplan::runtime {

bool is_file_capability(std::string_view value);
// As the root of the asking namespace is told it: what is for that root is of revision 2. The value is a capability.
std::string settled_file_capability(std::string value);

}  // namespace mabplan::runtime
