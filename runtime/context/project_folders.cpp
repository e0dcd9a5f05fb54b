#include "runtime/context/project_folders.h"

#include "plans/base/text.h"

namespace mabplan::runtime {

ProjectFolders::ProjectFolders(Options options)
    : options_(std::move(options)), cache_(options_.stat_cache), known_(options_.most_entries) {}

Result<std::unique_ptr<LocalTree>> ProjectFolders::open(const std::string& path) {
    return open_local_tree(join_path(options_.root, path), cache_, {options_.jobs, &known_, options_.stop});
}

}  // namespace mabplan::runtime
