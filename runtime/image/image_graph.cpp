#include "runtime/image/image_graph.h"

#include "plans/base/format.h"
#include "plans/oci/manifest.h"
#include "runtime/registry/registry_error.h"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

namespace mabplan::runtime {

namespace {

constexpr int kDeepest = 8;                   // of indexes inside indexes
constexpr std::size_t kMostDocuments = 4096;  // in all

// The documents below a root, each after what it names.
class Gathering {
public:
    Gathering(const ReadDocument& read, const BlobStore& store, Absent absent, ImageContent& content)
        : read_(read), store_(store), absent_(absent), content_(content) {}

    Status add(const Descriptor& document, int depth = 0) {
        if (seen_.contains(document.digest)) return {};
        if (depth == kDeepest) return fail(ErrorKind::Verify, format("indexes are nested deeper than {} levels", kDeepest));
        if (++documents_ > kMostDocuments)
            return fail(ErrorKind::Verify, format("there are more than {} documents in one index", kMostDocuments));
        auto read = read_(document);
        if (!read && depth > 0 && absent_ == Absent::LeftOut && is_not_found(read.error())) return {};
        MABPLAN_TRY(bytes, std::move(read));
        MABPLAN_TRY(parsed, parse_manifest(bytes, document.media_type, format("the document {}", document.digest.text())));
        MABPLAN_CHECK(store_.put(document.digest, bytes));
        const bool is_index = std::holds_alternative<Index>(parsed);
        for (const Descriptor& named : named_in(parsed)) {
            // what is no document is a blob, also where an index names it
            if (is_index && is_image_document(named)) MABPLAN_CHECK(add(named, depth + 1));
            else add_blob(named);
        }
        if (const auto* manifest = std::get_if<Manifest>(&parsed))
            content_.images.push_back({document, manifest->config, manifest->layers});
        add_blob(document);
        return {};
    }

private:
    void add_blob(const Descriptor& blob) {
        if (seen_.insert(blob.digest).second) content_.blobs.push_back(blob);
    }

    const ReadDocument& read_;
    const BlobStore& store_;
    Absent absent_;
    ImageContent& content_;
    std::set<Digest> seen_;
    std::size_t documents_ = 0;
};

// Of the images that the name stands for those that serve the platforms, each once.
Result<Descriptor> choose_images(const ImageRoots& roots, const std::vector<Platform>& platforms, const ReadDocument& read,
                                 const BlobStore& store) {
    MABPLAN_TRY(listing, list_images(roots, read));
    std::set<Digest> chosen;
    for (const Platform& platform : platforms) {
        MABPLAN_TRY(image, resolve_image(roots, {platform, BareManifest::Refuse}, read));
        chosen.insert(image.descriptor.digest);
    }
    std::vector<Descriptor> entries;
    for (const OfferedImage& image : listing.images) {
        if (!chosen.contains(image.manifest.digest)) continue;
        entries.push_back(image.manifest);
        entries.back().platform = image.platform;
    }
    if (entries.size() == 1) return entries.front();
    return put_index(Index{std::move(entries), listing.annotations}, store);
}

}  // namespace

Result<Descriptor> put_index(const Index& index, const BlobStore& store) {
    const std::string bytes = write_index(index);
    Descriptor root{std::string(media_type::kIndex), Digest::of(bytes), bytes.size(), {}, {}};
    MABPLAN_CHECK(store.put(root.digest, bytes));
    return root;
}

Result<ImageContent> gather_image(const ImageRoots& roots, const std::vector<Platform>& platforms, const ReadDocument& read,
                                  const BlobStore& store, Absent absent) {
    ImageContent content;
    if (!platforms.empty()) {
        MABPLAN_TRY(root, choose_images(roots, platforms, read, store));
        content.index = std::move(root);
    } else if (roots.descriptors.size() == 1) {
        content.index = roots.descriptors.front();
    } else {
        MABPLAN_TRY(index, put_index(Index{roots.descriptors, {}}, store));
        content.index = std::move(index);
    }
    content.index.annotations.clear();  // they are of the place where it was found
    // an index that was put together here is in the store, and nowhere else
    const ReadDocument read_all = [&](const Descriptor& document) -> Result<std::string> {
        if (store.size(document.digest) == document.size) return store.read(document.digest);
        return read(document);
    };
    if (Status added = Gathering(read_all, store, absent, content).add(content.index); !added)
        return pass(std::move(added).error(), format("looking into {}", roots.name));
    std::erase_if(content.blobs, [&](const Descriptor& blob) { return blob.digest == content.index.digest; });
    return content;
}

}  // namespace mabplan::runtime
