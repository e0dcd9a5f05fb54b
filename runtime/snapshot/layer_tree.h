// One layer held in memory, its contents in one file without a name: for a process that may not give files to other users, because
// no user namespace is to be had, and needs to know what a layer holds nevertheless.
#pragma once

#include "runtime/layer/content_spool.h"
#include "runtime/layer/layer_entry.h"
#include "runtime/layer/tar_reader.h"
#include "runtime/snapshot/layer_folder.h"
#include "runtime/sys/byte_stream.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace mabplan::runtime {

class LayerTree {
public:
    // Shows what unpack_layer (unpack.h) would have made of the tar, by the same rules and refusals; device nodes are left out as
    // there. `spool_folder`: where the contents go, and what opened files are copied to. Reads the tar to its end, hashes nothing.
    static Result<std::shared_ptr<LayerFolder>> read(ByteSource& tar, const std::string& spool_folder, const TarLimits& limits = {});

    // A file, held by the nodes of all its names, or a directory.
    struct Inode {
        TreeEntry facts;
        SpooledContent content;
        std::uint64_t number = 0;  // its own among all trees of this process
    };
    struct Node {
        std::shared_ptr<Inode> inode;
        bool whiteout = false;
        bool opaque = false;
        bool implicit = false;
        std::map<std::string, Node, std::less<>> children;  // of a directory

        bool is_directory() const { return !whiteout && inode->facts.type == FileType::Directory; }
    };

    LayerTree(const LayerTree&) = delete;
    LayerTree& operator=(const LayerTree&) = delete;

    const Node& root() const { return root_; }
    // The content of a file, from its start.
    Result<Fd> open(const Inode& inode) const { return spool_.copy_out(inode.content); }

private:
    explicit LayerTree(std::string spool_folder);

    Status add_all(TarReader& reader);
    Status add(TarReader& reader, const TarEntry& tar);
    Result<Node*> parent_of(std::string_view path);
    Status add_directory(const TreeEntry& facts, const std::string& path);
    Status add_file(TarReader& reader, const TreeEntry& facts, const std::string& path);
    static Status put(Node& parent, const std::string& path, const std::shared_ptr<Inode>& inode);
    Status add_hard_link(const std::string& written_target, const std::string& path);
    Status add_whiteout(const TreeEntry& facts, const std::string& path);
    Status mark_opaque(const std::string& path);
    const Node* find(std::string_view path) const;

    ContentSpool spool_;
    Node root_;
};

}  // namespace mabplan::runtime
