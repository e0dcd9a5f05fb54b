// The questions the compiler asks about the user's folders. Paths are relative to the project's folder, or absolute.
#pragma once

#include "plans/tree/tree_reader.h"

#include <optional>
#include <string>

namespace mabplan::compiler {

class ProjectFiles {
public:
    virtual ~ProjectFiles() = default;
    // A text file; nothing if there is none. `folder` bounds symlinks when it is not empty: nothing outside of it is read.
    virtual Result<std::optional<std::string>> read_text(const std::string& folder, const std::string& path) = 0;
    // The tree below a folder, opened once and kept for the whole compilation. An Input error if it is no folder.
    virtual Result<TreeReader*> tree(const std::string& folder) = 0;
};

}  // namespace mabplan::compiler
