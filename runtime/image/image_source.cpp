#include "runtime/image/image_source.h"

#include "plans/base/format.h"
#include "runtime/http/offline.h"
#include "runtime/image/image_graph.h"
#include "runtime/image/image_walk.h"
#include "runtime/registry/registry_error.h"
#include "runtime/sys/guarded.h"

#include <set>
#include <utility>
#include <variant>

namespace mabplan::runtime {

namespace {

// What all sources have in common: documents, from what the name stands for on.
class DocumentSource : public ImageSource {
public:
    Result<ImageListing> list() final {
        MABPLAN_TRY(roots, find_roots());
        return list_images(roots, reading());
    }
    Result<ResolvedImage> resolve(const Platform& wanted, BareManifest bare) final {
        MABPLAN_TRY(roots, find_roots());
        return resolve_image(roots, {wanted, bare}, reading());
    }
    Result<ImageContent> gather(const std::vector<Platform>& platforms, const BlobStore& store, Absent absent) final {
        MABPLAN_TRY(roots, find_roots());
        return gather_image(roots, platforms, reading(), store, absent);
    }
    Result<GatheredReferrers> gather_referrers(const ImageContent& content, const BlobStore& store) final;

private:
    virtual Result<std::vector<Descriptor>> find_referrers(const Descriptor&) { return std::vector<Descriptor>(); }
    virtual Result<ImageRoots> find_roots() = 0;
    virtual Result<std::string> read(const Descriptor& document) = 0;
    ReadDocument reading() {
        return [this](const Descriptor& document) { return read(document); };
    }
};

Result<GatheredReferrers> DocumentSource::gather_referrers(const ImageContent& content, const BlobStore& store) {
    constexpr std::size_t kMostReferrers = 4096;
    std::vector<Descriptor> subjects{content.index};
    for (const Descriptor& blob : content.blobs)
        if (is_image_document(blob)) subjects.push_back(blob);
    std::set<Digest> seen;
    for (const Descriptor& subject : subjects) seen.insert(subject.digest);
    GatheredReferrers gathered;
    for (std::size_t i = 0; i < subjects.size(); ++i) {
        MABPLAN_TRY(referrers, find_referrers(subjects[i]));
        for (Descriptor& referrer : referrers) {
            if (!seen.insert(referrer.digest).second) continue;
            if (seen.size() > kMostReferrers) return fail(ErrorKind::Verify, format("more than {} documents refer to it", kMostReferrers));
            if (!is_image_document(referrer)) {
                gathered.left_out.push_back(std::move(referrer));
                continue;
            }
            auto one = gather_image({{referrer}, format("what refers to {}", subjects[i].digest.text())}, {}, reading(), store);
            // nobody clears an account of referrers when they are deleted
            if (!one && is_not_found(one.error())) {
                gathered.left_out.push_back(std::move(referrer));
                continue;
            }
            if (!one) return fail(std::move(one).error());
            one->index = referrer;
            gathered.found.push_back(std::move(*one));
            subjects.push_back(std::move(referrer));
        }
    }
    return gathered;
}

class LayoutSource final : public DocumentSource {
public:
    LayoutSource(LayoutReader reader, ImageRoots roots) : reader_(std::move(reader)), roots_(std::move(roots)) {}

    Status fetch_blob(const Descriptor& blob, const BlobStore& store, const ByteProgress& progress) override {
        return reader_.copy(blob, store, progress);
    }
    Status send_blob(const Descriptor& blob, ByteSink& sink) override { return reader_.send(blob, sink); }

private:
    Result<ImageRoots> find_roots() override { return roots_; }
    Result<std::string> read(const Descriptor& document) override { return reader_.read(document); }

    LayoutReader reader_;
    ImageRoots roots_;
};

// Documents are kept: each is asked for once, whatever the number of platforms.
class RegistrySource final : public DocumentSource {
public:
    RegistrySource(RegistryClient* client, RegistryMemory memory, Reference reference)
        : client_(client), reference_(std::move(reference)), fetched_(Fetched{std::move(memory), {}}) {}

    Status fetch_blob(const Descriptor& blob, const BlobStore& store, const ByteProgress& progress) override {
        if (client_ != nullptr) return client_->fetch_blob(reference_, blob, store, progress);
        if (store.size(blob.digest) == blob.size) return {};
        return refuse_offline(format("the blob {} of {}", blob.digest.text(), format_reference(reference_)));
    }
    Status send_blob(const Descriptor& blob, ByteSink& sink) override {
        if (client_ != nullptr) return client_->send_blob(reference_, blob, sink);
        return refuse_offline(format("the blob {} of {}", blob.digest.text(), format_reference(reference_)));
    }

private:
    struct Fetched {
        RegistryMemory memory;
        std::optional<Descriptor> root;
    };
    Result<ImageRoots> find_roots() override;
    Result<Descriptor> ask_for_root(Fetched& fetched);
    Result<std::string> read(const Descriptor& document) override;
    Result<std::vector<Descriptor>> find_referrers(const Descriptor& subject) override {
        if (client_ == nullptr) return refuse_offline(format("what refers to {}", format_reference(reference_)));
        return client_->find_referrers(reference_, subject.digest);
    }
    Result<std::string> ask_for(const Descriptor& document);

