// The fixed names inside an OCI layout (image-spec, image-layout.md) and the annotations by which its entries are named.
#pragma once

#include "plans/oci/descriptor.h"
#include "plans/oci/reference.h"

#include <string>
#include <string_view>

namespace mabplan::runtime {

namespace layout_names {
inline constexpr std::string_view kMarkerFile = "oci-layout";
inline constexpr std::string_view kMarker = R"({"imageLayoutVersion":"1.0.0"})";
inline constexpr std::string_view kIndexFile = "index.json";
inline constexpr std::string_view kDockerManifestFile = "manifest.json";  // of `docker save`, beside a layout
inline constexpr std::string_view kBlobFolder = "blobs/sha256";
inline constexpr std::string_view kTag = "org.opencontainers.image.ref.name";    // the tag
inline constexpr std::string_view kContainerdName = "io.containerd.image.name";  // the full name: what containerd and docker load as
}  // namespace layout_names

inline std::string annotation_of(const Descriptor& entry, std::string_view name) {
    const auto found = entry.annotations.find(std::string(name));
    return found == entry.annotations.end() ? std::string() : found->second;
}
inline std::string containerd_name_of(const Descriptor& entry) { return annotation_of(entry, layout_names::kContainerdName); }
inline std::string tag_of(const Descriptor& entry) { return annotation_of(entry, layout_names::kTag); }

// "app:1", which skopeo writes as a tag, and "docker.io/library/app:1" are one name; empty for what is a tag alone, or nothing.
inline std::string full_layout_name(const std::string& text) {
    if (text.find_first_of("/:") == std::string::npos) return {};
    const auto reference = parse_reference(text);
    return reference ? format_reference(*reference) : text;
}
inline std::string full_name_of(const Descriptor& entry) {
    const std::string name = containerd_name_of(entry);
    return full_layout_name(name.empty() ? tag_of(entry) : name);
}

}  // namespace mabplan::runtime
