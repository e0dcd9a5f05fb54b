#include "runtime/image/layout_writer.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/oci/manifest.h"
#include "runtime/image/layout_names.h"
#include "runtime/layer/tar_writer.h"
#include "runtime/sys/temporary.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>

namespace mabplan::runtime {

namespace {

std::string blob_path(const Digest& digest) { return format("{}/{}", layout_names::kBlobFolder, digest.hex()); }

// By digest: each once, in the order of their names.
std::map<Digest, std::uint64_t> all_blobs(const ImageContent& content) {
    std::map<Digest, std::uint64_t> blobs{{content.index.digest, content.index.size}};
    for (const Descriptor& blob : content.blobs) blobs.emplace(blob.digest, blob.size);
    return blobs;
}

std::vector<Descriptor> entries_of(const ImageContent& content) {
    Descriptor plain = content.index;
    plain.platform.reset();
    if (content.tags.empty()) return {plain};
    std::vector<Descriptor> entries;
    for (const Reference& tag : content.tags) {
        Descriptor entry = plain;
        if (!tag.tag.empty()) entry.annotations[std::string(layout_names::kTag)] = tag.tag;
        entry.annotations[std::string(layout_names::kContainerdName)] = format_reference(tag);
        entries.push_back(std::move(entry));
    }
    return entries;
}

bool has_size(const std::string& path, std::uint64_t size) {
    struct stat facts {};
    return ::lstat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) && static_cast<std::uint64_t>(facts.st_size) == size;
}

// From the store into `out`, verified on the way: a blob that is damaged there leaves it.
Status pour_blob(const BlobStore& store, const Digest& digest, std::uint64_t size, ByteSink& out) {
    MABPLAN_TRY(source, store.open(digest));
    HashingSink hash(&out);
    MABPLAN_TRY(count, copy_bytes(*source, hash));
    if (count == size && hash.finish() == digest) return {};
    MABPLAN_CHECK(store.remove(digest));
    return fail(ErrorKind::Verify, format("the blob {} in the store was damaged: it is removed", digest.text()),
                "run again: it is made or fetched anew");
}

Status write_blob(const std::string& path, const BlobStore& store, const Digest& digest, std::uint64_t size) {
    if (has_size(path, size)) return {};
    MABPLAN_TRY(file, PendingFile::beside(path));
    MABPLAN_CHECK(pour_blob(store, digest, size, file));
    return file.publish(path, Durability::Cached);
}

LayerEntry tar_entry(std::string path, FileType type, std::uint64_t size, std::int64_t mtime) {
    LayerEntry entry;
    entry.path = std::move(path);
    entry.entry.type = type;
    entry.entry.mode = type == FileType::Directory ? 0755 : 0644;
    entry.entry.size = size;
    entry.entry.mtime_s = mtime;
    return entry;
}

// A writer of a tar as a sink for the content of its open entry.
class TarContent final : public ByteSink {
public:
    explicit TarContent(TarWriter& tar) : tar_(tar) {}
    Status write(std::string_view bytes) override { return tar_.write(bytes); }

private:
    TarWriter& tar_;
};

Status put_text(TarWriter& tar, std::string_view name, std::string_view text, std::int64_t mtime) {
    MABPLAN_CHECK(tar.begin(tar_entry(std::string(name), FileType::File, text.size(), mtime)));
    return tar.write(text);
}

}  // namespace

std::string write_layout_index(const ImageContent& content) { return write_index(Index{entries_of(content), {}}); }

bool layout_is_current(const std::string& folder, const ImageContent& content) {
    const auto index = read_file(format("{}/{}", folder, layout_names::kIndexFile));
    const auto marker = read_file(format("{}/{}", folder, layout_names::kMarkerFile));
    if (!index || !marker || *index != write_layout_index(content) || *marker != layout_names::kMarker) return false;
    const auto blobs = all_blobs(content);
    return std::all_of(blobs.begin(), blobs.end(),
                       [&](const auto& blob) { return has_size(format("{}/{}", folder, blob_path(blob.first)), blob.second); });
}

Status write_layout_folder(const std::string& folder, const ImageContent& content, const BlobStore& store) {
    MABPLAN_CHECK(make_directories(format("{}/{}", folder, layout_names::kBlobFolder)));
    for (const auto& [digest, size] : all_blobs(content))
        MABPLAN_CHECK(write_blob(format("{}/{}", folder, blob_path(digest)), store, digest, size));
    MABPLAN_CHECK(write_file(format("{}/{}", folder, layout_names::kMarkerFile), layout_names::kMarker, 0644, Durability::Cached));
    return write_file(format("{}/{}", folder, layout_names::kIndexFile), write_layout_index(content));
}

Status write_layout_tar(ByteSink& out, const ImageContent& content, const BlobStore& store, const std::string& docker_manifest) {
    const std::int64_t mtime = content.time;
    TarWriter tar(out);
    TarContent body(tar);
    MABPLAN_CHECK(tar.begin(tar_entry("blobs", FileType::Directory, 0, mtime)));
    MABPLAN_CHECK(tar.begin(tar_entry(std::string(layout_names::kBlobFolder), FileType::Directory, 0, mtime)));
    for (const auto& [digest, size] : all_blobs(content)) {
        if (store.size(digest) != size) return fail(ErrorKind::Verify, format("the blob {} is not in the store", digest.text()));
        MABPLAN_CHECK(tar.begin(tar_entry(blob_path(digest), FileType::File, size, mtime)));
        MABPLAN_CHECK(pour_blob(store, digest, size, body));
    }
    MABPLAN_CHECK(put_text(tar, layout_names::kIndexFile, write_layout_index(content), mtime));
    if (!docker_manifest.empty()) MABPLAN_CHECK(put_text(tar, layout_names::kDockerManifestFile, docker_manifest, mtime));
    MABPLAN_CHECK(put_text(tar, layout_names::kMarkerFile, layout_names::kMarker, mtime));
    return tar.finish();
}

}  // namespace mabplan::runtime
