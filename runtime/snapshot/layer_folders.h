// The directories of a layer while it is unpacked: what the layer says of them, and which it only needs for what lies in them. Touches no
// file.
#pragma once

#include "plans/base/result.h"
#include "plans/tree/tree_reader.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace mabplan::runtime {

class LayerFolders {
public:
    struct Folder {
        TreeEntry facts;
        bool implicit = true;   // the layer does not describe it: it is as layers below have it
        bool opaque = false;    // and hides what they have in it
        bool replaces = false;  // the layer removes what is below and has another one, or this lies in such a one
    };

    // There is the root, implicit. `implicit_mtime`: seconds, of directories that no layer describes.
    explicit LayerFolders(std::int64_t implicit_mtime);

    // An input error if all that are implied have too long paths for the memory of anyone.
    Status imply(const std::string& path);
    void describe(const std::string& path, const TreeEntry& facts);
    void mark_opaque(const std::string& path) { folders_.at(path).opaque = true; }
    // The layer removes what lower layers have at the path: a directory that it has there, now or later, is another one.
    void mark_removed(const std::string& path);
    // Something else stands there now, with nothing below it.
    void remove(const std::string& path);

    // When all is known: what lies in a replaced directory is not as any layer below has it.
    void settle();
    const std::map<std::string, Folder>& all() const { return folders_; }  // a directory before what is in it
    // Those but the root that are as layers below have them, also in the opaque ones (containerd's rule).
    std::vector<std::string> inheriting() const;

private:
    Folder& put(const std::string& path);

    std::int64_t implicit_mtime_;
    std::map<std::string, Folder> folders_;
    std::set<std::string> removed_;
    std::uint64_t implicit_bytes_ = 0;  // of paths
};

}  // namespace mabplan::runtime
