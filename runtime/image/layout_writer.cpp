#include "runtime/image/layout_writer.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/oci/manifest.h"
#include "runtime/image/layout_names.h"
#include "runtime/image/layout_reader.h"
#include "runtime/layer/tar_writer.h"
#include "runtime/sys/file_lock.h"
#include "runtime/sys/stopped_stream.h"
#include "runtime/sys/system_error.h"
#include "runtime/sys/temporary.h"
#include "runtime/sys/thread.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kMostWrittenAtOnce = 2;  // one alone leaves processor and memory unused where the disk is fast

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
        if (!tag.tag.empty())
            entry.annotations[std::string(layout_names::kTag)] = content.layout_tag.empty() ? tag.tag : content.layout_tag;
        // a tag alone is a name in this layout, and nowhere else
        if (!tag.repository.empty()) entry.annotations[std::string(layout_names::kContainerdName)] = format_reference(tag);
        entries.push_back(std::move(entry));
    }
    return entries;
}

std::string index_of(std::span<const ImageContent> contents) {
    Index index;
    for (const ImageContent& content : contents)
        for (Descriptor& entry : entries_of(content)) index.manifests.push_back(std::move(entry));
    return write_index(index);
}

bool has_size(const std::string& path, std::uint64_t size) {
    struct stat facts {};
    return ::lstat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) && static_cast<std::uint64_t>(facts.st_size) == size;
}

// From the store into `out`, verified on the way: a blob that is damaged there leaves it.
Status pour_blob(const BlobStore& store, const Digest& digest, std::uint64_t size, ByteSink& out) {
    MABPLAN_TRY(source, store.open(digest));
    if (store.has_written(digest)) {
        MABPLAN_TRY(poured, copy_bytes(*source, out));
        if (poured == size) return {};
    }
    HashingSink hash(&out);
    MABPLAN_TRY(count, copy_bytes(*source, hash));
    if (count == size && hash.finish() == digest) return {};
    MABPLAN_CHECK(store.remove(digest));
    return fail(ErrorKind::Verify, format("the blob {} in the store was damaged: it is removed", digest.text()),
                "run again: it is made or fetched anew");
}

Status write_blob(const std::string& path, const BlobStore& store, const Digest& digest, std::uint64_t size, const Stop* stop) {
    if (has_size(path, size)) return {};
    MABPLAN_TRY(file, PendingFile::beside(path));
    StoppedSink heeding(file, stop);
    MABPLAN_CHECK(pour_blob(store, digest, size, heeding));
    return file.publish(path, Durability::Cached);
}

Status write_blobs(const std::string& folder, const ImageContent& content, const BlobStore& store, const Stop* stop) {
    const auto known = all_blobs(content);
    const std::vector<std::pair<Digest, std::uint64_t>> blobs(known.begin(), known.end());
    return share_items(blobs.size(), kMostWrittenAtOnce, [&](std::size_t i) {
        const auto& [digest, size] = blobs[i];
        return write_blob(format("{}/{}", folder, blob_path(digest)), store, digest, size, stop);
    });
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

Status put_text(TarWriter& tar, std::string_view name, std::string_view text, std::int64_t mtime) {
    MABPLAN_CHECK(tar.begin(tar_entry(std::string(name), FileType::File, text.size(), mtime)));
    return tar.write(text);
}

// By full names where both have one, else by tags, which other programs write alone.
bool have_one_name(const Descriptor& one, const Descriptor& other) {
    const std::string name = full_name_of(one), others = full_name_of(other);
    return name.empty() || others.empty() ? tag_of(one) == tag_of(other) : name == others;
}

// A tag alone stands for one image of the layout: of several that have it, nobody says which is meant.
Status check_tags(const std::string& folder, const Index& before, const ImageContent& content) {
    for (const Descriptor& own : entries_of(content)) {
        if (tag_of(own).empty() || !full_name_of(own).empty()) continue;
        std::set<std::string> names;
        for (const Descriptor& entry : before.manifests)
            if (tag_of(entry) == tag_of(own) && !full_name_of(entry).empty()) names.insert(full_name_of(entry));
        if (names.size() > 1)
            return fail(ErrorKind::Input, format("the layout {} has several images tagged :{}: {}", folder, tag_of(own), join(names, ", ")),
                        format("say which one is replaced: {}:NAME:{}", folder, tag_of(own)));
    }
    return {};
}

// The former entries, but for those whose names are given anew: these have the place of the first that they replace.
Index merge(const Index& before, const ImageContent& content) {
    Index index{{}, before.annotations};
    const std::vector<Descriptor> all = entries_of(content);
    std::vector<Descriptor> ours = all;
    for (const Descriptor& entry : before.manifests) {
        const auto replaced = [&](const Descriptor& own) { return have_one_name(own, entry); };
        const auto own = std::find_if(ours.begin(), ours.end(), replaced);
        if (own != ours.end()) {
            index.manifests.push_back(std::move(*own));
            ours.erase(own);
        } else if (std::none_of(all.begin(), all.end(), replaced)) {
            index.manifests.push_back(entry);
        }
    }
    for (Descriptor& own : ours) index.manifests.push_back(std::move(own));
    return index;
}

// Empty where there is none yet.
Result<Index> read_layout_index(const std::string& folder) {
    const std::string path = format("{}/{}", folder, layout_names::kIndexFile);
    if (!path_exists(path)) return Index{};
    MABPLAN_TRY(text, read_file(path));
    auto document = parse_manifest(text, "", path);
    if (!document || !std::holds_alternative<Index>(*document))
        return fail(ErrorKind::Input, format("{} is no index of an OCI layout, and what it names is not to be lost", path),
                    "remove the folder, or name another one");
    return std::get<Index>(std::move(*document));
}

// Of those who write into one folder: released with the descriptor.
Result<Fd> take_turn(const std::string& folder) {
    Fd opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened.valid()) return system_error(errno, "open", folder);
    static_cast<void>(hold_lock(opened, LOCK_EX, folder));  // a file system without locks has none to wait for
    return opened;
}

