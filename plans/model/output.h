// Where the result of a target goes: a type for each form in which it can be written, with what belongs to that form alone. Plain values.
#pragma once

#include "plans/oci/descriptor.h"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mabplan {

// What stands at a destination afterwards.
enum class OutputForm { Nothing, File, Folder };

// kType is the name of the type in plans, in mabplan.yaml and on the command line. Destinations are relative to the project's folder, or
// absolute; for one file "-" is standard output. A compression is that of layers which this build makes; where an output holds no images
// (kHoldsImages) it is what images of the target would have, and nothing is packed.

// An OCI layout: the index with all images.
struct LayoutOutput {
    static constexpr std::string_view kType = "oci";
    static constexpr bool kHoldsImages = true;
    std::string destination;
    bool as_tar = true;  // one tar file instead of a folder
    Compression compression = Compression::Gzip;
    std::vector<std::string> names{};  // full references, beside those of the target
    OutputForm form() const { return as_tar ? OutputForm::File : OutputForm::Folder; }
    bool operator==(const LayoutOutput&) const = default;
};

// A tar for `docker load`: one image. Without a destination it is handed to the engine of this host: its image, of several.
struct DockerOutput {
    static constexpr std::string_view kType = "docker";
    static constexpr bool kHoldsImages = true;
    std::string destination;
    Compression compression = Compression::Gzip;
    std::vector<std::string> names{};  // full references, beside those of the target
    OutputForm form() const { return destination.empty() ? OutputForm::Nothing : OutputForm::File; }
    bool operator==(const DockerOutput&) const = default;
};

// The files of the images in a folder.
struct FolderOutput {
    static constexpr std::string_view kType = "local";
    static constexpr bool kHoldsImages = false;
    std::string destination;
    bool platform_split = false;  // a folder for each platform; else all go into one
    Compression compression = Compression::Gzip;
    OutputForm form() const { return OutputForm::Folder; }
    bool operator==(const FolderOutput&) const = default;
};

// The same files in a tar.
struct TarOutput {
    static constexpr std::string_view kType = "tar";
    static constexpr bool kHoldsImages = false;
    std::string destination;
    bool platform_split = false;
    Compression compression = Compression::Gzip;
    OutputForm form() const { return OutputForm::File; }
    bool operator==(const TarOutput&) const = default;
};

// Nothing is written: the result stays in the store.
struct CacheOnlyOutput {
    static constexpr std::string_view kType = "cacheonly";
    static constexpr bool kHoldsImages = false;
    Compression compression = Compression::Gzip;
    OutputForm form() const { return OutputForm::Nothing; }
    bool operator==(const CacheOnlyOutput&) const = default;
};

// The index with all images under names: kept in the store, and pushed to where the names lead.
struct ImageOutput {
    static constexpr std::string_view kType = "image";
    static constexpr bool kHoldsImages = true;
    std::vector<std::string> names{};  // full references, beside those of the target
    bool push = false;
    bool by_digest = false;  // pushed without a tag
    bool insecure = false;   // any certificate of the registry is taken, and plain http
    Compression compression = Compression::Gzip;
    OutputForm form() const { return OutputForm::Nothing; }
    bool operator==(const ImageOutput&) const = default;
};

using Output = std::variant<LayoutOutput, DockerOutput, FolderOutput, TarOutput, CacheOnlyOutput, ImageOutput>;

std::string_view type_name(const Output& output);
OutputForm form_of(const Output& output);
// A path. Empty: it has none.
std::string destination_of(const Output& output);
// Of the images in it; nothing: it holds no images.
std::optional<Compression> compression_of(const Output& output);

}  // namespace mabplan
