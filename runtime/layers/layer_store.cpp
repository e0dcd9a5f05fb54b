#include "runtime/layers/layer_store.h"

#include "plans/base/format.h"
#include "runtime/layer/byte_pipe.h"
#include "runtime/layer/codec.h"
#include "runtime/layer/layer_diff.h"
#include "runtime/layers/arriving_blob.h"
#include "runtime/layers/stored_members.h"
#include "runtime/snapshot/layer_tree.h"
#include "runtime/sys/file.h"
#include "runtime/sys/stopped_stream.h"
#include "runtime/sys/temporary.h"
#include "runtime/sys/thread.h"

#include <algorithm>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kMostAtOnce = 4;  // layers that are fetched and unpacked side by side

// Of what compression the bytes are they say themselves, as for containerd: media types are wrong at times. What is no tar by its type, or
// an encrypted one, is refused.
Status check_layer_type(std::string_view type) {
    const auto known = layer_compression(type);
    if (known) return {};
    const bool may_be_tar = type.find("tar") != std::string_view::npos || type == "application/octet-stream";
    if (may_be_tar && !type.ends_with("+encrypted")) return {};
    return pass(known.error());
}

}  // namespace

LayerStore::LayerStore(Store& store, const ContentStore& content, BlobFetcher& fetcher, int threads, std::uint64_t max_bytes)
    : store_(store),
      content_(content),
      fetcher_(fetcher),
      threads_(threads),
      max_bytes_(max_bytes),
      snapshots_(store.root(), store.scratch(), {.unpack = {}, .durability = Durability::Cached}),
      stacks_(snapshots_) {}

// Our own layers are as large as they were made.
TarLimits LayerStore::limits_of(const Digest& diff_id) const {
    TarLimits limits;
    if (bases_.contains(diff_id)) limits.max_bytes = max_bytes_;
    return limits;
}

void LayerStore::know_base(const BaseLayer& layer, const ImageLocation& location, PlaceOfBase from) {
    const auto [base, added] = bases_.emplace(layer.diff_id, Base{layer, location, std::move(from)});
    if (added) packed_.emplace(layer.blob.digest, &base->second);
    // what is here of it is in use from now on
    static_cast<void>(store_.blobs().size(layer.blob.digest));
    static_cast<void>(store_.blobs().size(layer.diff_id));
    if (!in_memory_) static_cast<void>(snapshots_.contains(layer.diff_id));
}

Result<bool> LayerStore::has_content(const Digest& diff_id) const {
    MABPLAN_TRY(found, content_.has(std::span(&diff_id, 1)));
    return found.front();
}

Result<bool> LayerStore::has(const Digest& diff_id) const {
    if (bases_.contains(diff_id) || (!in_memory_ && snapshots_.contains(diff_id))) return true;
    return has_content(diff_id);
}

Status LayerStore::fetch(const Base& base) {
    const Digest& digest = base.layer.blob.digest;
    const auto turn = fetching_.take(digest);
    if (store_.blobs().size(digest) == base.layer.blob.size) return {};
    return fetcher_.fetch(base.location, base.layer.blob, {});
}

Result<std::unique_ptr<ByteSource>> LayerStore::open_base(const Base& base, Bytes bytes) {
    const Descriptor& blob = base.layer.blob;
    if (bytes == Bytes::Verified) MABPLAN_CHECK(fetch(base));
    if (store_.blobs().size(blob.digest) == blob.size) return store_.blobs().open(blob.digest);
    return read_produced([this, &base](ByteSink& out) -> Status {
        const auto turn = fetching_.take(base.layer.blob.digest);
        return fetch_through(fetcher_, store_.blobs(), base.location, base.layer.blob, out);
    });
}

Status LayerStore::bring(const Descriptor& blob) {
    if (store_.blobs().size(blob.digest) == blob.size) return {};
    const auto base = packed_.find(blob.digest);
    if (base == packed_.end()) return fail(ErrorKind::Verify, format("the blob {} is not in the store", blob.digest.text()));
    return fetch(*base->second);
}

std::optional<ImageLocation> LayerStore::origin(const Digest& blob) const {
    const auto base = packed_.find(blob);
    return base == packed_.end() ? std::nullopt : std::optional(base->second->location);
}