// What no image of the layout needs any more. Nothing goes while it is not sure what they need.
Status remove_unused_blobs(const std::string& folder) {
    const auto layout = LayoutReader::open(folder);
    if (!layout) return {};
    const FindDocument find_document = [&](const Descriptor& document) -> std::optional<std::string> {
        auto bytes = layout->read(document);
        return bytes ? std::optional(std::move(*bytes)) : std::nullopt;
    };
    std::set<Digest> reached;
    for (const Descriptor& entry : layout->entries())
        if (!reach_blobs(entry, find_document, reached)) return {};
    const std::string blobs = format("{}/{}", folder, layout_names::kBlobFolder);
    MABPLAN_TRY(names, list_names(blobs));
    for (const std::string& name : names) {
        const auto digest = Digest::parse("sha256:" + name);
        if (digest && !reached.contains(*digest)) ::unlink(format("{}/{}", blobs, name).c_str());
    }
    return {};
}

}  // namespace

std::string write_layout_index(const ImageContent& content) { return write_index(Index{entries_of(content), {}}); }

bool layout_is_current(const std::string& folder, const ImageContent& content) {
    const auto marker = read_file(format("{}/{}", folder, layout_names::kMarkerFile));
    const auto index = read_layout_index(folder);
    if (!index || !marker || *marker != layout_names::kMarker || index->manifests.empty() || merge(*index, content) != *index) return false;
    const auto blobs = all_blobs(content);
    return std::all_of(blobs.begin(), blobs.end(),
                       [&](const auto& blob) { return has_size(format("{}/{}", folder, blob_path(blob.first)), blob.second); });
}

Status write_layout_folder(const std::string& folder, const ImageContent& content, const BlobStore& store, const Stop* stop) {
    MABPLAN_CHECK(make_directories(format("{}/{}", folder, layout_names::kBlobFolder)));
    MABPLAN_TRY(turn, take_turn(folder));
    sweep_unfinished(folder);
    sweep_unfinished(format("{}/{}", folder, layout_names::kBlobFolder));
    MABPLAN_TRY(before, read_layout_index(folder));
    MABPLAN_CHECK(check_tags(folder, before, content));
    MABPLAN_CHECK(write_blobs(folder, content, store, stop));
    MABPLAN_CHECK(write_file(format("{}/{}", folder, layout_names::kMarkerFile), layout_names::kMarker, 0644, Durability::Cached));
    MABPLAN_CHECK(write_file(format("{}/{}", folder, layout_names::kIndexFile), write_index(merge(before, content))));
    return before.manifests.empty() ? Status{} : remove_unused_blobs(folder);
}

Status write_layout_tar(ByteSink& out, std::span<const ImageContent> contents, const BlobStore& store, const std::string& docker_manifest) {
    const std::int64_t mtime = contents.empty() ? 0 : contents.front().time;
    std::map<Digest, std::uint64_t> blobs;
    for (const ImageContent& content : contents) blobs.merge(all_blobs(content));
    TarWriter tar(out);
    TarContent body(tar);
    MABPLAN_CHECK(tar.begin(tar_entry("blobs", FileType::Directory, 0, mtime)));
    MABPLAN_CHECK(tar.begin(tar_entry(std::string(layout_names::kBlobFolder), FileType::Directory, 0, mtime)));
    for (const auto& [digest, size] : blobs) {
        if (store.size(digest) != size) return fail(ErrorKind::Verify, format("the blob {} is not in the store", digest.text()));
        MABPLAN_CHECK(tar.begin(tar_entry(blob_path(digest), FileType::File, size, mtime)));
        MABPLAN_CHECK(pour_blob(store, digest, size, body));
    }
    MABPLAN_CHECK(put_text(tar, layout_names::kIndexFile, index_of(contents), mtime));
    if (!docker_manifest.empty()) MABPLAN_CHECK(put_text(tar, layout_names::kDockerManifestFile, docker_manifest, mtime));
    MABPLAN_CHECK(put_text(tar, layout_names::kMarkerFile, layout_names::kMarker, mtime));
    return tar.finish();
}

}  // namespace mabplan::runtime
