#include "compiler/lower/output_types.h"

#include "plans/base/format.h"

#include <algorithm>
#include <array>

namespace mabplan::compiler {

namespace {

// What BuildKit lets one say of how images are written down, where there is one way here.
Status check_form(const OutputOptions& options) {
    MABPLAN_CHECK(options.only("oci-mediatypes", true, "images are OCI; registries and docker read them"));
    return options.only("force-compression", false, "layers of base images stay as they are, bit by bit");
}

Result<Output> lower_layout(const OutputSpec& spec, const OutputContent& content) {
    const OutputOptions options(spec);
    LayoutOutput layout;
    MABPLAN_TRY(as_tar, options.flag("tar", true));
    layout.as_tar = as_tar;
    MABPLAN_TRY(compression, options.compression(content.compression));
    layout.compression = compression;
    MABPLAN_TRY(destination, options.destination(layout.form()));
    layout.destination = std::move(destination);
    MABPLAN_TRY(names, options.names());
    layout.names = std::move(names);
    MABPLAN_CHECK(check_form(options));
    return layout;
}

// `docker load` knows one image and no index.
Result<Output> lower_docker(const OutputSpec& spec, const OutputContent& content) {
    const OutputOptions options(spec);
    DockerOutput archive;
    MABPLAN_TRY(compression, options.compression(content.compression));
    archive.compression = compression;
    if (options.has("dest")) {
        MABPLAN_TRY(destination, options.destination(OutputForm::File));
        archive.destination = std::move(destination);
    }
    MABPLAN_TRY(names, options.names());
    archive.names = std::move(names);
    MABPLAN_CHECK(check_form(options));
    if (content.images > 1 && !archive.destination.empty())
        return refuse_output(spec, format("type=docker holds one platform, and there are {}", content.images),
                             "ask for one platform, or write type=oci");
    if (content.annotates_index)
        return refuse_output(spec, "type=docker has no index to annotate", "annotate the manifest (manifest:KEY), or write type=oci");
    return archive;
}

// Of a folder and of a tar: the files of several platforms are kept apart unless it is said otherwise.
template <class Files>
Result<Output> lower_files(const OutputSpec& spec, const OutputContent& content) {
    const OutputOptions options(spec);
    Files files;
    MABPLAN_TRY(platform_split, options.flag("platform-split", content.images > 1));
    files.platform_split = platform_split;
    files.compression = content.compression;
    MABPLAN_TRY(destination, options.destination(files.form()));
    files.destination = std::move(destination);
    return files;
}

// `push`: where nothing is said.
Result<Output> lower_image(const OutputSpec& spec, const OutputContent& content, bool push) {
    const OutputOptions options(spec);
    ImageOutput image;
    MABPLAN_TRY(names, options.names());
    image.names = std::move(names);
    MABPLAN_TRY(pushed, options.flag("push", push));
    image.push = pushed;
    MABPLAN_TRY(by_digest, options.flag("push-by-digest", false));
    image.by_digest = by_digest;
    MABPLAN_TRY(insecure, options.flag("registry.insecure", false));
    image.insecure = insecure;
    MABPLAN_TRY(compression, options.compression(content.compression));
    image.compression = compression;
    MABPLAN_CHECK(check_form(options));
    MABPLAN_CHECK(options.only("store", true, "the result stays in the store in any case"));
    MABPLAN_CHECK(options.only("unpack", false, "layers are unpacked when they are needed: leave it out"));
    MABPLAN_TRY(canonical, options.flag("name-canonical", false));
    static_cast<void>(canonical);  // what was pushed can be named by its digest in any case
    if (image.push && image.names.empty() && !content.has_names)
        return refuse_output(spec, "an image is to be pushed, and it has no name", "add -t REGISTRY/NAME:TAG, or name=REGISTRY/NAME:TAG");
    return image;
}

Result<Output> lower_stored(const OutputSpec& spec, const OutputContent& content) { return lower_image(spec, content, false); }
Result<Output> lower_pushed(const OutputSpec& spec, const OutputContent& content) { return lower_image(spec, content, true); }

Result<Output> lower_cache_only(const OutputSpec&, const OutputContent& content) { return CacheOnlyOutput{content.compression}; }

}  // namespace

std::span<const OutputType> output_types() {
    static const std::vector<std::string> kImageOptions{"name",        "push",          "push-by-digest", "registry.insecure",
                                                        "compression", "store",         "oci-mediatypes", "force-compression",
                                                        "unpack",      "name-canonical"};
    // one more than there are types: registry is an image that is pushed
    static const std::array<OutputType, std::variant_size_v<Output> + 1> kTypes{{
        {LayoutOutput::kType,
         {"dest", "tar", "compression", "name", "oci-mediatypes", "force-compression"},
         IndexInOutput::Possible,
         lower_layout},
        {DockerOutput::kType, {"dest", "compression", "name", "oci-mediatypes", "force-compression"}, IndexInOutput::Never, lower_docker},
        {FolderOutput::kType, {"dest", "platform-split"}, IndexInOutput::Never, lower_files<FolderOutput>},
        {TarOutput::kType, {"dest", "platform-split"}, IndexInOutput::Never, lower_files<TarOutput>},
        {CacheOnlyOutput::kType, {}, IndexInOutput::Possible, lower_cache_only},
        {ImageOutput::kType, kImageOptions, IndexInOutput::Possible, lower_stored},
        {"registry", kImageOptions, IndexInOutput::Possible, lower_pushed},
    }};
    return kTypes;
}

const OutputType& type_of(const Output& output) {
    const auto types = output_types();
    return *std::find_if(types.begin(), types.end(), [&](const OutputType& type) { return type.name == type_name(output); });
}

}  // namespace mabplan::compiler
