// Layers by diff_id in whatever form they are wanted: unpacked, as a tar, packed for export. Knows where each form can come from;
// does not know actions.
#pragma once

#include "plans/model/action.h"
#include "runtime/freshness/layer_listing.h"
#include "runtime/image/image_blobs.h"
#include "runtime/layer/layer_entry.h"
#include "runtime/layers/blob_fetcher.h"
#include "runtime/layers/elf_programs.h"
#include "runtime/layers/settled_stacks.h"
#include "runtime/snapshot/merged_view.h"
#include "runtime/snapshot/snapshot_store.h"
#include "runtime/store/store.h"
#include "runtime/sys/guarded.h"
#include "runtime/sys/stop.h"
#include "runtime/sys/turns.h"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace mabplan::runtime {

class LayerStore final : public ImageBlobs {
public:
    // `max_bytes`: what one layer of a base, or one archive, may unpack to.
    LayerStore(Store& store, BlobFetcher& fetcher, int threads, std::uint64_t max_bytes = TarLimits{}.max_bytes)
        : LayerStore(store, store.blobs(), fetcher, threads, max_bytes) {}
    // `content`: where layers are that this build makes, as tars by diff_id. What is of this host alone is in `store`: base layers, packed
    // and unpacked ones.
    LayerStore(Store& store, const ContentStore& content, BlobFetcher& fetcher, int threads, std::uint64_t max_bytes);

    // From now on layers are looked into without being unpacked to the disk: no user namespace is there, and without one most owners
    // cannot be given to files. Before any thread starts; snapshots are not to be asked for then.
    void hold_in_memory() { in_memory_ = true; }
    // Whatever reads or writes a layer from now on ends when this is raised, which must outlive the store. Before any thread starts.
    void heed(const Stop& stop) {
        stop_ = &stop;
        snapshots_.heed(stop);
    }
    const Stop* stop() const override { return stop_; }
    // Called by any thread with a sentence for people, where something of the store was found damaged and taken out. Before any thread
    // starts.
    using Tell = std::function<void(const std::string& what)>;
    void tell_damage(Tell tell);
    // How often a layer of our own was found damaged and dropped: whatever needs it is made again in another attempt.
    int losses() const { return losses_.load(); }
    // A layer somebody else made: its packed blob is fetched when it is needed, and exported as it is. Before any thread starts.
    // `from`: asked for the place of the FROM when something is wrong with it.
    using PlaceOfBase = std::function<std::optional<SourcePlace>()>;
    void know_base(const BaseLayer& layer, const ImageLocation& location, PlaceOfBase from = {});
    // The bytes of the layer are at hand or can be fetched.
    Result<bool> has(const Digest& diff_id) const;

    // The fs folder of the unpacked layer.
    Result<std::string> snapshot(const Digest& diff_id);
    // Those of a stack, bottom first, as overlayfs is to stack them: of a layer that stands in it more than once the topmost, and what
    // settles the facts of directories that layers do not describe (settled_stacks.h).
    Result<std::vector<std::string>> snapshots(std::span<const Digest> diff_ids);
    // Those that are not unpacked yet are fetched and unpacked side by side, before they are asked for one after the other.
    Status make_ready(std::span<const Digest> diff_ids);
    // The fs folders of the last kind.
    std::set<std::string> settling_folders() const { return stacks_.added(); }
    // Into a folder, which is made anew, in overlay form.
    Status unpack(const Digest& diff_id, const std::string& folder);
    Result<MergedView> view(std::span<const Digest> diff_ids);
    // The uncompressed tar; whoever reads it to the end may trust that it hashes to the diff_id only after hashing it.
    Result<std::unique_ptr<ByteSource>> open_tar(const Digest& diff_id);
    // The blob for an image: a base layer as it came, which need not be in the store yet, another in the store, in the compression asked
    // for.
    Result<Descriptor> pack(const Digest& diff_id, Compression compression);
    // The same for who can do without: an Interrupted error soon after `given_up` is raised, and a layer that is damaged stays for who
    // needs it.
    Result<Descriptor> pack_ahead(const Digest& diff_id, Compression compression, const Stop& given_up);

