// Build contexts at run time: the trees that the plan's contexts name, opened when they are needed. Does not know actions.
#pragma once

#include "plans/model/plan.h"
#include "runtime/context/project_folders.h"

#include <memory>

namespace mabplan::runtime {

class ContextSource {
public:
    explicit ContextSource(ProjectFolders& folders) : folders_(folders) {}
    // A tree of its own for one thread.
    Result<std::unique_ptr<LocalTree>> open(const BuildContext& context) { return folders_.open(context.path); }

private:
    ProjectFolders& folders_;
};

}  // namespace mabplan::runtime
