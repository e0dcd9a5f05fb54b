#include "runtime/output/export_target.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/image/docker_manifest.h"
#include "runtime/image/layout_writer.h"
#include "runtime/output/assemble.h"
#include "runtime/output/folder_export.h"
#include "runtime/output/tar_export.h"
#include "runtime/sys/temporary.h"

#include <unistd.h>

namespace mabplan::runtime {

namespace {

// Of the newest image; nothing if times are kept.
std::optional<std::int64_t> newest_of(const Target& target) {
    std::optional<std::int64_t> newest;
    for (const Cell& cell : target.cells) newest = std::max(newest, cell.created);
    return newest;
}

bool is_image(const Output& output) { return compression_of(output).has_value(); }

// Writes one target's outputs. The documents are made once per compression that the outputs ask for.
class Exporter {
public:
    Exporter(const Target& target, const ExportServices& services)
        : target_(target), services_(services), newest_(newest_of(target)), now_(services.store.clock().seconds()) {}

    Result<TargetReport> run();

private:
    struct Documents {
        AssembledIndex index;
        std::vector<AssembledImage> images;
    };
    Result<Documents> assemble(Compression compression);
    Status write(const Output& output, TargetReport& report);
    Result<Digest> write_layout(const Output& output);
    Status write_content(const Output& output, const LayoutContent& content);
    Status write_tree(const Output& output);
    Status write_tar_to(const std::string& path, const std::function<Status(ByteSink&)>& produce);
    std::string destination(const Output& output) const {
        std::string path = destination_of(output);
        return path == "-" ? path : join_path(services_.project_folder, path);
    }

