#include "runtime/snapshot/layer_tree.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/snapshot/layer_path.h"
#include "runtime/snapshot/layer_refusal.h"

#include <atomic>
#include <utility>

namespace mabplan::runtime {

namespace {

using Inode = LayerTree::Inode;
using Node = LayerTree::Node;

std::uint64_t next_number() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

Node implicit_directory(bool opaque) {
    TreeEntry facts;
    facts.type = FileType::Directory;
    facts.mode = 0755;
    Node node;
    node.inode = std::make_shared<Inode>(Inode{std::move(facts), {}, 0});
    node.opaque = opaque;
    node.implicit = true;
    return node;
}

// The capabilities of a file for the root of the namespace that asks are told in the form without a root (capabilities(7), "File
// capability extended attribute versioning").
void settle_capability(std::map<std::string, std::string>& xattrs) {
    constexpr std::size_t kBytesOfRevision2 = 20, kRevisionAt = 3;  // little endian; revision 3 adds the root's id
    const auto found = xattrs.find("security.capability");
    if (found == xattrs.end() || found->second.size() != kBytesOfRevision2 + 4 || found->second[kRevisionAt] != 3) return;
    if (found->second.substr(kBytesOfRevision2) != std::string(4, '\0')) return;
    found->second.resize(kBytesOfRevision2);
    found->second[kRevisionAt] = 2;
}

// As a file system would tell it of what was unpacked.
TreeEntry settled(TreeEntry facts) {
    if (facts.type != FileType::File) facts.size = 0;
    if (facts.type == FileType::Symlink) facts.mode = 0777;
    const bool has_xattrs = facts.type == FileType::File || facts.type == FileType::Directory;
    std::erase_if(facts.xattrs, [&](const auto& xattr) { return !has_xattrs || !is_layer_xattr(xattr.first); });
    settle_capability(facts.xattrs);
    return facts;
}

bool is_device(FileType type) { return type == FileType::CharDevice || type == FileType::BlockDevice; }

class TreeFolder final : public LayerFolder {
public:
    TreeFolder(std::shared_ptr<const LayerTree> tree, const Node& node) : tree_(std::move(tree)), node_(node) {}

    Result<LayerItem> self(const std::string&) override { return item(".", node_); }

    Result<std::optional<LayerItem>> find(const std::string& name, const std::string&) override {
        const auto found = node_.children.find(name);
        return found == node_.children.end() ? std::nullopt : std::optional<LayerItem>(item(name, found->second));
    }

    Result<std::vector<std::string>> names(const std::string&) override {
        std::vector<std::string> names;
        for (const auto& [name, node] : node_.children) names.push_back(name);
        return names;
    }

    Result<Fd> open(const std::string& name, const std::string& shown) override {
        const auto found = node_.children.find(name);
        if (found == node_.children.end()) return fail(ErrorKind::Internal, format("{} is not in its layer", quoted(shown)));
        return tree_->open(*found->second.inode);
    }

    std::size_t descriptors() const override { return 0; }

private:
    LayerItem item(const std::string& name, const Node& node) const {
        LayerItem item{node.inode->facts, node.whiteout, node.opaque, node.implicit, {}, {}};
        item.facts.name = name;
        if (node.is_directory()) item.folder = std::make_shared<TreeFolder>(tree_, node);
        else if (node.inode.use_count() > 1) item.facts.hardlink = node.inode->number;
        return item;
    }