Result<std::unique_ptr<ByteSource>> LayerStore::open_tar(const Digest& diff_id) { return open_tar_as(diff_id, Bytes::Verified); }

Result<std::unique_ptr<ByteSource>> LayerStore::open_tar_as(const Digest& diff_id, Bytes bytes) {
    MABPLAN_CHECK(go_on(stop_));
    MABPLAN_TRY(tar, find_tar(diff_id, bytes));
    return std::make_unique<StoppedSource>(std::move(tar), stop_);
}

Result<std::unique_ptr<ByteSource>> LayerStore::find_tar(const Digest& diff_id, Bytes bytes) {
    const auto base = bases_.find(diff_id);
    // whether its bytes came before or not
    if (base != bases_.end()) MABPLAN_CHECK(check_layer_type(base->second.layer.blob.media_type));
    if (store_.blobs().size(diff_id)) return store_.blobs().open(diff_id);
    if (base != bases_.end()) {
        MABPLAN_TRY(packed, open_base(base->second, bytes));
        return decompress(std::move(packed));
    }
    bool is_unpacked = false;  // without the namespace that it was unpacked in its owners are not those of the layer
    if (!in_memory_) {
        MABPLAN_TRY(holds, snapshots_.holds(diff_id));
        is_unpacked = holds;
    }
    if (is_unpacked) {
        return read_produced([path = snapshots_.path(diff_id)](ByteSink& out) -> Status {
            MABPLAN_CHECK(write_snapshot_tar(path, out));
            return {};
        });
    }
    MABPLAN_TRY(is_elsewhere, has_content(diff_id));
    if (!is_elsewhere) return fail(ErrorKind::Verify, format("the layer {} is not in the store", diff_id.text()));
    return content_.open(diff_id);
}

void LayerStore::tell_damage(Tell tell) {
    tell_ = std::move(tell);
    snapshots_.on_damage([this](const Digest& diff_id) {
        const bool is_base = bases_.contains(diff_id);
        tell_(
            format("the unpacked layer {} in the store is not as it was left (it was changed, or the store was copied): it is made again{}",
                   diff_id.short_hex(), is_base ? " from its image" : ""));
    });
}

Status LayerStore::drop(const Digest& diff_id) {
    if (!bases_.contains(diff_id)) ++losses_;
    // the record goes first: what it promises must be there while it stands
    MABPLAN_CHECK(store_.records().forget_layer(diff_id));
    MABPLAN_CHECK(store_.blobs().remove(diff_id));
    if (const auto base = bases_.find(diff_id); base != bases_.end()) MABPLAN_CHECK(store_.blobs().remove(base->second.layer.blob.digest));
    return in_memory_ ? Status{} : snapshots_.remove(diff_id);
}

// Whether the blob that a layer is made from has other bytes than its digest says.
Result<bool> LayerStore::is_damaged(const Digest& diff_id) {
    const auto base = bases_.find(diff_id);
    const Digest& digest = base == bases_.end() || store_.blobs().size(diff_id) ? diff_id : base->second.layer.blob.digest;
    if (!store_.blobs().size(digest)) return true;
    MABPLAN_TRY(blob, store_.blobs().open(digest));
    HashingSink hash;
    MABPLAN_CHECK(copy_bytes(*blob, hash));
    return hash.finish() != digest;
}

// Errors say which blob of which image it is, and which FROM asks for it.
Error LayerStore::about(const Digest& diff_id, Error error) const {
    const auto base = bases_.find(diff_id);
    if (base == bases_.end()) return std::move(error).with_context(format("reading the layer {}", diff_id.text()));
    if (error.kind == ErrorKind::Input && error.hint.empty())
        error.hint =
            "nobody can unpack this layer as it is: have the image made again from the same files, with layers that are whole tar archives "
            "(image specification, layer.md)";
    if (base->second.from && !error.place) error.place = base->second.from();
    return std::move(error).with_context(
        format("reading the layer {} of the image {}", base->second.layer.blob.digest.text(), base->second.location.address));
}

