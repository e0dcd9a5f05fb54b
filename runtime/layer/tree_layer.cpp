#include "runtime/layer/tree_layer.h"

#include "runtime/layer/tar_header.h"
#include "runtime/layer/tar_writer.h"
#include "runtime/sys/system_error.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
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
    std::sort(order.begin(), order.end(), [](const Ordered& a, const Ordered& b) { return a.key != b.key ? a.key < b.key : a.index > b.index; });
    order.erase(std::unique(order.begin(), order.end(), [](const Ordered& a, const Ordered& b) { return a.key == b.key; }), order.end());
    return order;
}

Status write_content(TarWriter& tar, const Fd& file, const std::string& path, std::vector<char>& buffer) {
    for (;;) {
        const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return system_error(errno, "read", path, ErrorKind::Input);
        if (count == 0) return {};
        MABPLAN_CHECK(tar.write(std::string_view(buffer.data(), static_cast<std::size_t>(count))));
    }
}

}  // namespace

Status write_tree_layer(const std::vector<LayerEntry>& entries, ContentOpener& contents, const LayerOptions& options, ByteSink& out) {
    constexpr std::size_t kBufferBytes = 256U << 10U;
    std::vector<char> buffer(kBufferBytes);
    TarWriter tar(out);
    for (const Ordered& ordered : in_layer_order(entries)) {
        LayerEntry entry = entries[ordered.index];
        entry.entry.mtime_s = layer_mtime(entry.entry.mtime_s, options);
        MABPLAN_CHECK(tar.begin(entry));
        if (tar_content_size(entry) == 0) continue;
        MABPLAN_TRY(file, contents.open(ordered.index));
        MABPLAN_CHECK(write_content(tar, file, entry.path, buffer));
    }
    return tar.finish();
}

}  // namespace mabplan::runtime
