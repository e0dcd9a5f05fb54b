#include "runtime/image/registry_memory.h"

#include "plans/base/text.h"
#include "plans/oci/manifest.h"

#include <variant>

namespace mabplan::runtime {

namespace {

// Its kind is what is in it.
std::optional<Descriptor> describe_document(const Digest& digest, const std::string& bytes) {
    const auto document = parse_manifest(bytes, "", digest.text());
    if (!document) return std::nullopt;
    return Descriptor{std::string(type_of(*document)), digest, bytes.size(), {}, {}};
}

std::string address_of(const Reference& reference) { return "docker-image://" + format_reference(reference); }

}  // namespace

Result<std::optional<Descriptor>> RegistryMemory::recall(const Reference& reference) const {
    Digest digest = reference.digest.value_or(Digest{});
    std::string type;
    if (!reference.digest) {
        MABPLAN_TRY(known, records_.find_remote(address_of(reference)));
        if (!known) return std::optional<Descriptor>();
        digest = Digest::parse(known->value).value_or(Digest{});
        type = known->etag;
    }
    const auto size = digest.empty() ? std::nullopt : blobs_.size(digest);
    if (!size || *size > kMostDocumentBytes) return std::optional<Descriptor>();
    const auto bytes = blobs_.read(digest, kMostDocumentBytes);
    if (!bytes) return std::optional<Descriptor>();
    auto root = describe_document(digest, *bytes);
    if (root && !type.empty()) root->media_type = std::move(type);
    return root;
}

Status RegistryMemory::remember(const Reference& reference, const Descriptor& root) {
    if (reference.digest) return {};
    const RemoteAnswer answer{root.digest.text(), root.media_type, {}};
    MABPLAN_TRY(known, records_.find_remote(address_of(reference)));
    return known == answer ? Status{} : records_.put_remote(address_of(reference), answer);
}

std::optional<std::string> RegistryMemory::find(const Descriptor& document) const {
    if (document.size > kMostDocumentBytes || blobs_.size(document.digest) != document.size) return std::nullopt;
    auto bytes = blobs_.read(document.digest, kMostDocumentBytes);
    return bytes ? std::optional(std::move(*bytes)) : std::nullopt;
}

}  // namespace mabplan::runtime
