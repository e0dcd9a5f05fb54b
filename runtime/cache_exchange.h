// A store's results, layers and cache mounts as a folder or a tar, for another machine or for a cache that is kept between builds; and
// taking them in. What comes in is verified by its digests: every blob, and every layer against its diff_id; that a key stands for a layer
// is taken from who exported it. Does not know command lines.
//
//   blobs/sha256/HEX    layers, packed where the store has them packed, else as tars; blobs of bases
//   mounts/sha256/HEX   tars of cache mounts, and what belongs to them
//   mabplan-cache.json  what they are ("mabplan-cache-export-1"); last in a tar
#pragma once

#include "plans/model/plan.h"
#include "runtime/store/store.h"
#include "runtime/sys/byte_stream.h"
#include "runtime/sys/stop.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace mabplan::runtime {

struct ExportChoice {
    const Plan* plan = nullptr;  // only what it needs; null: all
    bool mounts = false;         // cache mounts as well
};

struct ExchangeReport {
    std::uint64_t results = 0;
    std::uint64_t layers = 0;
    std::uint64_t blobs = 0;         // files
    std::uint64_t bytes = 0;         // of these
    std::uint64_t mounts = 0;        // cache mounts
    std::uint64_t known = 0;         // results, or cache mounts, that were there already and stay as they are
    std::vector<std::string> notes;  // what could not be taken along, a sentence each
};

// Both in the user namespace that the layers and cache mounts belong to.

// Into a folder, which is made if need be. Files that it has already are not written again, those that the export has no more go: the
// folder must be empty or hold an export.
Result<ExchangeReport> export_cache_to_folder(Store& store, const ExportChoice& choice, const std::string& folder, const Stop& stop);
Result<ExchangeReport> export_cache_to_tar(Store& store, const ExportChoice& choice, ByteSink& tar, const Stop& stop);

Result<ExchangeReport> import_cache_from_folder(Store& store, const std::string& folder, const Stop& stop);
// `name`: for messages.
Result<ExchangeReport> import_cache_from_tar(Store& store, std::unique_ptr<ByteSource> tar, const std::string& name, const Stop& stop);

}  // namespace mabplan::runtime
