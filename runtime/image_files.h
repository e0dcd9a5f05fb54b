// All files of an image as a listing, to be compared. Nothing is unpacked to the disk.
#pragma once

#include "plans/model/action.h"
#include "plans/tree/listing.h"
#include "runtime/layers/blob_fetcher.h"
#include "runtime/store/store.h"

#include <vector>

namespace mabplan::runtime {

// What the stack of layers shows, with the digests of the files; by path.
Result<std::vector<ListedEntry>> list_image_files(const std::vector<BaseLayer>& layers, const ImageLocation& location, Store& store,
                                                  BlobFetcher& fetcher, const Stop& stop);

}  // namespace mabplan::runtime
