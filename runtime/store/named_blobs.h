// The blobs that images with a name in the store are made of: what is kept as long as they have it. Reads documents; removes nothing.
#pragma once

#include "runtime/store/store.h"

#include <set>

namespace mabplan::runtime {

// Adds those of one image, documents included. What a damaged or missing document names is not among them.
void reach_named_blobs(Store& store, const NamedImage& image, std::set<Digest>& reached);

}  // namespace mabplan::runtime
