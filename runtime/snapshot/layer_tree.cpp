#include "runtime/snapshot/layer_tree.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/tree/layer_xattr.h"
#include "runtime/layer/entry_content.h"
#include "runtime/layer/file_capability.h"
#include "runtime/sys/file.h"
#include "runtime/sys/temporary.h"

#include <fcntl.h>

#include <atomic>
#include <utility>

namespace mabplan::runtime {

namespace {

using Inode = LayerTree::Inode;
using Node = LayerTree::Node;
using Mark = LayerTree::Mark;

std::uint64_t next_number() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

// What the tar removed there before stays removed.
Node implicit_directory(bool removes) {
    return {.inode = std::make_shared<Inode>(Inode{implicit_facts(), 0}),
            .mark = removes ? Mark::Opaque : Mark::None,
            .implicit = true,
            .removes = removes,
            .children = {}};
}

using Children = std::map<std::string, Node, std::less<>>;

// Not by recursion: a tree may be deeper than the stack is.
void drop(Children children) {
    std::vector<Children> rest;
    rest.push_back(std::move(children));
    while (!rest.empty()) {
        auto nodes = std::exchange(rest.back(), {});
        rest.pop_back();
        for (auto& [name, node] : nodes)
            if (!node.children.empty()) rest.push_back(std::move(node.children));
    }
}

// As a file system would tell it of what was unpacked.
TreeEntry settled(TreeEntry facts) {
    if (facts.type != FileType::File) facts.size = 0;
    if (facts.type == FileType::Symlink) facts.mode = 0777;
    const bool has_xattrs = facts.type == FileType::File || facts.type == FileType::Directory;
    std::erase_if(facts.xattrs, [&](const auto& xattr) { return !has_xattrs || !is_layer_xattr(xattr.first); });
    if (const auto capability = facts.xattrs.find(kCapabilityXattr); capability != facts.xattrs.end())
        capability->second = settled_file_capability(std::move(capability->second));
    return facts;
}

class TreeFolder final : public LayerFolder {
public:
    TreeFolder(std::shared_ptr<const LayerTree> tree, const Node& node) : tree_(std::move(tree)), node_(node) {}

    Result<LayerItem> self(const std::string&) override { return item(".", node_); }

    Result<std::optional<LayerItem>> find(const std::string& name, const std::string&) override {
        const auto found = node_.children.find(name);
        if (found == node_.children.end()) return std::optional<LayerItem>{};
        MABPLAN_TRY(there, item(name, found->second));
        return std::optional<LayerItem>(std::move(there));
    }

    Result<std::vector<std::string>> names(const std::string&) override {
        std::vector<std::string> names;
        for (const auto& [name, node] : node_.children) names.push_back(name);
        return names;
    }

    std::size_t descriptors() const override { return 0; }
    bool implies() const override { return tree_->implies(); }

private:
    Result<LayerItem> item(const std::string& name, const Node& node) const {
        LayerItem item;
        item.facts = node.inode->facts;
        item.facts.name = name;
        item.whiteout = node.is_whiteout();
        item.opaque = node.mark == Mark::Opaque;
        item.implicit = node.implicit;
        if (node.is_directory()) item.folder = std::make_shared<TreeFolder>(tree_, node);
        else if (node.inode.use_count() > 1) item.facts.hardlink = node.inode->number;
        if (!node.is_whiteout() && item.facts.type == FileType::File) {
            MABPLAN_TRY(content, tree_->open(*node.inode));
            item.file = std::move(content);
        }
        return item;
    }

