// The extended attributes that a file of a folder has in a layer.
#pragma once

#include <map>
#include <string>

namespace mabplan::runtime {

// Of an open file or directory, those of is_layer_xattr. None where they are not supported.
std::map<std::string, std::string> read_layer_xattrs(int fd);

}  // namespace mabplan::runtime
