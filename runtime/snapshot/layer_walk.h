// Through a layer tar, entry by entry: what each one means for the tree that is made of it, and what no layer may hold. The one place
// that knows, whatever the tree is made of; where an entry cannot be made for what the layer has, the maker of the tree says so by the
// refusals below.
#pragma once

#include "runtime/layer/tar_reader.h"
#include "runtime/sys/byte_stream.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace mabplan::runtime {

// Paths are clean and relative, "." is the root, and no part before the last is a symlink of the layer. Parents that the tar does not list
// are to be made. Of several entries of a name the last one counts: it takes the place of what the layer has there, with all below it;
// only a directory over a directory describes it anew.
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

// How many entries there were. Taken as containerd takes them: names by the rules of layer_path.h and layer_links.h, a root that is no
// directory (left out), a character device 0:0 (a whiteout in the form of overlayfs). An input error names the entry and how to repair the
// layer: a symlink without a target, what file systems do not take, and what the maker refuses.
Result<std::uint64_t> walk_layer(TarReader& tar, LayerMaker& maker);

// What no file system takes, whatever a tree is made of.
Status check_layer_facts(const TreeEntry& facts);

Failure parent_in_the_way(std::string_view path);
Failure hard_link_to_nothing(std::string_view target);
Failure hard_link_to_directory(std::string_view target);

}  // namespace mabplan::runtime