    std::shared_ptr<const LayerTree> tree_;
    const Node& node_;
};

}  // namespace

LayerTree::LayerTree(std::string folder, std::uint64_t max_directories)
    : folder_(std::move(folder)), directories_left_(max_directories), root_(implicit_directory(false)) {}

LayerTree::~LayerTree() { drop(std::move(root_.children)); }

Result<std::shared_ptr<LayerFolder>> LayerTree::read(ByteSource& tar, const std::string& scratch, const TarLimits& limits) {
    MABPLAN_TRY(folder, make_fresh_folder(scratch, "tree"));
    const std::shared_ptr<LayerTree> tree(new LayerTree(std::move(folder), limits.max_entries));
    TarReader reader(tar, limits);
    MABPLAN_CHECK(walk_layer(reader, *tree));
    tree->settle();
    return std::shared_ptr<LayerFolder>(std::make_shared<TreeFolder>(tree, tree->root_));
}

// What lies in a replaced directory is not as any layer below has it.
void LayerTree::settle() {
    struct Step {
        Node* node;
        bool is_replaced;
    };
    std::vector<Step> rest{{&root_, false}};
    while (!rest.empty()) {
        const Step step = rest.back();
        rest.pop_back();
        const bool is_replaced = step.is_replaced || step.node->removes;
        if (is_replaced) step.node->implicit = false;
        if (step.node->implicit && step.node != &root_) implies_ = true;
        for (auto& [name, child] : step.node->children)
            if (child.is_directory()) rest.push_back({&child, is_replaced});
    }
}

std::string LayerTree::content_path(const Inode& inode) const { return format("{}/{}", folder_, inode.number); }

Result<Fd> LayerTree::open(const Inode& inode) const { return open_file(content_path(inode), O_RDONLY); }

// The directory that the path is to lie in, made where the tar does not list it.
Result<Node*> LayerTree::parent_of(std::string_view path) {
    Node* at = &root_;
    const std::string_view parent = parent_path(path);
    if (parent == ".") return at;
    for (const std::string_view part : split(parent, '/')) {
        const auto [found, is_new] = at->children.try_emplace(std::string(part));
        Node& next = found->second;
        if (is_new || next.is_whiteout()) {
            if (directories_left_-- == 0) return input_error("the layer has more directories than entries are allowed");
            next = implicit_directory(next.removes);
        } else if (!next.is_directory()) {
            return parent_in_the_way(parent.substr(0, static_cast<std::size_t>(part.end() - parent.begin())));
        }
        at = &next;
    }
    return at;
}

Status LayerTree::make_directory(const TreeEntry& facts, const std::string& path) {
    Node* node = &root_;
    if (path != ".") {
        MABPLAN_TRY(parent, parent_of(path));
        const auto [found, is_new] = parent->children.try_emplace(std::string(base_name(path)));
        node = &found->second;
        if (is_new || !node->is_directory()) *node = implicit_directory(node->removes);
    }
    node->inode->facts = settled(facts);
    node->implicit = false;
    return {};
}

Status LayerTree::make_file(TarReader& tar, const TreeEntry& facts, const std::string& path) {
    const auto inode = std::make_shared<Inode>(Inode{settled(facts), next_number()});
    MABPLAN_CHECK(put(path, inode));
    if (facts.type != FileType::File) return {};
    MABPLAN_TRY(content, open_file(content_path(*inode), O_WRONLY | O_CREAT | O_EXCL, 0600));
    return write_entry_content(tar, facts.size, content.get(), 0, path);
}

Status LayerTree::make_hard_link(const std::string& target, const std::string& written, const std::string& path) {
    const Node* linked = find(target);
    if (linked == nullptr || linked->is_whiteout()) return hard_link_to_nothing(written);
    if (linked->is_directory()) return hard_link_to_directory(written);
    return put(path, std::shared_ptr<Inode>(linked->inode));
}

// What this layer has there itself goes, whatever it is.
Status LayerTree::put(const std::string& path, const std::shared_ptr<Inode>& inode) {
    MABPLAN_TRY(parent, parent_of(path));
    Node& node = parent->children[std::string(base_name(path))];
    drop(std::move(node.children));
    node = {.inode = inode, .removes = node.removes, .children = {}};
    return {};
}

Status LayerTree::make_whiteout(const TreeEntry& facts, const std::string& path) {
    MABPLAN_TRY(parent, parent_of(path));
    const auto [found, is_new] = parent->children.try_emplace(std::string(base_name(path)));
    Node& node = found->second;
    node.removes = true;
    if (is_new) node = {.inode = std::make_shared<Inode>(Inode{facts, 0}), .mark = Mark::Whiteout, .removes = true, .children = {}};
    // this layer has something there: a file hides what is below by itself, a directory must be told to
    else if (node.is_directory()) node.mark = Mark::Opaque;
    return {};
}

Status LayerTree::mark_opaque(const std::string& directory) {
    MABPLAN_TRY(node, parent_of(directory == "." ? "x" : directory + "/x"));  // as the parent of what it hides
    node->mark = Mark::Opaque;
    return {};
}

const Node* LayerTree::find(std::string_view path) const {
    const Node* at = &root_;
    if (path == ".") return at;
    for (const std::string_view part : split(path, '/')) {
        const auto found = at->children.find(part);
        if (found == at->children.end()) return nullptr;
        at = &found->second;
    }
    return at;
}

}  // namespace mabplan::runtime