// A layer that cannot be made of its blob may be refused, or its blob is damaged: then a base layer can be fetched once more. What was read
// while it arrived had not been verified: that is made again of bytes that are.
template <class Make>
auto LayerStore::make_whole(const Digest& diff_id, const Make& make) -> decltype(make()) {
    const auto base = bases_.find(diff_id);
    const bool arrives = base != bases_.end() && !store_.blobs().size(base->second.layer.blob.digest);
    const bool was_here = base == bases_.end() && (store_.blobs().size(diff_id) || (!in_memory_ && snapshots_.contains(diff_id)));
    auto made = make();
    const auto is_refused = [&] { return !made && (made.error().kind == ErrorKind::Input || made.error().kind == ErrorKind::Verify); };
    if (is_refused() && arrives) {
        if (Status fetched = fetch(base->second); !fetched) return fail(about(diff_id, std::move(fetched).error()));
        made = make();
    }
    if (!is_refused()) return made;
    MABPLAN_TRY(damaged, is_damaged(diff_id));
    if (damaged) MABPLAN_CHECK(drop(diff_id));
    if (damaged && base != bases_.end()) made = make();
    if (!made && damaged && was_here)
        return fail(ErrorKind::Verify, format("the layer {} in the store was damaged: it is removed", diff_id.text()),
                    "run again: it is made anew");
    if (!made) return fail(about(diff_id, std::move(made).error()));
    return made;
}

Result<std::string> LayerStore::snapshot(const Digest& diff_id) {
    return make_whole(diff_id, [&] {
        return snapshots_.ensure(
            diff_id, [&] { return open_tar_as(diff_id, Bytes::Arriving); }, limits_of(diff_id));
    });
}

Status LayerStore::unpack(const Digest& diff_id, const std::string& folder) {
    return make_whole(diff_id, [&]() -> Status {
        MABPLAN_CHECK(remove_tree(folder));
        MABPLAN_CHECK(make_new_folder(folder, 0700));
        MABPLAN_TRY(tar, open_tar(diff_id));
        HashingSource hash(std::move(tar));
        UnpackOptions options;
        options.limits = limits_of(diff_id);
        MABPLAN_CHECK(unpack_layer(hash, folder, options));
        const Digest found = hash.finish();
        return found == diff_id ? Status{} : Status(not_the_layer(diff_id, found));
    });
}

Result<std::shared_ptr<LayerFolder>> LayerStore::read_tree(const Digest& diff_id) {
    MABPLAN_TRY(tar, open_tar_as(diff_id, Bytes::Arriving));
    HashingSource hash(std::move(tar));
    MABPLAN_TRY(tree, LayerTree::read(hash, store_.scratch(), limits_of(diff_id)));
    if (const Digest found = hash.finish(); found != diff_id) return not_the_layer(diff_id, found);
    return tree;
}

Result<std::shared_ptr<LayerFolder>> LayerStore::tree(const Digest& diff_id) {
    const std::shared_ptr<HeldTree> held = trees_.with([&](auto& trees) {
        auto& entry = trees[diff_id];
        if (!entry) entry = std::make_shared<HeldTree>();
        return entry;
    });
    const auto root = held->lock();
    if (*root) return *root;
    MABPLAN_TRY(tree, make_whole(diff_id, [&] { return read_tree(diff_id); }));
    *root = tree;
    return tree;
}

bool LayerStore::is_ready(const Digest& diff_id) {
    if (!in_memory_) return snapshots_.has_looked_at(diff_id);
    const auto held = trees_.with([&](const auto& trees) {
        const auto found = trees.find(diff_id);
        return found == trees.end() ? nullptr : found->second;
    });
    return held && *held->lock();
}

Status LayerStore::make_ready(std::span<const Digest> diff_ids) {
    std::vector<Digest> missing;
    for (const Digest& diff_id : diff_ids)
        if (!is_ready(diff_id) && std::find(missing.begin(), missing.end(), diff_id) == missing.end()) missing.push_back(diff_id);
    if (missing.size() < 2) return {};
    return share_items(missing.size(), kMostAtOnce, [&](std::size_t i) -> Status {
        if (in_memory_) MABPLAN_CHECK(tree(missing[i]));
        else MABPLAN_CHECK(snapshot(missing[i]));
        return {};
    });
}

