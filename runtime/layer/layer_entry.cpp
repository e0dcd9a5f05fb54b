#include "runtime/layer/layer_entry.h"

#include <algorithm>
#include <string_view>

namespace mabplan::runtime {

std::int64_t layer_mtime(std::int64_t mtime_s, const LayerOptions& options) {
    return options.clamp_mtime ? std::min(mtime_s, *options.clamp_mtime) : mtime_s;
}

std::string layer_order_key(const LayerEntry& entry) {
    // each component is led by its rank in its directory, and ended by the lowest byte: so all below a directory follows it at once
    constexpr char kOpaqueRank = '\1';
    constexpr char kWhiteoutRank = '\2';
    constexpr char kRank = '\3';
    std::string key;
    std::string_view rest = entry.path == "." ? std::string_view() : std::string_view(entry.path);
    while (!rest.empty()) {
        const std::size_t slash = rest.find('/');
        const bool last = slash == std::string_view::npos;
        key += last && entry.mark == LayerMark::Whiteout ? kWhiteoutRank : kRank;
        key += rest.substr(0, slash);
        key += '\0';
        rest = last ? std::string_view() : rest.substr(slash + 1);
    }
    if (entry.mark == LayerMark::Opaque) key += kOpaqueRank;
    return key;
}

bool is_layer_xattr(std::string_view name) {
    if (name == "security.capability") return true;
    return name.starts_with("user.") && !name.starts_with("user.overlay.");
}

}  // namespace mabplan::runtime