    // The blobs of the images that are made of these layers.
    const BlobStore& store() const override { return store_.blobs(); }
    Status bring(const Descriptor& blob) override;
    std::optional<ImageLocation> origin(const Digest& blob) const override;

    // The programs in a layer, by their ELF headers. Reads the layer once; the answer is kept in the store's records.
    Result<std::vector<ProgramFound>> programs(const Digest& diff_id);
    // Whoever wrote the layer saw its programs on the way: it need not be read for them.
    Status know_programs(const Digest& diff_id, const std::vector<ProgramFound>& programs) {
        return store_.records().put_programs(diff_id, programs);
    }

    // What no image should have, of a layer that a command made.
    Result<std::vector<BakedIn>> baked_in(const Digest& diff_id) { return store_.records().find_baked_in(diff_id); }
    Status know_baked_in(const Digest& diff_id, const std::vector<BakedIn>& found) { return store_.records().put_baked_in(diff_id, found); }

    // Removes every form of a layer that was found damaged: from then on it is absent, and made or fetched again.
    Status drop(const Digest& diff_id);

    // Snapshots of this run outlive a power cut from here on; until then they are trusted only until the next boot.
    Status sync();

    const ContentStore& content() const { return content_; }
    SnapshotStore& snapshot_store() { return snapshots_; }
    // What new layers are dated by where nothing else says their time.
    WallClock& clock() const { return store_.clock(); }
    LayerListings& listings() { return listings_; }
    std::uint64_t max_bytes() const { return max_bytes_; }

private:
    struct Base {
        BaseLayer layer;
        ImageLocation location;
        PlaceOfBase from;
    };
    using HeldTree = Guarded<std::shared_ptr<LayerFolder>>;
    enum class Bytes { Verified, Arriving };  // Arriving: whoever reads them checks that they hash to the diff_id
    bool is_ready(const Digest& diff_id);
    Status fetch(const Base& base);
    Result<std::unique_ptr<ByteSource>> open_base(const Base& base, Bytes bytes);
    Result<std::unique_ptr<ByteSource>> open_tar_as(const Digest& diff_id, Bytes bytes);
    Result<std::unique_ptr<ByteSource>> find_tar(const Digest& diff_id, Bytes bytes);
    Result<bool> has_content(const Digest& diff_id) const;
    TarLimits limits_of(const Digest& diff_id) const;
    Error about(const Digest& diff_id, Error error) const;
    Result<bool> is_damaged(const Digest& diff_id);
    template <class Make>
    auto make_whole(const Digest& diff_id, const Make& make) -> decltype(make());
    Result<std::shared_ptr<LayerFolder>> tree(const Digest& diff_id);
    Result<std::shared_ptr<LayerFolder>> read_tree(const Digest& diff_id);
    Result<Descriptor> pack_as(const Digest& diff_id, Compression compression, const Stop* given_up);
    Result<Descriptor> pack_own(const Digest& diff_id, Compression compression, const Stop* given_up);

    Store& store_;
    const ContentStore& content_;
    BlobFetcher& fetcher_;
    int threads_;
    std::uint64_t max_bytes_;
    SnapshotStore snapshots_;
    SettledStacks stacks_;
    LayerListings listings_;
    bool in_memory_ = false;
    const Stop* stop_ = nullptr;
    Tell tell_;
    std::atomic<int> losses_{0};
    Guarded<std::map<Digest, std::shared_ptr<HeldTree>>> trees_;  // for in_memory_
    std::map<Digest, Base> bases_;                                // by diff_id
    std::map<Digest, const Base*> packed_;                        // the same by blob
    std::mutex packing_;  // guards no value, but the processors: one compression at a time, for each uses all threads
    Turns<Digest> fetching_;
};

}  // namespace mabplan::runtime
