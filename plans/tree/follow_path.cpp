#include "plans/tree/follow_path.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <deque>

namespace mabplan {

namespace {

void put_in_front(std::deque<std::string>& parts, std::string_view path) {
    std::vector<std::string_view> more = split(path, '/');
    parts.insert(parts.begin(), more.begin(), more.end());
}

TreePath at_root(TreeEntry root) { return {".", std::move(root)}; }

}  // namespace

Result<std::optional<TreePath>> follow_path(TreeReader& tree, std::string_view path, LastSymlink last) {
    MABPLAN_TRY(root, tree.stat("."));
    if (!root) return std::nullopt;
    TreePath here = at_root(*root);
    std::deque<std::string> parts;
    put_in_front(parts, path);
    for (int links = 0; !parts.empty();) {
        const std::string part = std::move(parts.front());
        parts.pop_front();
        if (part.empty() || part == ".") continue;
        if (here.entry.type != FileType::Directory) return std::nullopt;
        const std::string next = part == ".." ? std::string(parent_path(here.path)) : path_in(here.path, part);
        MABPLAN_TRY(entry, tree.stat(next));
        if (!entry) return std::nullopt;
        const bool follow = entry->type == FileType::Symlink && (last == LastSymlink::Follow || !parts.empty());
        if (!follow) {
            here = {next, std::move(*entry)};
            continue;
        }
        if (++links > kMostSymlinks)
            return input_error(format("{} leads through more than {} symbolic links", quoted(path), kMostSymlinks));
        if (entry->link_target.starts_with('/')) here = at_root(*root);
        put_in_front(parts, entry->link_target);
    }
    return here;
}

}  // namespace mabplan
