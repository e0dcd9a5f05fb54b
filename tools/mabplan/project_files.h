// The compiler's questions about folders, answered from the disk.
#pragma once

#include "compiler/ports/project_files.h"
#include "runtime/context/local_tree.h"

#include <map>
#include <memory>
#include <string>

namespace mabplan::tools {

class DiskProjectFiles final : public compiler::ProjectFiles {
public:
    // `root`: what relative paths are relative to. `stat_cache`: the store's; without a file nothing is kept.
    DiskProjectFiles(std::string root, runtime::StatCachePlace stat_cache, int jobs);
    ~DiskProjectFiles() override;

    Result<std::optional<std::string>> read_text(const std::string& folder, const std::string& path) override;
    Result<TreeReader*> tree(const std::string& folder) override;
    // Keeps the digests that were learned.
    Status save();

private:
    std::string root_;
    runtime::DigestCache cache_;
    int jobs_;
    std::map<std::string, std::unique_ptr<runtime::LocalTree>> trees_;
};

}  // namespace mabplan::tools
