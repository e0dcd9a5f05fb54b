// The compiler's questions about folders, answered from the disk.
#pragma once

#include "compiler/ports/project_files.h"
#include "runtime/context/project_folders.h"

#include <map>
#include <memory>
#include <string>

namespace mabplan::tools {

class DiskProjectFiles final : public compiler::ProjectFiles {
public:
    explicit DiskProjectFiles(runtime::ProjectFolders& folders) : folders_(folders) {}
    ~DiskProjectFiles() override;

    Result<std::optional<std::string>> read_text(const std::string& folder, const std::string& path) override;
    Result<TreeReader*> tree(const std::string& folder) override;

private:
    runtime::ProjectFolders& folders_;
    std::map<std::string, std::unique_ptr<runtime::LocalTree>> trees_;
};

}  // namespace mabplan::tools