    RegistryClient* client_;
    Reference reference_;
    Guarded<Fetched> fetched_;  // also while a document is fetched: nobody asks for one twice
};

Result<Descriptor> RegistrySource::ask_for_root(Fetched& fetched) {
    MABPLAN_TRY(known, fetched.memory.recall(reference_));
    if (known && (reference_.digest || client_ == nullptr)) return std::move(*known);
    if (client_ == nullptr)
        return refuse_offline(format_reference(reference_),
                              "build once without --offline, or name a layout: --build-context NAME=oci-layout://DIR");
    MABPLAN_TRY(answer, client_->fetch_manifest(reference_));
    const std::string what = format("the manifest of {}", format_reference(reference_));
    MABPLAN_TRY(document, parse_manifest(answer.bytes, answer.media_type, what));
    Descriptor root;
    root.media_type = answer.media_type;
    if (root.media_type.empty()) root.media_type = type_of(document);
    root.digest = answer.digest;
    root.size = answer.bytes.size();
    MABPLAN_CHECK(fetched.memory.keep(root.digest, answer.bytes));
    MABPLAN_CHECK(fetched.memory.remember(reference_, root));
    return root;
}

Result<ImageRoots> RegistrySource::find_roots() {
    const auto fetched = fetched_.lock();
    if (!fetched->root) {
        MABPLAN_TRY(root, ask_for_root(*fetched));
        fetched->root = std::move(root);
    }
    return ImageRoots{{*fetched->root}, format_reference(reference_)};
}

Result<std::string> RegistrySource::ask_for(const Descriptor& document) {
    Reference reference = reference_;
    reference.tag.clear();
    reference.digest = document.digest;
    if (client_ == nullptr) return refuse_offline(format_reference(reference));
    if (!is_image_document(document)) return client_->read_blob(reference_, document);
    MABPLAN_TRY(manifest, client_->fetch_manifest(reference));
    return std::move(manifest.bytes);
}

Result<std::string> RegistrySource::read(const Descriptor& document) {
    const auto fetched = fetched_.lock();
    if (auto known = fetched->memory.find(document)) return std::move(*known);
    MABPLAN_TRY(bytes, ask_for(document));
    if (bytes.size() != document.size)
        return fail(ErrorKind::Verify, format("{} of {} has {} bytes, its index says {}", document.digest.text(), reference_.repository,
                                              bytes.size(), document.size));
    MABPLAN_CHECK(fetched->memory.keep(document.digest, bytes));
    return bytes;
}

class StoredSource final : public DocumentSource {
public:
    StoredSource(const BlobStore& store, NamedImage image, FetchElsewhere fetch)
        : store_(store), roots_{{std::move(image.root)}, std::move(image.name)}, fetch_(std::move(fetch)) {}

    Status fetch_blob(const Descriptor& blob, const BlobStore& store, const ByteProgress& progress) override {
        return store.size(blob.digest) == blob.size ? Status{} : fetch_(blob, progress);
    }
    Status send_blob(const Descriptor& blob, ByteSink& sink) override {
        MABPLAN_CHECK(fetch_blob(blob, store_, {}));
        return store_.send(blob.digest, 0, sink);
    }

private:
    Result<ImageRoots> find_roots() override { return roots_; }
    Result<std::string> read(const Descriptor& document) override {
        if (store_.size(document.digest) != document.size) MABPLAN_CHECK(fetch_(document, {}));
        return store_.read(document.digest);
    }

    const BlobStore& store_;
    ImageRoots roots_;
    FetchElsewhere fetch_;
};

}  // namespace

Result<std::unique_ptr<ImageSource>> open_layout_source(const LayoutAddress& address, const Stop* stop) {
    MABPLAN_TRY(reader, LayoutReader::open(address.folder, stop));
    MABPLAN_TRY(found, reader.find(address));
    ImageRoots roots{std::move(found), format("the layout {}", format_layout_address(address))};
    return std::unique_ptr<ImageSource>(std::make_unique<LayoutSource>(std::move(reader), std::move(roots)));
}

std::unique_ptr<ImageSource> open_registry_source(RegistryClient* client, RegistryMemory memory, Reference reference) {
    return std::make_unique<RegistrySource>(client, std::move(memory), std::move(reference));
}

std::unique_ptr<ImageSource> open_stored_source(const BlobStore& store, NamedImage image, FetchElsewhere fetch) {
    return std::make_unique<StoredSource>(store, std::move(image), std::move(fetch));
}

}  // namespace mabplan::runtime
