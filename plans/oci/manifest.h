// Image manifests and indexes (image-spec, manifest.md and image-index.md), both OCI's and Docker's form on reading; OCI's on writing.
#pragma once

#include "plans/oci/descriptor.h"

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mabplan {

struct Manifest {
    Descriptor config;
    std::vector<Descriptor> layers;  // bottom layer first
    std::map<std::string, std::string> annotations;

    bool operator==(const Manifest&) const = default;
};

struct Index {
    std::vector<Descriptor> manifests;
    std::map<std::string, std::string> annotations;

    bool operator==(const Index&) const = default;
};

// Reads either. `what` names the document in messages. Refuses Docker schema 1, artifacts without a config, a `mediaType` inside
// that is of another kind than `expected_type` (if one is given), negative or missing sizes, more than 4 MiB. Kind of error: Verify.
// Taken as containerd takes them: a missing schemaVersion, null for an empty list, a config without a media type. Entries of an index
// whose digests are not SHA-256 are left out: whoever asks for one finds none.
Result<std::variant<Manifest, Index>> parse_manifest(std::string_view text, std::string_view expected_type, std::string_view what);

// What a document names by itself: the layers and the configuration of a manifest, the entries of an index.
std::vector<Descriptor> named_in(const std::variant<Manifest, Index>& document);

// Deterministic bytes: fixed keys, compact, sorted, no trailing line feed.
std::string write_manifest(const Manifest& manifest);
std::string write_index(const Index& index);

}  // namespace mabplan
