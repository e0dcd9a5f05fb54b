#include "runtime/image/image_source.h"

#include "plans/base/format.h"
#include "runtime/image/image_walk.h"
#include "runtime/sys/guarded.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace mabplan::runtime {

namespace {

class LayoutSource final : public ImageSource {
public:
    LayoutSource(LayoutReader reader, ImageRoots roots) : reader_(std::move(reader)), roots_(std::move(roots)) {}

    Result<ImageListing> list() override { return list_images(roots_, reading()); }
    Result<ResolvedImage> resolve(const Platform& wanted, BareManifest bare) override {
        return resolve_image(roots_, {wanted, bare}, reading());
    }
    Status fetch_blob(const Descriptor& blob, const BlobStore& store, const ByteProgress& progress) override {
        return reader_.copy(blob, store, progress);
    }

private:
    ReadDocument reading() const {
        return [this](const Descriptor& document) { return reader_.read(document); };
    }
    LayoutReader reader_;
    ImageRoots roots_;
};

// Documents are kept: each is asked for once, whatever the number of platforms.
class RegistrySource final : public ImageSource {
public:
    RegistrySource(RegistryClient& client, Reference reference) : client_(client), reference_(std::move(reference)) {}

    Result<ImageListing> list() override {
        MABPLAN_TRY(roots, find_root());
        return list_images(roots, reading());
    }
    Result<ResolvedImage> resolve(const Platform& wanted, BareManifest bare) override {
        MABPLAN_TRY(roots, find_root());
        return resolve_image(roots, {wanted, bare}, reading());
    }
    Status fetch_blob(const Descriptor& blob, const BlobStore& store, const ByteProgress& progress) override {
        return client_.fetch_blob(reference_, blob, store, progress);
    }

private:
    Result<ImageRoots> find_root();
    Result<std::string> read(const Descriptor& document);
    ReadDocument reading() {
        return [this](const Descriptor& document) { return read(document); };
    }

    RegistryClient& client_;
    Reference reference_;
    struct Fetched {
        std::optional<Descriptor> root;
        std::map<Digest, std::string> documents;
    };
    Guarded<Fetched> fetched_;  // also while a document is fetched: nobody asks for one twice
};

Result<ImageRoots> RegistrySource::find_root() {
    const auto known = fetched_.lock();
    if (!known->root) {
        MABPLAN_TRY(fetched, client_.fetch_manifest(reference_));
        const std::string what = format("the manifest of {}", format_reference(reference_));
        MABPLAN_TRY(document, parse_manifest(fetched.bytes, fetched.media_type, what));
        Descriptor root;
        root.media_type = fetched.media_type;
        if (root.media_type.empty()) root.media_type = std::holds_alternative<Index>(document) ? media_type::kIndex : media_type::kManifest;
        root.digest = fetched.digest;
        root.size = fetched.bytes.size();
        known->documents[fetched.digest] = std::move(fetched.bytes);
        known->root = std::move(root);
    }
    return ImageRoots{{*known->root}, format_reference(reference_)};
}

Result<std::string> RegistrySource::read(const Descriptor& document) {
    const auto known = fetched_.lock();
    if (const auto found = known->documents.find(document.digest); found != known->documents.end()) return found->second;
    Reference reference = reference_;
    reference.tag.clear();
    reference.digest = document.digest;
    constexpr std::array kManifests{media_type::kManifest, media_type::kDockerManifest, media_type::kIndex, media_type::kDockerList};
    const bool is_blob = std::find(kManifests.begin(), kManifests.end(), document.media_type) == kManifests.end();
    std::string bytes;
    if (is_blob) {
        MABPLAN_TRY(blob, client_.read_blob(reference_, document));
        bytes = std::move(blob);
    } else {
        MABPLAN_TRY(manifest, client_.fetch_manifest(reference));
        bytes = std::move(manifest.bytes);
    }
    if (bytes.size() != document.size)
        return fail(ErrorKind::Verify, format("{} of {} has {} bytes, its index says {}", document.digest.text(), reference_.repository,
                                              bytes.size(), document.size));
    return known->documents[document.digest] = std::move(bytes);
}

}  // namespace

Result<std::unique_ptr<ImageSource>> open_layout_source(const LayoutAddress& address) {
    MABPLAN_TRY(reader, LayoutReader::open(address.folder));
    MABPLAN_TRY(found, reader.find(address));
    ImageRoots roots{std::move(found), format("the layout {}", format_layout_address(address))};
    return std::unique_ptr<ImageSource>(std::make_unique<LayoutSource>(std::move(reader), std::move(roots)));
}

std::unique_ptr<ImageSource> open_registry_source(RegistryClient& client, Reference reference) {
    return std::make_unique<RegistrySource>(client, std::move(reference));
}

}  // namespace mabplan::runtime
