// Build contexts at run time: the trees that the plan's contexts name, opened when they are needed. Does not know actions.
#pragma once

#include "plans/model/plan.h"
#include "runtime/context/local_tree.h"

#include <memory>
#include <string>

namespace mabplan::runtime {

class ContextSource {
public:
    ContextSource(std::string project_folder, StatCachePlace stat_cache, int jobs);
    ~ContextSource();
    // A tree of its own for one thread; the digests they learn are shared.
    Result<std::unique_ptr<LocalTree>> open(const BuildContext& context);
    // Keeps what was learned for the next time.
    Status save();

private:
    std::string project_folder_;
    DigestCache cache_;
    int jobs_;
};

}  // namespace mabplan::runtime
