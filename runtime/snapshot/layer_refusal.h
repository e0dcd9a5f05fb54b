// What is no layer, in one place for all that read one. Input errors without context, but for the last.
#pragma once

#include "plans/tree/tree_reader.h"

#include <string>
#include <string_view>

namespace mabplan::runtime {

// A fault of an entry, with the name as it stands in the tar before it.
Error refused_entry(std::string_view name, Error fault);

Failure root_is_no_directory();
Failure parent_in_the_way(std::string_view path, bool is_symlink);
Failure hard_link_to_nothing(std::string_view target);
Failure hard_link_to_directory(std::string_view target);
Failure second_entry();
// An entry that is no directory and no hard link: a symlink needs a target, a character device 0:0 is a whiteout in disguise.
Status check_layer_file(const TreeEntry& facts);

// A Verify error: the bytes are others.
Failure not_the_layer(const Digest& expected, const Digest& found);

}  // namespace mabplan::runtime
