#include "runtime/image/image_archive.h"

#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"
#include "plans/oci/image_config.h"
#include "plans/oci/manifest.h"
#include "plans/oci/reference.h"
#include "runtime/image/layout_names.h"
#include "runtime/layer/archive_stream.h"
#include "runtime/layer/codec.h"
#include "runtime/layer/tar_reader.h"

#include <array>
#include <map>
#include <optional>
#include <utility>
#include <variant>

namespace mabplan::runtime {

namespace {

constexpr int kMostLinks = 16;

struct StoredFile {
    Digest digest;
    std::uint64_t size = 0;
};

// The files of the archive, in the store.
class ArchiveFiles {
public:
    ArchiveFiles(std::string what, const BlobStore& store) : what_(std::move(what)), store_(store) {}

    Status read(ByteSource& bytes) {
        TarReader tar(bytes, {.ending = TarEnding::OneBlock});
        for (;;) {
            MABPLAN_TRY(entry, tar.next());
            if (!entry) return {};
            const std::string path = clean_path(entry->path);
            if (entry->is_hardlink) links_[path] = clean_path(entry->hardlink);
            else if (entry->entry.type == FileType::Symlink)
                links_[path] = clean_path(join_path(std::string(parent_path(path)), entry->entry.link_target));
            else if (entry->entry.type == FileType::File) MABPLAN_CHECK(take(path, tar));
        }
    }

    // Nothing if there is no such file.
    std::optional<StoredFile> find(std::string path) const {
        for (int links = 0; links < kMostLinks; ++links) {
            if (const auto file = files_.find(path); file != files_.end()) return file->second;
            const auto link = links_.find(path);
            if (link == links_.end()) return std::nullopt;
            path = link->second;
        }
        return std::nullopt;
    }

    Result<std::string> text(const std::string& path) const {
        const auto file = find(path);
        if (!file) return input_error(format("{} has no file {}", what_, path));
        return store_.read(file->digest, kMostDocumentBytes);
    }

private:
    Status take(const std::string& path, TarReader& tar) {
        MABPLAN_TRY(out, store_.create());
        std::uint64_t end = 0;
        for (;;) {
            MABPLAN_TRY(block, tar.read());
            if (!block) break;
            if (block->offset > end)
                return input_error(format("{} of {} has holes, which an archive of images has no use for", quoted(path), what_));
            MABPLAN_CHECK(out->write(block->bytes));
            end = block->offset + block->bytes.size();
        }
        std::optional<Digest> expected;
        const std::string blobs = std::string(layout_names::kBlobFolder) + "/";
        if (path.starts_with(blobs))
            if (auto named = Digest::parse("sha256:" + path.substr(blobs.size()))) expected = std::move(*named);
        auto digest = out->commit(expected);
        if (!digest) return pass(std::move(digest).error(), format("reading {} of {}", path, what_));
        files_[path] = {*digest, end};
        return {};
    }

