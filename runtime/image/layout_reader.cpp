#include "runtime/image/layout_reader.h"

#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"
#include "runtime/image/layout_names.h"
#include "runtime/sys/file.h"
#include "runtime/sys/named_file.h"
#include "runtime/sys/stopped_stream.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <set>

namespace mabplan::runtime {

namespace {

Status check_version(const std::string& folder) {
    const std::string path = format("{}/{}", folder, layout_names::kMarkerFile);
    if (!path_exists(path))
        return fail(ErrorKind::Input, format("{} is not an OCI layout: it has no file \"oci-layout\"", mabplan::quoted(folder)),
                    is_directory(folder) ? "" : "there is no such folder");
    MABPLAN_TRY(text, read_file(path, kMostDocumentBytes));
    MABPLAN_TRY(json, parse_json(text, path));
    const std::string version = find_string(json, "imageLayoutVersion").value_or("");
    if (!version.starts_with("1."))
        return input_error(format("{}: layout version {} is not known, expected 1.0.0", path, mabplan::quoted(version)));
    return {};
}

// The same document under several names counts once.
std::vector<Descriptor> without_repeats(std::vector<Descriptor> entries) {
    std::set<Digest> seen;
    std::erase_if(entries, [&](const Descriptor& entry) { return !seen.insert(entry.digest).second; });
    return entries;
}

bool are_platforms_of_one(const std::vector<Descriptor>& entries) {
    std::set<Platform> platforms;
    return std::all_of(entries.begin(), entries.end(), [&](const Descriptor& entry) {
        return entry.platform && tag_of(entry) == tag_of(entries.front()) && platforms.insert(*entry.platform).second;
    });
}

}  // namespace

Result<LayoutAddress> parse_layout_address(std::string_view text) {
    LayoutAddress address;
    if (const std::size_t at = text.rfind('@'); at != std::string_view::npos && text.find('/', at) == std::string_view::npos) {
        MABPLAN_TRY(digest, Digest::parse(text.substr(at + 1)));
        address.digest = std::move(digest);
        text = text.substr(0, at);
    }
    const std::size_t slash = text.rfind('/');
    const std::size_t colon = text.find(':', slash == std::string_view::npos ? 0 : slash);
    if (colon != std::string_view::npos) address.tag = std::string(text.substr(colon + 1));
    address.folder = std::string(text.substr(0, colon));
    if (address.folder.empty())
        return input_error(format("{} names no folder: expected DIR, DIR:TAG or DIR@sha256:…", mabplan::quoted(text)));
    return address;
}

std::string format_layout_address(const LayoutAddress& address) {
    return address.folder + (address.tag.empty() ? "" : ":" + address.tag) + (address.digest ? "@" + address.digest->text() : "");
}

Result<LayoutReader> LayoutReader::open(const std::string& folder, const Stop* stop) {
    MABPLAN_CHECK(check_version(folder));
    const std::string path = format("{}/{}", folder, layout_names::kIndexFile);
    MABPLAN_TRY(text, read_file(path, kMostDocumentBytes));
    MABPLAN_TRY(document, parse_manifest(text, "", path));
    if (!std::holds_alternative<Index>(document)) return input_error(format("{} is not an index", path));
    return LayoutReader(folder, std::get<Index>(std::move(document)), stop);
}

std::string LayoutReader::path(const Digest& digest) const { return format("{}/{}/{}", folder_, layout_names::kBlobFolder, digest.hex()); }

Failure LayoutReader::not_found(std::string_view what) const {
    std::vector<std::string> tags;
    std::string list;
    for (const Descriptor& entry : index_.manifests) {
        const std::string full = full_name_of(entry);
        const std::string tag = full.empty() ? tag_of(entry) : full;
        if (!tag.empty()) tags.push_back(tag);
        if (!full.empty() && !tag_of(entry).empty()) tags.push_back(tag_of(entry));
        list += format("{}{}{}", list.empty() ? "" : ", ", tag.empty() ? "" : tag + " = ", entry.digest.text());
    }
    const std::string tag(what.substr(what.find(':') + 1));
    return fail(ErrorKind::Input, format("the layout {} {}", folder_, what), suggestion(tag, tags),
                list.empty() ? "it is empty" : "images there are: " + list);
}

Result<std::vector<Descriptor>> LayoutReader::find_digest(const Digest& digest) const {
    for (const Descriptor& entry : index_.manifests)
        if (entry.digest == digest) return std::vector<Descriptor>{entry};
    struct stat facts {};
    if (::stat(path(digest).c_str(), &facts) != 0) return not_found(format("has no image {}", digest.text()));
    Descriptor inside;
    inside.digest = digest;
    inside.size = static_cast<std::uint64_t>(facts.st_size);
    MABPLAN_TRY(bytes, read(inside));
    MABPLAN_TRY(document, parse_manifest(bytes, "", path(digest)));
    inside.media_type = type_of(document);
    return std::vector<Descriptor>{std::move(inside)};
}

Result<std::vector<Descriptor>> LayoutReader::find(const LayoutAddress& address) const {
    if (address.digest) return find_digest(*address.digest);
    std::vector<Descriptor> found;
    const std::string full = full_layout_name(address.tag);
    for (const Descriptor& entry : index_.manifests)
        if (address.tag.empty() || tag_of(entry) == address.tag || (!full.empty() && full_name_of(entry) == full)) found.push_back(entry);
    // what has this tag alone is meant rather than what has a full name, too
    const auto has_full = [](const Descriptor& entry) { return !full_name_of(entry).empty(); };
    if (!address.tag.empty() && full.empty() && !std::all_of(found.begin(), found.end(), has_full)) std::erase_if(found, has_full);
    found = without_repeats(std::move(found));
    if (found.empty()) return not_found(address.tag.empty() ? "has no image" : format("has no image tagged :{}", address.tag));
    if (found.size() == 1 || are_platforms_of_one(found)) return found;
    if (!address.tag.empty()) {
        Failure several = not_found(format("has several images tagged :{}", address.tag));
        several.value().hint = format("write {}:NAME, or {}@DIGEST", folder_, folder_);
        return several;
    }
    LayoutAddress latest = address;
    latest.tag = "latest";
    const bool has_latest = std::any_of(found.begin(), found.end(), [](const Descriptor& entry) { return tag_of(entry) == "latest"; });
    if (has_latest) return find(latest);
    Failure failure = not_found("has several images: which one is meant?");
    failure.value().hint = format("write {0}:TAG or {0}@DIGEST", folder_);
    return failure;
}

Result<std::string> LayoutReader::read(const Descriptor& blob) const {
    if (blob.size > kMostDocumentBytes) return fail(ErrorKind::Verify, format("{} is larger than a document may be", path(blob.digest)));
    MABPLAN_TRY(bytes, read_file(path(blob.digest), kMostDocumentBytes, ErrorKind::Verify));
    if (bytes.size() != blob.size)
        return fail(ErrorKind::Verify, format("{} has {} bytes, expected are {}", path(blob.digest), bytes.size(), blob.size));
    if (Digest::of(bytes) != blob.digest)
        return fail(ErrorKind::Verify, format("{} is damaged: its bytes hash to {}", path(blob.digest), Digest::of(bytes).text()));
    return bytes;
}

Status LayoutReader::send(const Descriptor& blob, ByteSink& sink) const {
    MABPLAN_TRY(file, open_to_read(path(blob.digest), ErrorKind::Verify));
    const std::unique_ptr<ByteSource> source = read_from(file.release(), path(blob.digest));
    StoppedSink heeding(sink, stop_);
    MABPLAN_TRY(count, copy_bytes(*source, heeding));
    if (count == blob.size) return {};
    return fail(ErrorKind::Verify, format("{} has {} bytes, expected are {}", path(blob.digest), count, blob.size));
}

Status LayoutReader::copy(const Descriptor& blob, const BlobStore& store, const ByteProgress& progress) const {
    if (store.size(blob.digest) == blob.size) return {};
    MABPLAN_TRY(writer, store.create());
    ProgressSink sink(*writer, progress, blob.size);
    MABPLAN_CHECK(send(blob, sink));
    Result<Digest> committed = writer->commit(blob.digest);
    if (!committed) return pass(std::move(committed).error(), format("reading {}", path(blob.digest)));
    return {};
}

}  // namespace mabplan::runtime
