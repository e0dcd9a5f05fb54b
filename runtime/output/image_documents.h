// The images of a target, assembled: once for each compression that its outputs ask for, however many ask. Does not know where they go.
#pragma once

#include "runtime/image/image_content.h"
#include "runtime/output/built_target.h"
#include "runtime/store/blob_store.h"

#include <cstdint>
#include <functional>
#include <map>

namespace mabplan::runtime {

// The blob of a layer, in the store.
using PackLayer = std::function<Result<Descriptor>(const Digest& diff_id, Compression compression)>;

class ImageDocuments {
public:
    // `now`: the time of images that have none of their own, in seconds since 1970. Target and blobs must outlive this.
    ImageDocuments(const BuiltTarget& built, PackLayer pack, const BlobStore& blobs, std::int64_t now)
        : built_(built), pack_(std::move(pack)), blobs_(blobs), now_(now) {}

    // The content stays as long as this does.
    Result<const ImageContent*> in(Compression compression);

private:
    Result<ImageContent> assemble(Compression compression) const;

    const BuiltTarget& built_;
    PackLayer pack_;
    const BlobStore& blobs_;
    std::int64_t now_;
    std::map<Compression, ImageContent> made_;
};

}  // namespace mabplan::runtime
