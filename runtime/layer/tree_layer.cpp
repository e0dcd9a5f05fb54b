#include "runtime/layer/tree_layer.h"

#include "runtime/layer/file_content.h"
#include "runtime/layer/tar_header.h"
#include "runtime/layer/tar_writer.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

namespace mabplan::runtime {

namespace {

// Indices of the entries in layer order, of those with one path and mark the last.
std::vector<std::size_t> in_layer_order(const LayerEntries& entries) {
    std::vector<std::size_t> order(entries.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto precedes = [&](std::size_t a, std::size_t b) { return precedes_in_layer(position_of(entries, a), position_of(entries, b)); };
    const auto before = [&](std::size_t a, std::size_t b) { return precedes(a, b) || (a > b && !precedes(b, a)); };
    if (!std::is_sorted(order.begin(), order.end(), before)) std::sort(order.begin(), order.end(), before);
    order.erase(std::unique(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return !precedes(a, b); }), order.end());
    return order;
}

}  // namespace

Status write_tree_layer(const LayerEntries& entries, ContentOpener& contents, const LayerOptions& options, ByteSink& out) {
    TarWriter tar(out);
    FileContent content(tar, options);
    for (const std::size_t index : in_layer_order(entries)) {
        LayerEntry entry = entries[index];
        entry.entry.mtime_s = layer_mtime(entry.entry, options);
        MABPLAN_CHECK(tar.begin(entry));
        if (tar_content_size(entry) == 0) continue;
        MABPLAN_TRY(opened, contents.open(entry));
        MABPLAN_CHECK(content.write(opened.file.get(), entry.entry.size, entry.path, opened.behind));
        MABPLAN_CHECK(contents.check(entry, opened.file));
    }
    return tar.finish();
}

}  // namespace mabplan::runtime