    std::shared_ptr<const LayerTree> tree_;
    const Node& node_;
};

}  // namespace

LayerTree::LayerTree(std::string spool_folder) : spool_(std::move(spool_folder)), root_(implicit_directory(false)) {}

Result<std::shared_ptr<LayerFolder>> LayerTree::read(ByteSource& tar, const std::string& spool_folder, const TarLimits& limits) {
    const std::shared_ptr<LayerTree> tree(new LayerTree(spool_folder));
    TarReader reader(tar, limits);
    MABPLAN_CHECK(tree->add_all(reader));
    return std::shared_ptr<LayerFolder>(std::make_shared<TreeFolder>(tree, tree->root_));
}

Status LayerTree::add_all(TarReader& reader) {
    for (;;) {
        MABPLAN_TRY(next, reader.next());
        if (!next) return {};
        if (Status added = add(reader, *next); !added) return fail(refused_entry(next->path, std::move(added).error()));
    }
}

Status LayerTree::add(TarReader& reader, const TarEntry& tar) {
    MABPLAN_TRY(name, parse_layer_name(tar.path));
    if (name.skipped) return {};
    if (name.mark == LayerMark::Opaque) return mark_opaque(name.path);
    if (name.mark == LayerMark::Whiteout) return add_whiteout(tar.entry, name.path);
    if (!tar.is_hardlink && tar.entry.type == FileType::Directory) return add_directory(tar.entry, name.path);
    if (name.path == ".") return root_is_no_directory();
    if (tar.is_hardlink) return add_hard_link(tar.hardlink, name.path);
    return add_file(reader, tar.entry, name.path);
}

// The directory that the path is to lie in, made where the tar does not list it.
Result<Node*> LayerTree::parent_of(std::string_view path) {
    Node* at = &root_;
    std::string walked;
    const std::string_view parent = parent_path(path);
    if (parent == ".") return at;
    for (const std::string_view part : split(parent, '/')) {
        walked = path_in(walked.empty() ? "." : walked, part);
        const auto [found, is_new] = at->children.try_emplace(std::string(part));
        Node& next = found->second;
        if (is_new || next.whiteout) next = implicit_directory(!is_new);
        else if (!next.is_directory()) return parent_in_the_way(walked, next.inode->facts.type == FileType::Symlink);
        at = &next;
    }
    return at;
}

Status LayerTree::add_directory(const TreeEntry& facts, const std::string& path) {
    Node* node = &root_;
    if (path != ".") {
        MABPLAN_TRY(parent, parent_of(path));
        const auto [found, is_new] = parent->children.try_emplace(std::string(base_name(path)));
        node = &found->second;
        if (!is_new && !node->whiteout && !node->is_directory()) return second_entry();
        // over a whiteout it hides what the whiteout hid
        if (is_new || node->whiteout) *node = implicit_directory(!is_new);
    }
    node->inode->facts = settled(facts);
    node->implicit = false;
    return {};
}

Status LayerTree::add_file(TarReader& reader, const TreeEntry& facts, const std::string& path) {
    MABPLAN_CHECK(check_layer_file(facts));
    MABPLAN_TRY(parent, parent_of(path));
    const auto inode = std::make_shared<Inode>(Inode{settled(facts), {}, next_number()});
    if (facts.type == FileType::File) {
        MABPLAN_TRY(content, spool_.add(reader, facts.size));
        inode->content = content;
    }
    MABPLAN_CHECK(put(*parent, path, inode));
    if (is_device(facts.type)) parent->children.erase(std::string(base_name(path)));
    return {};
}

Status LayerTree::add_hard_link(const std::string& written_target, const std::string& path) {
    MABPLAN_TRY(target, parse_link_target(written_target));
    const Node* linked = find(target);
    if (linked == nullptr || linked->whiteout) return hard_link_to_nothing(written_target);
    if (linked->is_directory()) return hard_link_to_directory(written_target);
    const std::shared_ptr<Inode> inode = linked->inode;
    MABPLAN_TRY(parent, parent_of(path));
    return put(*parent, path, inode);
}

// A whiteout of this layer makes way.
Status LayerTree::put(Node& parent, const std::string& path, const std::shared_ptr<Inode>& inode) {
    const auto [found, is_new] = parent.children.try_emplace(std::string(base_name(path)));
    if (!is_new && !found->second.whiteout) return second_entry();
    found->second = Node{inode, false, false, false, {}};
    return {};
}

Status LayerTree::add_whiteout(const TreeEntry& facts, const std::string& path) {
    MABPLAN_TRY(parent, parent_of(path));
    const auto [found, is_new] = parent->children.try_emplace(std::string(base_name(path)));
    Node& node = found->second;
    if (!is_new) {
        // this layer has something there: a file hides what is below by itself, a directory must be told to
        if (node.is_directory()) node.opaque = true;
        return {};
    }
    TreeEntry mark = facts;
    mark.type = FileType::CharDevice;
    node = Node{std::make_shared<Inode>(Inode{std::move(mark), {}, 0}), true, false, false, {}};
    return {};
}

Status LayerTree::mark_opaque(const std::string& path) {
    MABPLAN_TRY(directory, parent_of(path == "." ? "x" : path + "/x"));  // as the parent of what it hides
    directory->opaque = true;
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