    const Target& target_;
    ExportServices services_;
    std::optional<std::int64_t> newest_;
    std::int64_t now_;
};

Result<Exporter::Documents> Exporter::assemble(Compression compression) {
    Documents documents;
    for (const Cell& cell : target_.cells) {
        CellLayers layers;
        layers.diff_ids = services_.results.chain(cell.root);
        for (const Digest& diff_id : layers.diff_ids) {
            MABPLAN_TRY(packed, services_.layers.pack(diff_id, compression));
            layers.packed.push_back(std::move(packed));
        }
        MABPLAN_TRY(image, assemble_image(cell, layers, now_, services_.store.blobs()));
        documents.images.push_back(std::move(image));
    }
    MABPLAN_TRY(index, assemble_index(target_, documents.images, services_.store.blobs()));
    documents.index = std::move(index);
    return documents;
}

// What compiling refuses, and a plan of others may hold.
Status check_docker_images(std::size_t images) {
    if (images == 1) return {};
    return input_error(format("a docker output holds one image, and there are {}", images));
}

// The digest of the index in it.
Result<Digest> Exporter::write_layout(const Output& output) {
    MABPLAN_TRY(documents, assemble(compression_of(output).value_or(Compression::Gzip)));
    LayoutContent content{documents.index.index, {}, {}, {}};
    for (const Descriptor& blob : documents.index.blobs)
        if (blob.digest != content.index.digest) content.blobs.push_back(blob);
    for (const std::string& tag : target_.tags) {
        MABPLAN_TRY(reference, parse_reference(tag));
        content.tags.push_back(std::move(reference));
    }
    if (std::holds_alternative<DockerOutput>(output)) {
        MABPLAN_CHECK(check_docker_images(documents.images.size()));
        const AssembledImage& image = documents.images.front();
        content.docker_manifest = write_docker_manifest(image.config, image.layers, content.tags);
    }
    MABPLAN_CHECK(write_content(output, content));
    return content.index.digest;
}

Status Exporter::write_content(const Output& output, const LayoutContent& content) {
    if (form_of(output) == OutputForm::File) {
        const auto write = [&](ByteSink& out) { return write_layout_tar(out, content, services_.store.blobs(), newest_.value_or(now_)); };
        return write_tar_to(destination(output), write);
    }
    const std::string path = destination(output);
    if (layout_is_current(path, content)) return {};
    services_.observer.exporting(format("writing {}", destination_of(output)));
    MABPLAN_CHECK(make_directories(std::string(parent_path(path))));
    return write_layout_folder(path, content, services_.store.blobs());
}

Status Exporter::write_tar_to(const std::string& path, const std::function<Status(ByteSink&)>& produce) {
    if (path == "-") {
        const auto sink = write_to(STDOUT_FILENO, "standard output");
        return produce(*sink);
    }
    MABPLAN_CHECK(make_directories(std::string(parent_path(path))));
    MABPLAN_TRY(file, PendingFile::beside(path));
    MABPLAN_CHECK(produce(file));
    return file.publish(path, Durability::Cached);
}

Status Exporter::write_tree(const Output& output) {
    const auto* tar = std::get_if<TarOutput>(&output);
    const auto* folder = std::get_if<FolderOutput>(&output);
    const bool split = (tar != nullptr && tar->platform_split) || (folder != nullptr && folder->platform_split);
    std::vector<MergedView> views;
    for (const Cell& cell : target_.cells) {
        MABPLAN_TRY(view, services_.layers.view(services_.results.chain(cell.root)));
        views.push_back(std::move(view));
    }
    std::vector<ExportedRoot> roots;
    for (std::size_t i = 0; i < views.size(); ++i) {
        const Platform& platform = target_.cells[i].platform;
        roots.push_back({format_platform(platform), split ? platform_slug(platform, '_') : std::string{}, &views[i]});
    }
    if (tar != nullptr) {
        return write_tar_to(destination(output), [&](ByteSink& out) { return write_root_tar(roots, LayerOptions{.time = newest_}, out); });
    }
    std::vector<std::string> notes;
    MABPLAN_CHECK(write_root_folder(roots, destination(output), notes));
    for (const std::string& note : notes) services_.observer.warning(note);
    return {};
}

Status Exporter::write(const Output& output, TargetReport& report) {
    if (form_of(output) == OutputForm::Nothing) return {};
    WrittenOutput written{destination_of(output), {}};
    if (is_image(output)) {
        MABPLAN_TRY(index, write_layout(output));
        written.index = index;
    } else {
        MABPLAN_CHECK(write_tree(output));
    }
    report.written.push_back(std::move(written));
    return {};
}

Result<TargetReport> Exporter::run() {
    TargetReport report;
    report.name = target_.name;
    report.tags = target_.tags;
    Compression compression = Compression::Gzip;
    bool assembles = services_.always_assemble;
    for (const Output& output : target_.outputs) {
        if (!is_image(output)) continue;
        compression = *compression_of(output);
        assembles = true;
        break;
    }
    if (assembles) {
        MABPLAN_TRY(documents, assemble(compression));
        for (std::size_t i = 0; i < documents.images.size(); ++i)
            report.images.push_back({target_.cells[i].platform, documents.images[i].manifest.digest, documents.images[i].config.digest});
        report.index = documents.index.index.digest;
        report.index_size = documents.index.index.size;
    }
    for (const Output& output : target_.outputs) MABPLAN_CHECK(write(output, report));
    return report;
}

}  // namespace

Status check_destinations(const Plan& plan, const std::string& project_folder) {
    for (const Target& target : plan.targets)
        for (const Output& output : target.outputs) {
            const std::string destination = destination_of(output);
            if (form_of(output) == OutputForm::Nothing || destination == "-") continue;
            const std::string path = join_path(project_folder, destination);
            const bool is_folder = form_of(output) == OutputForm::Folder;
            if (!path_exists(path) || is_directory(path) == is_folder) continue;
            return fail(ErrorKind::Input,
                        format("the target {} is to write {} {}, and {} is there", target.name, is_folder ? "the folder" : "the file",
                               quoted(destination), is_folder ? "a file" : "a folder"),
                        "name another destination, or remove what is there");
        }
    return {};
}

Result<TargetReport> export_target(const Target& target, const ExportServices& services) { return Exporter(target, services).run(); }

}  // namespace mabplan::runtime
