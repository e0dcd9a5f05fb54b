// Image manifests and indexes (image-spec, manifest.md and image-index.md), both OCI's and Docker's form on reading; OCI's on writing.
#pragma once

#include "plans/oci/descriptor.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mabplan {

struct Manifest {
    Descriptor config;
    std::vector<Descriptor> layers;  // bottom layer first
    std::map<std::string, std::string> annotations;
    std::string artifact_type{};          // what it is, if it is no image
    std::optional<Descriptor> subject{};  // the manifest that it is about

    bool operator==(const Manifest&) const = default;
};

struct Index {
    std::vector<Descriptor> manifests;
    std::map<std::string, std::string> annotations;
    std::string artifact_type{};
    std::optional<Descriptor> subject{};

    bool operator==(const Index&) const = default;
};

using ImageDocument = std::variant<Manifest, Index>;

// Reads either. `what` names the document in messages. Refuses Docker schema 1, artifacts without a config, a `mediaType` inside
// that is of another kind than `expected_type` (if one is given), negative or missing sizes, more than 4 MiB. Kind of error: Verify.
// Taken as containerd takes them: a missing schemaVersion, null for an empty list, a config without a media type. Entries of an index
// whose digests are not SHA-256 are left out: whoever asks for one finds none.
Result<ImageDocument> parse_manifest(std::string_view text, std::string_view expected_type, std::string_view what);

// What a document names by itself: the layers and the configuration of a manifest, the entries of an index.
std::vector<Descriptor> named_in(const ImageDocument& document);
const std::optional<Descriptor>& subject_of(const ImageDocument& document);
std::string_view type_of(const ImageDocument& document);  // OCI's media type of its kind

// What a manifest, an index or a configuration has at most in memory; parse_manifest takes less.
inline constexpr std::uint64_t kMostDocumentBytes = 8U << 20U;

// The bytes of a document, or nothing where it is not there or damaged.
using FindDocument = std::function<std::optional<std::string>(const Descriptor&)>;
// Adds to `reached` the digests of `root` and of all that the documents below it name. False where one of these could not be had, or
// not understood: then there may be more.
bool reach_blobs(const Descriptor& root, const FindDocument& find_document, std::set<Digest>& reached);

// Deterministic bytes: fixed keys, compact, sorted, no trailing line feed.
std::string write_manifest(const Manifest& manifest);
std::string write_index(const Index& index);
// An index with one more entry, by the order of digests; all else in it stays, also what is not understood here. Kind of error: Verify.
Result<std::string> add_to_index(std::string_view text, const Descriptor& entry, std::string_view what);

}  // namespace mabplan
