// Writes an image index and all it reaches as an OCI layout, a folder or one tar. Reads the blobs from the store and checks them
// on the way; does not know how they were made.
#pragma once

#include "runtime/image/image_content.h"
#include "runtime/store/blob_store.h"
#include "runtime/sys/byte_stream.h"
#include "runtime/sys/stop.h"

#include <span>
#include <string>

namespace mabplan::runtime {

// The bytes of index.json of a layout with this alone.
std::string write_layout_index(const ImageContent& content);

// True if the folder holds this already: its entries in index.json, and each blob with its size.
bool layout_is_current(const std::string& folder, const ImageContent& content);

// Makes the folder if need be. Other images in it stay, and keep their entries; those of equal names are replaced. index.json comes last,
// so that whoever reads sees the old or the new image, whole; then blobs go that no image of the layout needs. Several may write into one
// folder: one after the other. Blobs that are there with the right size stay. The copies share nothing with the store. An Input error: an
// index.json that can't be understood, or a tag alone that several images of the layout have. An Interrupted error once `stop`, which may
// be null, is raised.
Status write_layout_folder(const std::string& folder, const ImageContent& content, const BlobStore& store, const Stop* stop = nullptr);

// One tar with one image or several: entries sorted, owned by 0, with the time of the first. The same content gives the same bytes.
// `docker_manifest`: not empty: the manifest.json that makes it one for `docker load` too (docker_manifest.h).
Status write_layout_tar(ByteSink& out, std::span<const ImageContent> contents, const BlobStore& store,
                        const std::string& docker_manifest = {});

}  // namespace mabplan::runtime
