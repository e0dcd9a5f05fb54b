// Emits what a target became: assembles its images and index, and writes its outputs. Does not know actions, nor where images go.
#pragma once

#include "runtime/events/build_observer.h"
#include "runtime/events/transfers.h"
#include "runtime/layers/layer_store.h"
#include "runtime/output/built_target.h"
#include "runtime/output/image_destinations.h"
#include "runtime/output/target_report.h"

#include <cstdint>
#include <string>

namespace mabplan::runtime {

struct ExportServices {
    const BlobStore& blobs;
    LayerStore& layers;
    Records& records;  // where images get their names
    ImageDestinations& destinations;
    EventSink& events;
    Transfers& transfers;
    std::string project_folder;  // what destinations are relative to
    std::int64_t now = 0;        // seconds since 1970: the time of images that have none of their own
    Digests digests = Digests::WhereWritten;
};

// The outputs in their order, after the images of the first one that holds images: a layer that is damaged is found before anything is
// written.
Result<TargetReport> export_target(const BuiltTarget& built, const ExportServices& services);

}  // namespace mabplan::runtime
