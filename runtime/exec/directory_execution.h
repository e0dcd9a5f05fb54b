// Executes a WORKDIR: the layer of a directory and its missing parents.
#pragma once

#include "runtime/exec/action_cache.h"
#include "runtime/exec/executed.h"
#include "runtime/layers/layer_store.h"
#include "runtime/store/blob_store.h"

namespace mabplan::runtime {

// Safe to use from several threads.
class DirectoryExecution {
public:
    DirectoryExecution(const Plan& plan, const ActionResults& results, ActionCache& cache, LayerStore& layers, const BlobStore& blobs)
        : plan_(plan), results_(results), cache_(cache), layers_(layers), blobs_(blobs) {}

    Result<Executed> execute(ActionId id, const MakeDirectoryAction& made);

private:
    const Plan& plan_;
    const ActionResults& results_;
    ActionCache& cache_;
    LayerStore& layers_;
    const BlobStore& blobs_;
};

}  // namespace mabplan::runtime
