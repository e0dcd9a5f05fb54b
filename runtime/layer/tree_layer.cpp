#include "runtime/layer/tree_layer.h"

#include "runtime/layer/file_content.h"
#include "runtime/layer/tar_header.h"
#include "runtime/layer/tar_writer.h"

#include <algorithm>
#include <string>

namespace mabplan::runtime {

namespace {

struct Ordered {
    std::string key;
    std::size_t index;
};

std::vector<Ordered> in_layer_order(const std::vector<LayerEntry>& entries) {
    std::vector<Ordered> order;
    order.reserve(entries.size());
    for (std::size_t index = 0; index < entries.size(); ++index) order.push_back({layer_order_key(entries[index]), index});
    std::sort(order.begin(), order.end(),
              [](const Ordered& a, const Ordered& b) { return a.key != b.key ? a.key < b.key : a.index > b.index; });
    order.erase(std::unique(order.begin(), order.end(), [](const Ordered& a, const Ordered& b) { return a.key == b.key; }), order.end());
    return order;
}

}  // namespace

Status write_tree_layer(const std::vector<LayerEntry>& entries, ContentOpener& contents, const LayerOptions& options, ByteSink& out) {
    TarWriter tar(out);
    FileContent content(tar, options);
    for (const Ordered& ordered : in_layer_order(entries)) {
        LayerEntry entry = entries[ordered.index];
        entry.entry.mtime_s = layer_mtime(entry.entry.mtime_s, options);
        MABPLAN_CHECK(tar.begin(entry));
        if (tar_content_size(entry) == 0) continue;
        MABPLAN_TRY(opened, contents.open(ordered.index));
        MABPLAN_CHECK(content.write(opened.file.get(), entry.entry.size, entry.path, opened.behind));
        MABPLAN_CHECK(contents.check(ordered.index, opened.file));
    }
    return tar.finish();
}

}  // namespace mabplan::runtime
