#include "runtime/freshness/layer_listing.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/freshness/checked_file.h"
#include "runtime/freshness/own_format.h"
#include "runtime/layer/upper_entry.h"
#include "runtime/sys/byte_stream.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <optional>

namespace mabplan::runtime {

namespace {

constexpr std::string_view kMagic = "maplist1";
constexpr std::int64_t kNanoseconds = 1'000'000'000;

// A directory on the way down. Only the innermost one is held open: trees may be deeper than files may be open.
struct Level {
    std::string path;
    Fd handle;
    std::vector<UpperName> names;
    std::size_t next = 0;
};

class Lister {
public:
    Result<LayerListing> list(const std::string& root);

private:
    Status enter(UpperEntry found, std::string path);
    Status leave();
    Status add(const std::string& name);

    LayerListing listing_;
    std::vector<Level> levels_;
};

ListedKind kind_of(const UpperEntry& found) {
    if (found.whiteout) return ListedKind::Whiteout;
    switch (found.facts.type) {
        case FileType::Directory: return ListedKind::Directory;
        case FileType::File: return ListedKind::File;
        case FileType::Symlink: return ListedKind::Symlink;
        default: return ListedKind::Node;
    }
}

Result<Fingerprint> content_of(ListedKind kind, UpperEntry& found, const std::string& path) {
    if (kind == ListedKind::Symlink) return fingerprint_of(kind, found.facts.link_target);
    if (kind == ListedKind::Node) return fingerprint_of(kind, format("{} {}", file_type_letter(found.facts.type), found.facts.device));
    if (kind != ListedKind::File) return Fingerprint{};
    const auto source = read_from(found.handle.release(), path);
    HashingSink hash;
    MABPLAN_CHECK(copy_bytes(*source, hash));
    return fingerprint_of(kind, hash.finish().bytes());
}

Result<ListedFile> listed(UpperEntry& found, std::string path) {
    ListedFile file;
    file.kind = kind_of(found);
    MABPLAN_TRY(content, content_of(file.kind, found, path));
    file.content = content;
    file.path = std::move(path);
    file.opaque = found.opaque;
    file.implicit = found.implicit;
    file.link_target = std::move(found.facts.link_target);
    file.mtime_ns = found.facts.mtime_s * kNanoseconds + found.facts.mtime_ns;
    file.bytes = found.facts.size;
    return file;
}

Status Lister::enter(UpperEntry found, std::string path) {
    MABPLAN_TRY(names, list_upper(found.handle.get(), path));
    std::sort(names.begin(), names.end(), [](const UpperName& a, const UpperName& b) { return a.name < b.name; });
    MABPLAN_TRY(file, listed(found, path));
    listing_.push_back(std::move(file));
    if (!levels_.empty()) levels_.back().handle.reset();
    levels_.push_back({std::move(path), std::move(found.handle), std::move(names), 0});
    return {};
}

Status Lister::leave() {
    const Level left = std::move(levels_.back());
    levels_.pop_back();
    if (levels_.empty()) return {};
    levels_.back().handle.reset(::openat(left.handle.get(), "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!levels_.back().handle.valid()) return system_error(errno, "open the folder", levels_.back().path);
    return {};
}

Status Lister::add(const std::string& name) {
    std::string path = levels_.back().path.empty() ? name : levels_.back().path + "/" + name;
    MABPLAN_TRY(found, read_upper_entry(levels_.back().handle.get(), name, path));
    if (found.facts.type == FileType::Directory) return enter(std::move(found), std::move(path));
    MABPLAN_TRY(file, listed(found, std::move(path)));
    listing_.push_back(std::move(file));
    return {};
}

Result<LayerListing> Lister::list(const std::string& root) {
    MABPLAN_TRY(directory, open_file(root, O_RDONLY | O_DIRECTORY));
    MABPLAN_TRY(found, read_upper_entry(directory.get(), ".", root));
    MABPLAN_CHECK(enter(std::move(found), {}));
    while (!levels_.empty()) {
        Level& level = levels_.back();
        if (level.next == level.names.size()) MABPLAN_CHECK(leave());
        else MABPLAN_CHECK(add(level.names[level.next++].name));
    }
    return std::move(listing_);
}

std::string pack(const LayerListing& listing) {
    std::string bytes;
    append_value(bytes, std::uint64_t{listing.size()});
    for (const ListedFile& file : listing) {
        append_value(bytes, file.kind);
        append_value(bytes, static_cast<std::uint8_t>((file.opaque ? 1 : 0) | (file.implicit ? 2 : 0)));
        append_text(bytes, file.path);
        append_text(bytes, file.link_target);
        append_value(bytes, file.content);
        append_value(bytes, file.mtime_ns);
        append_value(bytes, file.bytes);
    }
    return bytes;
}

std::optional<LayerListing> unpack(std::string_view bytes) {
    OwnReader in(bytes);
    const auto count = in.value<std::uint64_t>();
    LayerListing listing;
    for (std::uint64_t i = 0; i < count && !in.failed(); ++i) {
        ListedFile file;
        file.kind = in.value<ListedKind>();
        const auto flags = in.value<std::uint8_t>();
        file.opaque = (flags & 1U) != 0;
        file.implicit = (flags & 2U) != 0;
        file.path = in.text();
        file.link_target = in.text();
        file.content = in.value<Fingerprint>();
        file.mtime_ns = in.value<std::int64_t>();
        file.bytes = in.value<std::uint64_t>();
        listing.push_back(std::move(file));
    }
    if (in.failed() || in.left() != 0) return std::nullopt;
    return listing;
}

// A slash stands before every other byte: so all that is below a directory follows it.
int byte_at(std::string_view path, std::size_t at) {
    if (at == path.size()) return -1;
    return path[at] == '/' ? 0 : static_cast<unsigned char>(path[at]);
}

}  // namespace

bool precedes_in_listing(std::string_view a, std::string_view b) {
    const std::size_t common = std::min(a.size(), b.size());
    const auto at =
        static_cast<std::size_t>(std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(common), b.begin()).first - a.begin());
    return byte_at(a, at) < byte_at(b, at);
}

Fingerprint fingerprint_of(ListedKind kind, const Sha256Bytes& hash) {
    Fingerprint fingerprint{};
    std::copy_n(hash.begin(), fingerprint.size(), fingerprint.begin());
    fingerprint[0] = static_cast<std::uint8_t>(kind);
    return fingerprint;
}

Fingerprint fingerprint_of(ListedKind kind, std::string_view content) { return fingerprint_of(kind, sha256(content)); }

Result<LayerListing> read_layer_listing(const std::string& fs_folder) {
    const std::string path = format("{}/listing", parent_path(fs_folder));
    if (const auto bytes = read_checked_file(path, kMagic))
        if (auto listing = unpack(*bytes)) return *std::move(listing);
    MABPLAN_TRY(listing, Lister().list(fs_folder));
    MABPLAN_CHECK(write_checked_file(path, kMagic, pack(listing)));
    return listing;
}

Result<std::shared_ptr<const LayerListing>> LayerListings::of(const std::string& fs_folder) {
    const auto all = known_.lock();  // also while it is read: nobody reads one twice
    auto& known = (*all)[fs_folder];
    if (known) return known;
    MABPLAN_TRY(listing, read_layer_listing(fs_folder));
    known = std::make_shared<const LayerListing>(std::move(listing));
    return known;
}

}  // namespace mabplan::runtime
