#include "plans/codec/output_codec.h"

#include "plans/codec/command_fields.h"
#include "plans/codec/names.h"

namespace mabplan::codec {

namespace {

// The members, with what those have that do not belong to a type.
struct OutputMembers {
    std::string destination{};
    bool tar = true;
    Compression compression = Compression::Gzip;
    bool platform_split = false;
    std::vector<std::string> names{};
    bool push = false;
    bool by_digest = false;
    bool insecure = false;
};

OutputMembers members_of(const LayoutOutput& layout) {
    return {.destination = layout.destination, .tar = layout.as_tar, .compression = layout.compression, .names = layout.names};
}
OutputMembers members_of(const DockerOutput& archive) {
    return {.destination = archive.destination, .compression = archive.compression, .names = archive.names};
}
OutputMembers members_of(const FolderOutput& folder) {
    return {.destination = folder.destination, .compression = folder.compression, .platform_split = folder.platform_split};
}
OutputMembers members_of(const TarOutput& tar) {
    return {.destination = tar.destination, .compression = tar.compression, .platform_split = tar.platform_split};
}
OutputMembers members_of(const CacheOnlyOutput& nothing) { return {.compression = nothing.compression}; }
OutputMembers members_of(const ImageOutput& image) {
    return {.compression = image.compression,
            .names = image.names,
            .push = image.push,
            .by_digest = image.by_digest,
            .insecure = image.insecure};
}

using MakeOutput = Output (*)(const OutputMembers&);

constexpr NameTable<MakeOutput, std::variant_size_v<Output>> kTypes{{
    {[](const OutputMembers& of) -> Output {
         return LayoutOutput{of.destination, of.tar, of.compression, of.names};
     },
     LayoutOutput::kType},
    {[](const OutputMembers& of) -> Output {
         return DockerOutput{of.destination, of.compression, of.names};
     },
     DockerOutput::kType},
    {[](const OutputMembers& of) -> Output {
         return FolderOutput{of.destination, of.platform_split, of.compression};
     },
     FolderOutput::kType},
    {[](const OutputMembers& of) -> Output {
         return TarOutput{of.destination, of.platform_split, of.compression};
     },
     TarOutput::kType},
    {[](const OutputMembers& of) -> Output { return CacheOnlyOutput{of.compression}; }, CacheOnlyOutput::kType},
    {[](const OutputMembers& of) -> Output {
         return ImageOutput{of.names, of.push, of.by_digest, of.insecure, of.compression};
     },
     ImageOutput::kType},
}};

}  // namespace

Json write_output(const Output& output) {
    const OutputMembers members = std::visit([](const auto& of_type) { return members_of(of_type); }, output);
    return {{"type", type_name(output)},
            {"destination", write_bytes(members.destination)},
            {"tar", members.tar},
            {"compression", name_of(kCompressionNames, members.compression)},
            {"platform_split", members.platform_split},
            {"names", members.names},
            {"push", members.push},
            {"push_by_digest", members.by_digest},
            {"insecure", members.insecure}};
}

Output read_output(Members& members) {
    const MakeOutput make = members.word("type", kTypes);
    OutputMembers found;
    found.destination = members.text("destination");
    found.tar = members.flag("tar");
    found.compression = members.word("compression", kCompressionNames);
    found.platform_split = members.flag("platform_split");
    found.names = members.texts("names");
    found.push = members.flag("push");
    found.by_digest = members.flag("push_by_digest");
    found.insecure = members.flag("insecure");
    return make(found);
}

}  // namespace mabplan::codec
