#include "runtime/image_files.h"

#include "plans/tree/walk.h"
#include "runtime/layers/layer_store.h"
#include "runtime/sys/thread.h"

#include <utility>

namespace mabplan::runtime {

Result<std::vector<ListedEntry>> list_image_files(const std::vector<BaseLayer>& layers, const ImageLocation& location, Store& store,
                                                  BlobFetcher& fetcher, const Stop& stop) {
    LayerStore held(store, fetcher, processor_count());
    held.hold_in_memory();
    held.heed(stop);
    std::vector<Digest> chain;
    for (const BaseLayer& layer : layers) {
        held.know_base(layer, location);
        chain.push_back(layer.diff_id);
    }
    MABPLAN_TRY(view, held.view(chain));
    std::vector<ListedEntry> entries;
    MABPLAN_TRY(everything, PatternList::compile({}));
    MABPLAN_CHECK(walk_below(view, "", everything, nullptr, [&](ListedEntry entry) -> Status {
        entries.push_back(std::move(entry));
        return {};
    }));
    std::vector<TreePath> files;
    std::vector<std::size_t> at;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].entry.type != FileType::File) continue;
        files.push_back({entries[i].path, entries[i].entry});
        at.push_back(i);
    }
    MABPLAN_TRY(digests, view.digests(files));
    for (std::size_t i = 0; i < at.size(); ++i) entries[at[i]].digest = digests[i];
    return entries;
}

}  // namespace mabplan::runtime
