// A blob that is read while it arrives. Does not know what is made of it.
#pragma once

#include "runtime/layers/blob_fetcher.h"
#include "runtime/store/blob_store.h"

namespace mabplan::runtime {

// Passes the bytes of a blob on, which the store lacks or has, as they come; the store has it afterwards, verified. Where `out` takes no
// more it goes on without it. Bytes that were passed on and turn out to be other ones are a Verify error, and not kept.
Status fetch_through(BlobFetcher& fetcher, const BlobStore& store, const ImageLocation& location, const Descriptor& blob, ByteSink& out);

}  // namespace mabplan::runtime
