#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/cache_exchange.h"
#include "runtime/exchange_document.h"
#include "runtime/layer/codec.h"
#include "runtime/layer/tar_reader.h"
#include "runtime/snapshot/unpack.h"
#include "runtime/store/cache_folder.h"
#include "runtime/sys/file.h"
#include "runtime/sys/open_beneath.h"
#include "runtime/sys/stopped_stream.h"
#include "runtime/sys/system_error.h"
#include "runtime/sys/temporary.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <optional>
#include <set>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kMostDocument = 128U << 20U;
constexpr std::uint64_t kMostPart = 1U << 30U;      // of what belongs to a cache mount, but its tar
constexpr std::uint64_t kMostInAll = 16ULL << 40U;  // that a tar may hold
constexpr std::int64_t kSecond = 1'000'000'000;     // nanoseconds

// Ends what unpacks to more than any layer may.
class BoundedSink final : public ByteSink {
public:
    explicit BoundedSink(ByteSink& next) : next_(next) {}
    Status write(std::string_view bytes) override {
        count_ += bytes.size();
        if (count_ > TarLimits{}.max_bytes) return fail(ErrorKind::Verify, "a layer unpacks to more than any layer may");
        return next_.write(bytes);
    }

private:
    ByteSink& next_;
    std::uint64_t count_ = 0;
};

class CacheImport {
public:
    CacheImport(Store& store, std::string name, const Stop& stop) : store_(store), name_(std::move(name)), stop_(stop) {}

    // Into the store, if the bytes are what their name says.
    Status take_blob(const Digest& digest, std::unique_ptr<ByteSource> bytes);
    // What belongs to cache mounts is put aside, verified as well.
    Status take_part(const Digest& digest, std::unique_ptr<ByteSource> bytes);
    Result<ExchangeReport> take(const ExchangeDocument& document);

private:
    Status take_layer(const ExchangedLayer& layer);
    Status take_packed(const ExchangedLayer& layer, const ExchangedLayer::Packed& form);
    Status take_results(const ExchangeDocument& document);
    Status take_mount(const ExchangedMount& mount);
    Status fill_mount(const ExchangedMount& mount, const std::string& folder);
    Result<std::string> read_part(const Digest& digest) const;
    Failure lacks(const Digest& digest) const {
        return fail(ErrorKind::Verify, format("{} names {}, which it does not hold", name_, digest.text()), "export it again");
    }

    Store& store_;
    std::string name_;
    const Stop& stop_;
    std::map<Digest, std::string> parts_;  // files in the scratch folder
    ExchangeReport report_;
};

Status CacheImport::take_blob(const Digest& digest, std::unique_ptr<ByteSource> bytes) {
    ++report_.blobs;
    StoppedSource heeding(std::move(bytes), &stop_);
    MABPLAN_TRY(out, store_.blobs().create());
    MABPLAN_CHECK(copy_bytes(heeding, *out));
    report_.bytes += out->count();
    auto kept = out->commit(digest);
    if (!kept) return pass(std::move(kept).error(), format("reading {} of {}", digest.text(), name_));
    return {};
}

Status CacheImport::take_part(const Digest& digest, std::unique_ptr<ByteSource> bytes) {
    ++report_.blobs;
    StoppedSource heeding(std::move(bytes), &stop_);
    MABPLAN_TRY(file, make_fresh_file(store_.scratch(), "import"));
    const auto out = write_to(file.file.get(), file.path, &stop_);
    HashingSink hash(out.get());
    MABPLAN_CHECK(copy_bytes(heeding, hash));
    report_.bytes += hash.count();
    if (hash.finish() != digest)
        return fail(ErrorKind::Verify, format("{} has other bytes for {} than its digest says", name_, digest.text()), "export it again");
    parts_[digest] = std::move(file.path);
    return {};
}

Result<std::string> CacheImport::read_part(const Digest& digest) const {
    const auto part = parts_.find(digest);
    if (part == parts_.end()) return lacks(digest);
    return read_file(part->second, kMostPart);
}

