// One layer held in memory, but for its contents: for a process that may not give files to other users, because no user namespace is
// to be had, and needs to know what a layer holds nevertheless. Knows neither digests nor where layers come from.
#pragma once

#include "runtime/layer/layer_entry.h"
#include "runtime/layer/tar_reader.h"
#include "runtime/snapshot/layer_folder.h"
#include "runtime/snapshot/layer_walk.h"
#include "runtime/sys/byte_stream.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace mabplan::runtime {

class LayerTree final : private LayerMaker {
public:
    // Shows what unpack_layer (unpack.h) would have made of the tar, and its device nodes. The contents, one file each, are put into a new
    // folder in `scratch`, which must stay as long as the tree. Reads the tar to its end.
    static Result<std::shared_ptr<LayerFolder>> read(ByteSource& tar, const std::string& scratch, const TarLimits& limits = {});

    // A file, held by the nodes of all its names, or a directory.
    struct Inode {
        TreeEntry facts;
        std::uint64_t number = 0;  // its own among all trees of this process; of a file also the name of its content
    };
    enum class Mark { None, Whiteout, Opaque };
    struct Node {
        std::shared_ptr<Inode> inode;
        Mark mark = Mark::None;
        bool implicit = false;                              // a directory that the tar does not list, and as layers below have it
        bool removes = false;                               // a whiteout of the tar names it, too
        std::map<std::string, Node, std::less<>> children;  // of a directory

        bool is_whiteout() const { return mark == Mark::Whiteout; }
        bool is_directory() const { return !is_whiteout() && inode->facts.type == FileType::Directory; }
    };

    ~LayerTree() override;
    LayerTree(const LayerTree&) = delete;
    LayerTree& operator=(const LayerTree&) = delete;

    // The content of a regular file, from its start.
    Result<Fd> open(const Inode& inode) const;
    bool implies() const { return implies_; }

private:
    LayerTree(std::string folder, std::uint64_t max_directories);

    Status make_directory(const TreeEntry& facts, const std::string& path) override;
    Status make_file(TarReader& tar, const TreeEntry& facts, const std::string& path) override;
    Status make_hard_link(const std::string& target, const std::string& written, const std::string& path) override;
    Status make_whiteout(const TreeEntry& facts, const std::string& path) override;
    Status mark_opaque(const std::string& directory) override;

    void settle();
    Result<Node*> parent_of(std::string_view path);
    Status put(const std::string& path, const std::shared_ptr<Inode>& inode);
    const Node* find(std::string_view path) const;
    std::string content_path(const Inode& inode) const;

    std::string folder_;
    std::uint64_t directories_left_;  // that may be made though the tar does not list them
    bool implies_ = false;            // directories but the root
    Node root_;
};

}  // namespace mabplan::runtime
