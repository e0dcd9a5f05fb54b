// Executes a WORKDIR: the layer of a directory and its missing parents.
#pragma once

#include "runtime/exec/action_cache.h"
#include "runtime/exec/executed.h"
#include "runtime/layers/layer_store.h"

namespace mabplan::runtime {

// Safe to use from several threads.
class DirectoryExecution {
public:
    DirectoryExecution(const Plan& plan, const ActionResults& results, ActionCache& cache, LayerStore& layers)
        : plan_(plan), results_(results), cache_(cache), layers_(layers) {}

    Result<Executed> execute(ActionId id, const MakeDirectoryAction& made);

private:
    const Plan& plan_;
    const ActionResults& results_;
    ActionCache& cache_;
    LayerStore& layers_;
};

}  // namespace mabplan::runtime
