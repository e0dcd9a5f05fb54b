// Through a layer tar, entry by entry: what each one means for the tree that is made of it, and what no layer may hold. The one place
// that knows, whatever the tree is made of; where an entry stands in the way of another, the maker of the tree says so by the refusals
// below.
#pragma once

#include "runtime/layer/tar_reader.h"
#include "runtime/sys/byte_stream.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace mabplan::runtime {

// Paths are clean and relative, "." is the root. Parents that the tar does not list are to be made.
class LayerMaker {
public:
    virtual ~LayerMaker() = default;
    virtual Status make_directory(const TreeEntry& facts, const std::string& path) = 0;
    // Anything but a directory and a hard link; the content of a regular file is the reader's current one.
    virtual Status make_file(TarReader& tar, const TreeEntry& facts, const std::string& path) = 0;
    // `written` is the target as the tar has it, for messages.
    virtual Status make_hard_link(const std::string& target, const std::string& written, const std::string& path) = 0;
    virtual Status make_whiteout(const TreeEntry& facts, const std::string& path) = 0;
    virtual Status mark_opaque(const std::string& directory) = 0;
};

// How many entries there were. An input error names the entry: absolute names, names by the rules of layer_path.h, a root that is no directory, a
// symlink without a target, a device 0:0, what file systems do not take, and what the maker refuses.
Result<std::uint64_t> walk_layer(TarReader& tar, LayerMaker& maker);

// What no file system takes, whatever a tree is made of.
Status check_layer_facts(const TreeEntry& facts);

Failure parent_in_the_way(std::string_view path, bool is_symlink);
Failure hard_link_to_nothing(std::string_view target);
Failure hard_link_to_directory(std::string_view target);
// Of two entries for one name only one is a directory, or none. A layer must not have them (image-spec, layer.md, "Creating"): who
// looks at it could be shown another file than who runs it.
Failure second_entry();

}  // namespace mabplan::runtime
