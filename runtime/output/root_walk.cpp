#include "runtime/output/root_walk.h"

#include "plans/base/text.h"

#include <vector>

namespace mabplan::runtime {

Status walk_root(MergedView& view, const RootVisit& visit) {
    std::vector<std::string> folders{"."};
    while (!folders.empty()) {
        const std::string folder = std::move(folders.back());
        folders.pop_back();
        MABPLAN_TRY(entries, view.list(folder));
        for (const TreeEntry& entry : entries) {
            const std::string path = path_in(folder, entry.name);
            MABPLAN_CHECK(visit(path, entry));
            if (entry.type == FileType::Directory) folders.push_back(path);
        }
    }
    return {};
}

}  // namespace mabplan::runtime