// Compared with the layer, whatever is said of it: then it is one of its packed forms. The first one gives the layer's tar.
Status CacheImport::take_packed(const ExchangedLayer& layer, const ExchangedLayer::Packed& form) {
    if (store_.blobs().size(form.layer.digest) != form.layer.bytes) return lacks(form.layer.digest);
    MABPLAN_TRY(known, store_.records().find_packed(layer.diff_id, form.codec));
    const bool is_there = store_.blobs().size(layer.diff_id).has_value();
    if (known && is_there) return {};
    MABPLAN_TRY(bytes, store_.blobs().open(form.layer.digest));
    MABPLAN_TRY(tar, decompress(std::move(bytes)));
    StoppedSource heeding(std::move(tar), &stop_);
    const auto differs = [&] {
        return fail(ErrorKind::Verify,
                    format("the blob {} of {} is not the layer {}", form.layer.digest.text(), name_, layer.diff_id.text()),
                    "export it again");
    };
    if (is_there) {
        HashingSink hash;
        BoundedSink bounded(hash);
        MABPLAN_CHECK(copy_bytes(heeding, bounded));
        if (hash.finish() != layer.diff_id) return differs();
    } else {
        MABPLAN_TRY(out, store_.blobs().create());
        BoundedSink bounded(*out);
        MABPLAN_CHECK(copy_bytes(heeding, bounded));
        auto kept = out->commit(layer.diff_id);
        if (!kept && kept.error().kind == ErrorKind::Verify) return differs();
        MABPLAN_CHECK(kept);
    }
    return known ? Status{} : store_.records().put_packed(layer.diff_id, form.codec, form.layer);
}

Status CacheImport::take_layer(const ExchangedLayer& layer) {
    for (const ExchangedLayer::Packed& form : layer.packed) MABPLAN_CHECK(take_packed(layer, form));
    if (!store_.blobs().size(layer.diff_id)) return lacks(layer.diff_id);
    if (layer.programs) MABPLAN_CHECK(store_.records().put_programs(layer.diff_id, *layer.programs));
    return store_.records().put_baked_in(layer.diff_id, layer.baked_in);
}

// What this store knows by itself stays.
Status CacheImport::take_results(const ExchangeDocument& document) {
    std::set<Digest> layers;
    for (const ExchangedLayer& layer : document.layers) layers.insert(layer.diff_id);
    for (const ExchangedResult& each : document.results) {
        if (!layers.contains(each.result.diff_id)) return fail(ErrorKind::Verify, format("{} has a result without its layer", name_));
        const ResultKey key{each.key, each.kind, each.instructions, [&] { return each.why; }};
        MABPLAN_TRY(known, store_.records().find(key));
        if (known) {
            ++report_.known;
            continue;
        }
        MABPLAN_CHECK(store_.records().put(key, each.result));
        ++report_.results;
    }
    return {};
}

Status CacheImport::fill_mount(const ExchangedMount& mount, const std::string& folder) {
    const auto part = parts_.find(mount.tar);
    if (part == parts_.end()) return lacks(mount.tar);
    MABPLAN_TRY(times, read_part(mount.times));
    if (::mkdir(folder.c_str(), 0755) != 0) return system_error(errno, "make the folder", folder);
    MABPLAN_TRY(file, open_file(part->second, O_RDONLY));
    const auto tar = read_from(file.release(), part->second, &stop_);
    MABPLAN_CHECK(unpack_layer(*tar, folder));
    MABPLAN_TRY(root, open_file(folder, O_RDONLY | O_DIRECTORY));
    for (const std::string_view line : split(times, '\0')) {
        const std::size_t blank = line.find(' ');
        const auto time = parse_signed(line.substr(0, blank));
        if (!time || blank == std::string_view::npos) continue;
        const std::string path(line.substr(blank + 1));
        const timespec at{*time / kSecond - (*time % kSecond < 0 ? 1 : 0), (*time % kSecond + kSecond) % kSecond};
        const std::array<timespec, 2> both{at, at};
        const Fd parent = open_beneath(root.get(), path == "." ? "." : std::string(parent_path(path)), O_RDONLY | O_DIRECTORY);
        const std::string name = path == "." ? "." : std::string(base_name(path));
        if (parent.valid() && name != "..") static_cast<void>(::utimensat(parent.get(), name.c_str(), both.data(), AT_SYMLINK_NOFOLLOW));
    }
    return {};
}

// One that is there already is others', and stays.
Status CacheImport::take_mount(const ExchangedMount& mount) {
    const std::string instance = format("{}/cache-mounts/{}/0", store_.root(), mount.key.hex());
    bool is_filled = false;
    if (!path_exists(instance + "/fs")) {
        CacheFolderRequest request{mount.key, mount.about, FolderSharing::Locked, [&](const std::string& folder) {
                                       is_filled = true;
                                       return fill_mount(mount, folder);
                                   }};
        request.stop_fd = stop_.fd();
        MABPLAN_TRY(folder, CacheFolder::take(store_.root(), request));
        if (is_filled && !mount.seen.empty()) {
            MABPLAN_TRY(seen, read_part(mount.seen));
            MABPLAN_CHECK(write_file(instance + "/seen", seen, 0600, Durability::Cached));
        }
    }
    ++(is_filled ? report_.mounts : report_.known);
    return {};
}

