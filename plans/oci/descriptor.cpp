#include "plans/oci/descriptor.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <array>

namespace mabplan {

namespace {

struct LayerType {
    std::string_view name;
    Compression compression;
};

// The last five are deprecated names (image-spec, layer.md, "Non-Distributable Layers"; Docker's "foreign" layers).
constexpr std::array<LayerType, 11> kLayerTypes{{
    {media_type::kLayer, Compression::None},
    {media_type::kLayerGzip, Compression::Gzip},
    {media_type::kLayerZstd, Compression::Zstd},
    {media_type::kDockerLayer, Compression::None},
    {media_type::kDockerLayerGzip, Compression::Gzip},
    {media_type::kDockerLayerZstd, Compression::Zstd},
    {"application/vnd.oci.image.layer.nondistributable.v1.tar", Compression::None},
    {"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", Compression::Gzip},
    {"application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", Compression::Zstd},
    {"application/vnd.docker.image.rootfs.foreign.diff.tar", Compression::None},
    {"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", Compression::Gzip},
}};

struct OtherName {
    std::string_view docker;
    std::string_view oci;
};

constexpr std::array<OtherName, 6> kOtherNames{{
    {media_type::kDockerList, media_type::kIndex},
    {media_type::kDockerManifest, media_type::kManifest},
    {media_type::kDockerConfig, media_type::kConfig},
    {media_type::kDockerLayer, media_type::kLayer},
    {media_type::kDockerLayerGzip, media_type::kLayerGzip},
    {media_type::kDockerLayerZstd, media_type::kLayerZstd},
}};

}  // namespace

Result<Compression> layer_compression(std::string_view media_type) {
    for (const LayerType& type : kLayerTypes)
        if (type.name == media_type) return type.compression;
    return input_error(format("{} is not the media type of a layer that can be read (tar, tar+gzip or tar+zstd)", quoted(media_type)));
}

std::string_view layer_media_type(Compression compression) {
    switch (compression) {
        case Compression::None: return media_type::kLayer;
        case Compression::Gzip: return media_type::kLayerGzip;
        case Compression::Zstd: return media_type::kLayerZstd;
    }
    return {};
}

std::string_view compression_name(Compression compression) {
    switch (compression) {
        case Compression::None: return "uncompressed";
        case Compression::Gzip: return "gzip";
        case Compression::Zstd: return "zstd";
    }
    return {};
}

Result<Compression> parse_compression(std::string_view name) {
    for (const Compression compression : {Compression::None, Compression::Gzip, Compression::Zstd})
        if (compression_name(compression) == name) return compression;
    return input_error(format("{} is not a compression: expected gzip, zstd or uncompressed", quoted(name)));
}

std::string oci_media_type(std::string_view media_type) {
    for (const OtherName& name : kOtherNames)
        if (name.docker == media_type) return std::string(name.oci);
    return std::string(media_type);
}

}  // namespace mabplan
