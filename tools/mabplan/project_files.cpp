#include "tools/mabplan/project_files.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "tools/mabplan/text_in_tree.h"

namespace mabplan::tools {

DiskProjectFiles::DiskProjectFiles(std::string root, runtime::StatCachePlace stat_cache, int jobs)
    : root_(std::move(root)), cache_(std::move(stat_cache)), jobs_(jobs) {}

DiskProjectFiles::~DiskProjectFiles() = default;

Result<std::optional<std::string>> DiskProjectFiles::read_text(const std::string& folder, const std::string& path) {
    if (!folder.empty()) {
        MABPLAN_TRY(tree, this->tree(folder));
        const std::string inside = clean_path(path.substr(folder.size() + 1));
        return read_inside(static_cast<runtime::LocalTree&>(*tree), ".", inside);
    }
    const std::string full = join_path(root_, path);
    if (!runtime::path_exists(full)) return std::optional<std::string>{};
    MABPLAN_TRY(text, runtime::read_file(full, kMostTextBytes));
    return std::optional<std::string>(std::move(text));
}

Result<TreeReader*> DiskProjectFiles::tree(const std::string& folder) {
    const std::string full = join_path(root_, folder);
    auto& tree = trees_[full];
    if (!tree) {
        MABPLAN_TRY(opened, runtime::open_local_tree(full, cache_, jobs_));
        tree = std::move(opened);
    }
    return tree.get();
}

Status DiskProjectFiles::save() { return cache_.save(); }

}  // namespace mabplan::tools
