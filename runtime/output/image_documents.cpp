#include "runtime/output/image_documents.h"

#include "runtime/output/assemble.h"

namespace mabplan::runtime {

Result<ImageContent> ImageDocuments::assemble(Compression compression) const {
    const Target& target = built_.target;
    std::vector<ImageParts> images;
    for (std::size_t i = 0; i < target.cells.size(); ++i) {
        CellLayers layers{built_.chains[i], {}};
        for (const Digest& diff_id : layers.diff_ids) {
            MABPLAN_TRY(packed, pack_(diff_id, compression));
            layers.packed.push_back(std::move(packed));
        }
        MABPLAN_TRY(image, assemble_image(target.cells[i], layers, now_, blobs_));
        images.push_back(std::move(image));
    }
    MABPLAN_TRY(content, assemble_index(target, std::move(images), blobs_));
    for (const std::string& tag : target.tags) {
        MABPLAN_TRY(reference, parse_reference(tag));
        content.tags.push_back(std::move(reference));
    }
    content.time = newest_of(target).value_or(now_);
    return content;
}

Result<const ImageContent*> ImageDocuments::in(Compression compression) {
    const auto known = made_.find(compression);
    if (known != made_.end()) return &known->second;
    MABPLAN_TRY(content, assemble(compression));
    return &made_.emplace(compression, std::move(content)).first->second;
}

}  // namespace mabplan::runtime
