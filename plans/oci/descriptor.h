// A pointer to a blob: media type, digest, size (image-spec, descriptor.md), and the media types that are known.
#pragma once

#include "plans/base/digest.h"
#include "plans/oci/platform.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace mabplan {

namespace media_type {
inline constexpr std::string_view kIndex = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view kManifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view kConfig = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view kLayer = "application/vnd.oci.image.layer.v1.tar";
inline constexpr std::string_view kLayerGzip = "application/vnd.oci.image.layer.v1.tar+gzip";
inline constexpr std::string_view kLayerZstd = "application/vnd.oci.image.layer.v1.tar+zstd";
inline constexpr std::string_view kDockerList = "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr std::string_view kDockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr std::string_view kDockerConfig = "application/vnd.docker.container.image.v1+json";
inline constexpr std::string_view kDockerLayer = "application/vnd.docker.image.rootfs.diff.tar";
inline constexpr std::string_view kDockerLayerGzip = "application/vnd.docker.image.rootfs.diff.tar.gzip";
inline constexpr std::string_view kDockerLayerZstd = "application/vnd.docker.image.rootfs.diff.tar.zstd";
}  // namespace media_type

// Of OCI's and of Docker's kind.
inline bool is_index_type(std::string_view type) { return type == media_type::kIndex || type == media_type::kDockerList; }
inline bool is_manifest_type(std::string_view type) { return type == media_type::kManifest || type == media_type::kDockerManifest; }
inline bool is_document_type(std::string_view type) { return is_index_type(type) || is_manifest_type(type); }
inline constexpr std::array<std::string_view, 4> kDocumentTypes{media_type::kIndex, media_type::kManifest, media_type::kDockerList,
                                                                media_type::kDockerManifest};

enum class Compression { None, Gzip, Zstd };

// How the bytes of a layer of this media type are packed; an input error for a type that is no layer we read.
Result<Compression> layer_compression(std::string_view media_type);
std::string_view layer_media_type(Compression compression);  // the OCI one
std::string_view compression_name(Compression compression);  // "uncompressed", "gzip", "zstd"
Result<Compression> parse_compression(std::string_view name);
// The OCI name for a Docker media type (the bytes are the same); others stay as they are.
std::string oci_media_type(std::string_view media_type);

struct Descriptor {
    std::string media_type;
    Digest digest;
    std::uint64_t size = 0;  // bytes
    std::optional<Platform> platform;
    std::map<std::string, std::string> annotations;
    std::string artifact_type{};  // what an entry of an index is, that is no image

    bool operator==(const Descriptor&) const = default;
};

inline bool is_image_document(const Descriptor& blob) { return is_document_type(blob.media_type); }

}  // namespace mabplan