// What addresses gave is for builds without a network: whoever is online asks anew.
Result<ExchangeReport> CacheImport::take(const ExchangeDocument& document) {
    for (const ExchangedLayer& layer : document.layers) MABPLAN_CHECK(take_layer(layer));
    report_.layers = document.layers.size();
    MABPLAN_CHECK(take_results(document));
    for (const ExchangedMount& mount : document.mounts) MABPLAN_CHECK(take_mount(mount));
    for (const auto& [address, answer] : document.remote) {
        MABPLAN_TRY(known, store_.records().find_remote(address));
        if (!known) MABPLAN_CHECK(store_.records().put_remote(address, {answer.value, {}, {}}));
    }
    return std::move(report_);
}

// The content of the entry that a reader stands on.
class EntryBytes final : public ByteSource {
public:
    explicit EntryBytes(TarReader& tar) : tar_(tar) {}
    Result<std::size_t> read(std::span<char> buffer) override {
        while (rest_.empty()) {
            MABPLAN_TRY(block, tar_.read());
            if (!block) return std::size_t{0};
            rest_ = block->bytes;
        }
        const std::size_t count = std::min(buffer.size(), rest_.size());
        std::copy_n(rest_.begin(), count, buffer.begin());
        rest_.remove_prefix(count);
        return count;
    }

private:
    TarReader& tar_;
    std::string_view rest_;
};

// "blobs/sha256/HEX" of the folder "blobs/sha256".
std::optional<Digest> digest_in(std::string_view path, std::string_view folder) {
    if (!path.starts_with(folder) || path.size() <= folder.size() || path[folder.size()] != '/') return std::nullopt;
    const auto digest = Digest::parse(format("sha256:{}", path.substr(folder.size() + 1)));
    return digest ? std::optional(*digest) : std::nullopt;
}

std::string_view without_dot(std::string_view path) { return path.starts_with("./") ? path.substr(2) : path; }

}  // namespace

Result<ExchangeReport> import_cache_from_folder(Store& store, const std::string& folder, const Stop& stop) {
    const std::string path = format("{}/{}", folder, kExchangeFile);
    auto text = read_file(path, kMostDocument);
    if (!text) return pass(std::move(text).error().with_hint("a folder that `mabplan cache export` has written is expected"));
    MABPLAN_TRY(document, read_exchange(*text, path));
    CacheImport import(store, folder, stop);
    for (const std::string_view inner : {kBlobFolder, kMountFolder}) {
        const std::string files = format("{}/{}", folder, inner);
        if (!path_exists(files)) continue;
        MABPLAN_TRY(names, list_names(files));
        for (const std::string& name : names) {
            const auto digest = Digest::parse("sha256:" + name);
            const bool is_part = inner == kMountFolder;
            if (!digest || (!is_part && store.blobs().size(*digest))) continue;
            const std::string file_path = format("{}/{}", files, name);
            MABPLAN_TRY(file, open_file(file_path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
            auto bytes = read_from(file.release(), file_path, &stop);
            MABPLAN_CHECK(is_part ? import.take_part(*digest, std::move(bytes)) : import.take_blob(*digest, std::move(bytes)));
        }
    }
    return import.take(document);
}

Result<ExchangeReport> import_cache_from_tar(Store& store, std::unique_ptr<ByteSource> tar, const std::string& name, const Stop& stop) {
    MABPLAN_TRY(plain, decompress(std::move(tar)));
    TarLimits limits;
    limits.max_bytes = kMostInAll;
    TarReader reader(*plain, limits);
    CacheImport import(store, name, stop);
    std::optional<ExchangeDocument> document;
    for (;;) {
        MABPLAN_TRY(entry, reader.next());
        if (!entry) break;
        const std::string path(without_dot(entry->path));
        if (entry->entry.type != FileType::File) continue;
        if (const auto digest = digest_in(path, kBlobFolder); digest && !store.blobs().size(*digest))
            MABPLAN_CHECK(import.take_blob(*digest, std::make_unique<EntryBytes>(reader)));
        if (const auto digest = digest_in(path, kMountFolder))
            MABPLAN_CHECK(import.take_part(*digest, std::make_unique<EntryBytes>(reader)));
        if (path != kExchangeFile) continue;
        EntryBytes bytes(reader);
        MABPLAN_TRY(text, read_text(bytes, kMostDocument));
        MABPLAN_TRY(read, read_exchange(text, format("{} in {}", kExchangeFile, name)));
        document = std::move(read);
    }
    if (!document)
        return fail(ErrorKind::Input, format("{} holds no {}: it is no exported cache, or not all of it", name, kExchangeFile),
                    "make one with `mabplan cache export`");
    return import.take(*document);
}

}  // namespace mabplan::runtime
