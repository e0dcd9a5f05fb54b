// The blobs that images with a name in the store are made of: what is kept as long as they have it. Reads documents; removes nothing.
#pragma once

#include "runtime/store/store.h"

#include <set>

namespace mabplan::runtime {

// Documents included. What a damaged or missing document names is not among them.
Result<std::set<Digest>> blobs_of_named_images(Store& store);

}  // namespace mabplan::runtime
