#include "runtime/output/root_overlap.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/output/root_walk.h"

namespace mabplan::runtime {

namespace {

// All but the names of the entry and its times.
TreeEntry facts_of(TreeEntry entry) {
    entry.name.clear();
    entry.hardlink = 0;
    entry.mtime_s = 0;
    entry.mtime_ns = 0;
    return entry;
}

Result<bool> is_same(const ExportedRoot& a, const TreeEntry& of_a, const ExportedRoot& b, const TreeEntry& of_b, const std::string& path) {
    if (of_a.type == FileType::Directory && of_b.type == FileType::Directory) return true;
    if (facts_of(of_a) != facts_of(of_b)) return false;
    if (of_a.type != FileType::File) return true;
    MABPLAN_TRY(content_a, a.view->digests({{path, of_a}}));
    MABPLAN_TRY(content_b, b.view->digests({{path, of_b}}));
    return content_a == content_b;
}

Failure refuse(const ExportedRoot& first, const ExportedRoot& second, const std::string& path) {
    return fail(
        ErrorKind::Input,
        format("{} is not the same for {} and {}: they can't be put into one folder", quoted("/" + path), first.platform, second.platform),
        "leave platform-split=false out: then each platform has a folder of its own");
}

}  // namespace

Result<bool> is_there_already(const std::vector<ExportedRoot>& roots, std::size_t index, const std::string& path) {
    for (std::size_t earlier = 0; earlier < index; ++earlier) {
        if (roots[earlier].prefix != roots[index].prefix) continue;
        MABPLAN_TRY(found, roots[earlier].view->stat(path));
        if (found) return true;
    }
    return false;
}

Status check_overlap(const std::vector<ExportedRoot>& roots) {
    for (std::size_t index = 1; index < roots.size(); ++index) {
        const ExportedRoot& root = roots[index];
        const auto compare = [&](const std::string& path, const TreeEntry& entry) -> Status {
            for (std::size_t earlier = 0; earlier < index; ++earlier) {
                if (roots[earlier].prefix != root.prefix) continue;
                MABPLAN_TRY(found, roots[earlier].view->stat(path));
                if (!found) continue;
                MABPLAN_TRY(same, is_same(roots[earlier], *found, root, entry, path));
                if (!same) return refuse(roots[earlier], root, path);
            }
            return {};
        };
        MABPLAN_CHECK(walk_root(*root.view, compare));
    }
    return {};
}

}  // namespace mabplan::runtime