    std::string what_;
    const BlobStore& store_;
    std::map<std::string, StoredFile> files_;
    std::map<std::string, std::string> links_;
};

std::vector<std::string> names_of(const Descriptor& entry) {
    if (std::string full = containerd_name_of(entry); !full.empty()) return {std::move(full)};
    std::string tag = tag_of(entry);
    return tag.empty() ? std::vector<std::string>{} : std::vector<std::string>{std::move(tag)};
}

Status check_blob(const Descriptor& blob, const BlobStore& store) {
    if (store.size(blob.digest) == blob.size) return {};
    return fail(ErrorKind::Verify, format("the blob {} of {} bytes is not there", blob.digest.text(), blob.size));
}

// All of an image, or of one at least below an index: archives may hold fewer platforms than their index names.
Status check_that_it_is_there(const Descriptor& document, const BlobStore& store, int depth = 0) {
    constexpr int kDeepest = 8;
    MABPLAN_CHECK(check_blob(document, store));
    MABPLAN_TRY(bytes, store.read(document.digest, kMostDocumentBytes));
    MABPLAN_TRY(parsed, parse_manifest(bytes, document.media_type, document.digest.text()));
    if (const auto* manifest = std::get_if<Manifest>(&parsed)) {
        MABPLAN_CHECK(check_blob(manifest->config, store));
        for (const Descriptor& layer : manifest->layers) MABPLAN_CHECK(check_blob(layer, store));
        return {};
    }
    Status first = fail(ErrorKind::Verify, format("the index {} names no image", document.digest.text()));
    bool is_first = true;
    for (const Descriptor& entry : std::get<Index>(parsed).manifests) {
        const bool is_other = entry.platform && entry.platform->os == "unknown";
        if (!is_image_document(entry) || is_other || depth == kDeepest) continue;
        Status there = check_that_it_is_there(entry, store, depth + 1);
        if (there) return {};
        if (std::exchange(is_first, false)) first = std::move(there);
    }
    return first;
}

// The entries that name one document are one image.
Result<std::vector<ArchivedImage>> read_layout(const ArchiveFiles& files, const std::string& what, const BlobStore& store) {
    MABPLAN_TRY(text, files.text(std::string(layout_names::kIndexFile)));
    MABPLAN_TRY(document, parse_manifest(text, "", format("index.json of {}", what)));
    const auto* index = std::get_if<Index>(&document);
    if (index == nullptr) return input_error(format("index.json of {} is no index", what));
    std::vector<ArchivedImage> images;
    std::map<Digest, std::size_t> known;
    for (const Descriptor& entry : index->manifests) {
        const auto [at, added] = known.emplace(entry.digest, images.size());
        if (added) images.push_back({entry, {}});
        for (std::string& name : names_of(entry)) images[at->second].names.push_back(std::move(name));
        images[at->second].root.annotations.clear();
    }
    for (const ArchivedImage& image : images)
        if (Status there = check_that_it_is_there(image.root, store); !there)
            return pass(std::move(there).error(), format("reading {}{}", what, image.names.empty() ? "" : ": " + image.names.front()));
    return images;
}

// By its first bytes: what docker saves is not packed, what others make may be.
Result<Compression> compression_in(const BlobStore& store, const Digest& digest) {
    MABPLAN_TRY(source, store.open(digest));
    std::array<char, 4> head{};
    MABPLAN_TRY(count, read_full(*source, head));
    return detect_compression({head.data(), count});
}

Result<ArchivedImage> read_saved(const Json& saved, const ArchiveFiles& files, const std::string& what, const BlobStore& store) {
    const std::string config_path = clean_path(find_string(saved, "Config").value_or(""));
    const auto config = files.find(config_path);
    const Json* layers = find_member(saved, "Layers");
    if (!config || layers == nullptr || !layers->is_array())
        return input_error(format("manifest.json of {} names a configuration or layers that are not there", what));
    Manifest manifest;
    manifest.config = {std::string(media_type::kConfig), config->digest, config->size, {}, {}};
    for (const Json& layer : *layers) {
        const std::string path = layer.is_string() ? clean_path(layer.get<std::string>()) : "";
        const auto file = files.find(path);
        if (!file) return input_error(format("manifest.json of {} names the layer {}, which is not there", what, quoted(path)));
        MABPLAN_TRY(compression, compression_in(store, file->digest));
        manifest.layers.push_back({std::string(layer_media_type(compression)), file->digest, file->size, {}, {}});
    }
    MABPLAN_TRY(text, store.read(config->digest, kMostDocumentBytes));
    MABPLAN_TRY(parsed, parse_image_config(text, format("{} of {}", config_path, what)));
    if (parsed.diff_ids.size() != manifest.layers.size())
        return fail(ErrorKind::Verify,
                    format("{} has {} layers, and its configuration lists {}", what, manifest.layers.size(), parsed.diff_ids.size()));
    const std::string bytes = write_manifest(manifest);
    ArchivedImage image{{std::string(media_type::kManifest), Digest::of(bytes), bytes.size(), {}, {}}, {}};
    MABPLAN_CHECK(store.put(image.root.digest, bytes));
    if (const Json* tags = find_member(saved, "RepoTags"); tags != nullptr && tags->is_array())
        for (const Json& tag : *tags)
            if (tag.is_string())
                if (const auto reference = parse_reference(tag.get<std::string>())) image.names.push_back(format_reference(*reference));
    return image;
}

}  // namespace

Result<std::vector<ArchivedImage>> read_image_archive(std::unique_ptr<ByteSource> archive, const std::string& what,
                                                      const BlobStore& store) {
    MABPLAN_TRY(bytes, open_archive_stream(std::move(archive)));
    ArchiveFiles files(what, store);
    if (Status read = files.read(*bytes); !read) return pass(std::move(read).error(), format("reading {}", what));
    if (files.find(std::string(layout_names::kIndexFile)) && files.find(std::string(layout_names::kMarkerFile)))
        return read_layout(files, what, store);
    if (!files.find(std::string(layout_names::kDockerManifestFile)))
        return fail(ErrorKind::Input,
                    format("{} holds no images: it has neither index.json of an OCI layout nor manifest.json of docker", what),
                    "expected is what `docker save`, `mabplan image save` or `skopeo copy … oci-archive:FILE` writes");
    MABPLAN_TRY(text, files.text(std::string(layout_names::kDockerManifestFile)));
    MABPLAN_TRY(json, parse_json(text, format("manifest.json of {}", what)));
    std::vector<ArchivedImage> images;
    if (!json.is_array()) return input_error(format("manifest.json of {} is no list of images", what));
    for (const Json& saved : json) {
        MABPLAN_TRY(image, read_saved(saved, files, what, store));
        images.push_back(std::move(image));
    }
    return images;
}

}  // namespace mabplan::runtime
