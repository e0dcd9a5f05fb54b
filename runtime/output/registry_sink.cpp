#include "runtime/output/registry_sink.h"

#include "plans/base/format.h"
#include "runtime/image/image_graph.h"
#include "runtime/sys/thread.h"

#include <utility>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kMostPushed = 4;  // blobs at a time

class RegistrySink final : public ImageSink {
public:
    RegistrySink(RegistryWriter& writer, RegistryNames names) : writer_(writer), to_(std::move(names)) {}

    Result<bool> is_current(const ImageContent& content) override;
    Status write(const ImageContent& content, ImageBlobs& blobs, Transfers& transfers) override;

private:
    Status push_to(const Reference& name, const ImageContent& content, ImageBlobs& blobs, Transfers& transfers);
    Status push_blob(const Reference& name, const Descriptor& blob, ImageBlobs& blobs, Transfers& transfers);
    Status push_document(const Reference& name, const Descriptor& document, const BlobStore& store);

    RegistryWriter& writer_;
    RegistryNames to_;
};

// By its digest where it has no name there.
Reference untagged(const Reference& name, const Digest& digest) { return {name.domain, name.repository, {}, digest}; }

// A registry keeps no manifest whose parts it has not: where the names stand for the index, all is there.
Result<bool> RegistrySink::is_current(const ImageContent& content) {
    for (const Reference& name : to_.names) {
        MABPLAN_TRY(found, writer_.find_manifest(to_.by_digest ? untagged(name, content.index.digest) : name));
        if (found != content.index.digest) return false;
    }
    return true;
}

Status RegistrySink::push_blob(const Reference& name, const Descriptor& blob, ImageBlobs& blobs, Transfers& transfers) {
    OutgoingBlob outgoing;
    outgoing.descriptor = blob;
    outgoing.open = [&](std::uint64_t offset) { return blobs.open(blob, offset); };
    if (const auto origin = blobs.origin(blob.digest); origin && origin->kind == ImageLocation::Kind::Registry)
        if (const auto from = parse_reference(origin->address); from && from->domain == name.domain)
            outgoing.elsewhere = {from->repository};
    const std::string what = format("push {}/{} {}", name.domain, name.repository, blob.digest.short_hex());
    const bool was_here = blobs.store().size(blob.digest) == blob.size;
    const auto push = [&] {
        return transfers.follow(what, [&](const ByteProgress& progress) { return writer_.put_blob(name, outgoing, progress); });
    };
    auto pushed = push();
    if (!pushed && pushed.error().kind == ErrorKind::Verify && !was_here) {
        // passed on as it came, and other bytes came: the right ones, from wherever they can be had
        MABPLAN_CHECK(blobs.bring(blob));
        pushed = push();
    }
    if (pushed) return {};
    Error error = std::move(pushed).error();
    // what is not what its digest says is taken out of the store, to be made or fetched anew
    if (error.kind == ErrorKind::Verify) MABPLAN_CHECK(blobs.store().remove(blob.digest));
    return fail(std::move(error));
}

Status RegistrySink::push_document(const Reference& name, const Descriptor& document, const BlobStore& store) {
    MABPLAN_TRY(bytes, store.read(document.digest, kMostDocumentBytes));
    return writer_.put_manifest(name, document.media_type, bytes);
}

Status RegistrySink::push_to(const Reference& name, const ImageContent& content, ImageBlobs& blobs, Transfers& transfers) {
    std::vector<const Descriptor*> wanted;
    for (const Descriptor& blob : content.blobs)
        if (!is_image_document(blob)) wanted.push_back(&blob);
    MABPLAN_CHECK(share_items(wanted.size(), kMostPushed, [&](std::size_t i) { return push_blob(name, *wanted[i], blobs, transfers); }));
    for (const Descriptor& blob : content.blobs)
        if (is_image_document(blob)) MABPLAN_CHECK(push_document(untagged(name, blob.digest), blob, blobs.store()));
    return push_document(to_.by_digest ? untagged(name, content.index.digest) : name, content.index, blobs.store());
}

Status RegistrySink::write(const ImageContent& content, ImageBlobs& blobs, Transfers& transfers) {
    for (const Reference& name : to_.names)
        if (Status pushed = push_to(name, content, blobs, transfers); !pushed)
            return pass(std::move(pushed).error(), format("pushing {}", format_reference(name)));
    return {};
}

}  // namespace

std::unique_ptr<ImageSink> open_registry(RegistryWriter& writer, RegistryNames names) {
    return std::make_unique<RegistrySink>(writer, std::move(names));
}

}  // namespace mabplan::runtime