Result<std::vector<std::string>> LayerStore::snapshots(std::span<const Digest> diff_ids) {
    MABPLAN_CHECK(make_ready(diff_ids));
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < diff_ids.size(); ++i) {
        const Digest& diff_id = diff_ids[i];
        // overlayfs takes no folder twice; a layer that comes again on top hides all that its earlier self did
        if (std::find(diff_ids.begin() + static_cast<std::ptrdiff_t>(i) + 1, diff_ids.end(), diff_id) != diff_ids.end()) continue;
        MABPLAN_TRY(path, snapshot(diff_id));
        paths.push_back(std::move(path));
    }
    return stacks_.settle(std::move(paths));
}

Result<MergedView> LayerStore::view(std::span<const Digest> diff_ids) {
    if (in_memory_) {
        MABPLAN_CHECK(make_ready(diff_ids));
        std::vector<std::shared_ptr<LayerFolder>> trees;
        for (const Digest& diff_id : diff_ids) {
            MABPLAN_TRY(one, tree(diff_id));
            trees.push_back(std::move(one));
        }
        return MergedView::of(trees);
    }
    MABPLAN_TRY(paths, snapshots(diff_ids));
    return MergedView::open(paths);
}

Result<Descriptor> LayerStore::pack(const Digest& diff_id, Compression compression) { return pack_as(diff_id, compression, nullptr); }

Result<Descriptor> LayerStore::pack_ahead(const Digest& diff_id, Compression compression, const Stop& given_up) {
    return pack_as(diff_id, compression, &given_up);
}

Result<Descriptor> LayerStore::pack_as(const Digest& diff_id, Compression compression, const Stop* given_up) {
    const auto base = bases_.find(diff_id);
    if (base == bases_.end()) return pack_own(diff_id, compression, given_up);
    Descriptor blob = base->second.layer.blob;
    blob.media_type = oci_media_type(blob.media_type);
    return blob;
}

Result<Descriptor> LayerStore::pack_own(const Digest& diff_id, Compression compression, const Stop* given_up) {
    if (const auto size = store_.blobs().size(diff_id); size && compression == Compression::None)
        return Descriptor{std::string(layer_media_type(compression)), diff_id, *size, {}, {}};
    const std::string codec = codec_id(compression);
    const std::scoped_lock lock(packing_);
    MABPLAN_TRY(known, store_.records().find_packed(diff_id, codec));
    if (known && store_.blobs().size(known->digest) == known->bytes)
        return Descriptor{std::string(layer_media_type(compression)), known->digest, known->bytes, {}, {}};
    const bool is_verified = store_.blobs().has_written(diff_id);
    MABPLAN_TRY(opened, open_tar(diff_id));
    std::unique_ptr<ByteSource> tar = std::make_unique<StoppedSource>(std::move(opened), given_up);
    MABPLAN_TRY(out, store_.blobs().create());
    StoredMembers members(store_.records(), store_.blobs(), codec);
    if (is_verified) {
        MABPLAN_CHECK(pack_bytes(*tar, compression, *out, threads_, &members));
    } else {
        HashingSource hashed(std::move(tar));
        MABPLAN_CHECK(pack_bytes(hashed, compression, *out, threads_, &members));
        if (hashed.finish() != diff_id) {
            if (given_up == nullptr) MABPLAN_CHECK(drop(diff_id));
            return fail(ErrorKind::Verify, format("the layer {} in the store was damaged: it is removed", diff_id.text()));
        }
    }
    const std::uint64_t bytes = out->count();
    MABPLAN_TRY(digest, out->commit(std::nullopt));
    MABPLAN_CHECK(store_.records().put_packed(diff_id, codec, {digest, bytes}));
    static_cast<void>(members.keep(digest));  // without it they are packed anew the next time
    return Descriptor{std::string(layer_media_type(compression)), digest, bytes, {}, {}};
}

Status LayerStore::sync() { return snapshots_.sync(); }

Result<std::vector<ProgramFound>> LayerStore::programs(const Digest& diff_id) {
    MABPLAN_TRY(known, store_.records().find_programs(diff_id));
    if (known) return std::move(*known);
    MABPLAN_TRY(tar, open_tar(diff_id));
    MABPLAN_TRY(found, find_programs(*tar, limits_of(diff_id)));
    MABPLAN_CHECK(store_.records().put_programs(diff_id, found));
    return found;
}

}  // namespace mabplan::runtime
