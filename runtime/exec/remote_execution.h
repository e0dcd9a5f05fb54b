// Executes what takes files from the network: fetches them, and makes them a layer.
#pragma once

#include "plans/model/remote_source.h"
#include "runtime/events/transfers.h"
#include "runtime/exec/action_cache.h"
#include "runtime/exec/executed.h"
#include "runtime/layers/layer_store.h"
#include "runtime/sources/source_fetcher.h"
#include "runtime/store/blob_store.h"

namespace mabplan::runtime {

// Safe to use from several threads.
class RemoteExecution {
public:
    RemoteExecution(SourceFetcher& sources, Transfers& transfers, ActionCache& cache, LayerStore& layers, const BlobStore& blobs)
        : sources_(sources), transfers_(transfers), cache_(cache), layers_(layers), blobs_(blobs) {}

    Result<Executed> execute(ActionId id, const RemoteSource& pinned);

private:
    Status write(const RemoteSource& pinned, const LayerOptions& options, ByteSink& out);

    SourceFetcher& sources_;
    Transfers& transfers_;
    ActionCache& cache_;
    LayerStore& layers_;
    const BlobStore& blobs_;
};

}  // namespace mabplan::runtime
