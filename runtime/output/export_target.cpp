#include "runtime/output/export_target.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/output/archive_file.h"
#include "runtime/output/folder_export.h"
#include "runtime/output/image_documents.h"
#include "runtime/output/output_path.h"
#include "runtime/output/tar_export.h"

#include <algorithm>

namespace mabplan::runtime {

namespace {

// Writes the outputs of one target: `write` has an overload for each type.
class Exporter {
public:
    Exporter(const BuiltTarget& built, const ExportServices& services)
        : built_(built),
          services_(services),
          documents_(
              built, [this](const Digest& diff_id, Compression compression) { return services_.layers.pack(diff_id, compression); },
              services.blobs, services.now) {}

    Result<TargetReport> run();

private:
    Status report_images(Compression compression);
    Status write(const LayoutOutput& layout) { return write_images(layout, layout, layout.destination); }
    Status write(const DockerOutput& archive) {
        return write_images(archive, archive, archive.destination.empty() ? "the engine of this host" : archive.destination);
    }
    Status write(const FolderOutput& folder);
    Status write(const TarOutput& tar);
    Status write(const CacheOnlyOutput&) { return {}; }
    Status write(const ImageOutput& image);
    // `destination`: as it is told.
    template <class OfType>
    Status write_images(const Output& output, const OfType& of_type, const std::string& destination);
    Result<ImageContent> named_content(const std::vector<std::string>& names, Compression compression);
    Status keep(const std::vector<std::string>& names, Compression compression);
    Result<std::vector<MergedView>> open_views();
    std::vector<ExportedRoot> roots_of(std::vector<MergedView>& views, bool platform_split) const;
    void tell_exporting(const std::string& destination) const { services_.events.tell(Exporting{built_.target.name, destination}); }
    void note_written(WrittenOutput written);

    const BuiltTarget& built_;
    const ExportServices& services_;
    ImageDocuments documents_;
    TargetReport report_;
};

void Exporter::note_written(WrittenOutput written) {
    services_.events.tell(
        Exported{built_.target.name, written.destination, written.index.empty() ? std::nullopt : std::optional(written.index)});
    report_.written.push_back(std::move(written));
}

Result<ImageContent> Exporter::named_content(const std::vector<std::string>& names, Compression compression) {
    MABPLAN_TRY(known, documents_.in(compression));
    ImageContent content = *known;
    content.tags.clear();
    for (const std::string& name : names_of(built_.target, names)) {
        MABPLAN_TRY(reference, parse_reference(name));
        content.tags.push_back(std::move(reference));
    }
    return content;
}

template <class OfType>
Status Exporter::write_images(const Output& output, const OfType& of_type, const std::string& destination) {
    MABPLAN_TRY(content, named_content(of_type.names, of_type.compression));
    MABPLAN_TRY(sink, services_.destinations.open(output, built_.target));
    MABPLAN_TRY(current, sink->is_current(content));
    if (!current) {
        tell_exporting(destination);
        MABPLAN_CHECK(sink->write(content, services_.layers, services_.transfers));
    }
    note_written({destination, content.index.digest});
    return {};
}

// What it names and the store lacks can be fetched later from where it is now.
Status Exporter::keep(const std::vector<std::string>& names, Compression compression) {
    if (names.empty()) return {};
    MABPLAN_TRY(content, documents_.in(compression));
    std::vector<BlobOrigin> origins;
    for (const Descriptor& blob : content->blobs)
        if (auto origin = services_.layers.origin(blob.digest)) {
            // it is asked from other folders later
            if (origin->kind == ImageLocation::Kind::Layout) origin->address = join_path(services_.project_folder, origin->address);
            origins.emplace_back(blob.digest, std::move(*origin));
        }
    for (const std::string& name : names) MABPLAN_CHECK(services_.records.put_image(name, content->index, origins));
    return {};
}

Status Exporter::write(const ImageOutput& image) {
    const std::vector<std::string> names = names_of(built_.target, image.names);
    for (const std::string& name : names)
        if (std::find(report_.names.begin(), report_.names.end(), name) == report_.names.end()) report_.names.push_back(name);
    if (!image.by_digest) MABPLAN_CHECK(keep(names, image.compression));
    if (!image.push) return {};
    if (!image.by_digest) return write_images(image, image, format("{}", join(names, ", ")));
    // it gets no tag there
    std::vector<std::string> repositories;
    for (const std::string& name : names) {
        MABPLAN_TRY(reference, parse_reference(name));
        repositories.push_back(format("{}/{}", reference.domain, reference.repository));
    }
    return write_images(image, image, format("{}", join(repositories, ", ")));
}

Result<std::vector<MergedView>> Exporter::open_views() {
    std::vector<MergedView> views;
    for (const std::vector<Digest>& chain : built_.chains) {
        MABPLAN_TRY(view, services_.layers.view(chain));
        views.push_back(std::move(view));
    }
    return views;
}

std::vector<ExportedRoot> Exporter::roots_of(std::vector<MergedView>& views, bool platform_split) const {
    std::vector<ExportedRoot> roots;
    for (std::size_t i = 0; i < views.size(); ++i) {
        const Platform& platform = built_.target.cells[i].platform;
        roots.push_back({format_platform(platform), platform_split ? platform_slug(platform, '_') : std::string{}, &views[i]});
    }
    return roots;
}

Status Exporter::write(const FolderOutput& folder) {
    tell_exporting(folder.destination);
    MABPLAN_TRY(views, open_views());
    std::vector<std::string> notes;
    MABPLAN_CHECK(
        write_root_folder(roots_of(views, folder.platform_split), output_path(services_.project_folder, folder.destination), notes));
    for (const std::string& note : notes) services_.events.tell(Warned{note});
    note_written({folder.destination, {}});
    return {};
}

Status Exporter::write(const TarOutput& tar) {
    tell_exporting(tar.destination);
    MABPLAN_TRY(views, open_views());
    const LayerOptions times{.time = newest_of(built_.target)};
    const auto produce = [&](ByteSink& out) { return write_root_tar(roots_of(views, tar.platform_split), times, out); };
    MABPLAN_CHECK(write_archive(output_path(services_.project_folder, tar.destination), services_.layers.stop(), produce));
    note_written({tar.destination, {}});
    return {};
}

Status Exporter::report_images(Compression compression) {
    MABPLAN_TRY(content, documents_.in(compression));
    for (std::size_t i = 0; i < content->images.size(); ++i)
        report_.images.push_back({built_.target.cells[i].platform, content->images[i].manifest.digest, content->images[i].config.digest});
    report_.index = content->index.digest;
    report_.index_size = content->index.size;
    return {};
}

// Of the first output that holds images.
std::optional<Compression> first_compression(const Target& target) {
    for (const Output& output : target.outputs)
        if (const auto compression = compression_of(output)) return compression;
    return std::nullopt;
}

Result<TargetReport> Exporter::run() {
    const Target& target = built_.target;
    report_.name = target.name;
    report_.tags = report_.names = target.tags;
    const std::optional<Compression> first = first_compression(target);
    if (first || services_.digests == Digests::Always) MABPLAN_CHECK(report_images(first.value_or(Compression::Gzip)));
    if (first) MABPLAN_CHECK(keep(target.tags, *first));
    for (const Output& output : target.outputs) MABPLAN_CHECK(std::visit([this](const auto& of_type) { return write(of_type); }, output));
    return std::move(report_);
}

}  // namespace

Result<TargetReport> export_target(const BuiltTarget& built, const ExportServices& services) { return Exporter(built, services).run(); }

}  // namespace mabplan::runtime
