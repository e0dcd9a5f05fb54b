#include "compiler/lower/output_types.h"

#include "plans/base/format.h"

#include <algorithm>
#include <array>

namespace mabplan::compiler {

namespace {

Result<Output> lower_layout(const OutputSpec& spec, const OutputContent& content) {
    const OutputOptions options(spec);
    LayoutOutput layout;
    MABPLAN_TRY(as_tar, options.flag("tar", true));
    layout.as_tar = as_tar;
    MABPLAN_TRY(compression, options.compression(content.compression));
    layout.compression = compression;
    MABPLAN_TRY(destination, options.destination(layout.form()));
    layout.destination = std::move(destination);
    return layout;
}

// `docker load` knows one image and no index.
Result<Output> lower_docker(const OutputSpec& spec, const OutputContent& content) {
    const OutputOptions options(spec);
    DockerOutput archive;
    MABPLAN_TRY(compression, options.compression(content.compression));
    archive.compression = compression;
    MABPLAN_TRY(destination, options.destination(archive.form()));
    archive.destination = std::move(destination);
    if (content.images > 1)
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

Result<Output> lower_cache_only(const OutputSpec&, const OutputContent& content) { return CacheOnlyOutput{content.compression}; }

}  // namespace

std::span<const OutputType> output_types() {
    static const std::array<OutputType, std::variant_size_v<Output>> kTypes{{
        {LayoutOutput::kType, {"dest", "tar", "compression"}, IndexInOutput::Possible, lower_layout},
        {DockerOutput::kType, {"dest", "compression"}, IndexInOutput::Never, lower_docker},
        {FolderOutput::kType, {"dest", "platform-split"}, IndexInOutput::Never, lower_files<FolderOutput>},
        {TarOutput::kType, {"dest", "platform-split"}, IndexInOutput::Never, lower_files<TarOutput>},
        {CacheOnlyOutput::kType, {}, IndexInOutput::Possible, lower_cache_only},
    }};
    return kTypes;
}

const OutputType& type_of(const Output& output) {
    const auto types = output_types();
    return *std::find_if(types.begin(), types.end(), [&](const OutputType& type) { return type.name == type_name(output); });
}

}  // namespace mabplan::compiler
