#include "tools/mabplan/image_ids.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/oci/manifest.h"
#include "runtime/image/registry_memory.h"

#include <variant>
#include <vector>

namespace mabplan::tools {

namespace {

constexpr std::size_t kMostDocuments = 4096;  // of one image

bool reads_as_hex(const std::string& hex) {
    constexpr std::size_t kShort = 12, kWhole = 64;
    return hex.size() >= kShort && hex.size() <= kWhole && hex.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// What it is, as far as the store has it.
std::optional<ImageDocument> read_document(const Descriptor& document, const runtime::BlobStore& blobs) {
    const auto bytes = blobs.read(document.digest, kMostDocumentBytes);
    if (!bytes) return std::nullopt;
    auto parsed = parse_manifest(*bytes, document.media_type, document.digest.text());
    return parsed ? std::optional(std::move(*parsed)) : std::nullopt;
}

// The document below a root whose digest, or whose configuration's, begins so.
std::optional<Digest> find_below(const Descriptor& root, const std::string& hex, const runtime::BlobStore& blobs) {
    std::vector<Descriptor> documents{root};
    for (std::size_t i = 0; i < documents.size() && i < kMostDocuments; ++i) {
        const Digest digest = documents[i].digest;
        if (digest.hex().starts_with(hex)) return digest;
        const auto document = read_document(documents[i], blobs);
        if (!document) continue;
        if (const auto* manifest = std::get_if<Manifest>(&*document)) {
            if (manifest->config.digest.hex().starts_with(hex)) return digest;
            continue;
        }
        for (const Descriptor& entry : std::get<Index>(*document).manifests)
            if (is_image_document(entry)) documents.push_back(entry);
    }
    return std::nullopt;
}

}  // namespace

Result<std::optional<Digest>> find_image_id(const std::string& text, runtime::Store& store) {
    const bool is_digest = text.starts_with("sha256:");
    const std::string hex = is_digest ? text.substr(text.find(':') + 1) : text;
    if (is_digest && !reads_as_hex(hex))
        return fail(ErrorKind::Input, format("{} is no id", quoted(text)), "an id has 64 hex digits, of which the first 12 are enough");
    if (!reads_as_hex(hex)) return std::optional<Digest>();
    if (const auto whole = Digest::parse("sha256:" + hex)) {
        MABPLAN_TRY(known, runtime::RegistryMemory(store.blobs(), store.records()).recall({{}, {}, {}, *whole}));
        if (known) return std::optional(*whole);
    }
    MABPLAN_TRY(images, store.records().images());
    for (const runtime::NamedImage& image : images)
        if (auto found = find_below(image.root, hex, store.blobs())) return found;
    if (!is_digest) return std::optional<Digest>();
    return fail(ErrorKind::Input, format("the store has no image with the id {}", text), "`mabplan image ls` shows those it has");
}

Result<std::vector<runtime::NamedImage>> find_named_by_id(const std::string& text, runtime::Store& store) {
    const std::string hex = text.starts_with("sha256:") ? text.substr(text.find(':') + 1) : text;
    if (!reads_as_hex(hex)) return std::vector<runtime::NamedImage>();
    MABPLAN_TRY(images, store.records().images());
    std::erase_if(images, [&](const runtime::NamedImage& image) { return !find_below(image.root, hex, store.blobs()); });
    return images;
}

}  // namespace mabplan::tools
