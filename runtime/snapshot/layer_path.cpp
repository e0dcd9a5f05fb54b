#include "runtime/snapshot/layer_path.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <climits>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kMostParts = 4096;  // each is a folder to be made: twice as many as fit into PATH_MAX
constexpr std::string_view kWhiteout = ".wh.";
constexpr std::string_view kAufs = ".wh..wh.";
constexpr std::string_view kOpaque = ".wh..wh..opq";

// As a text, whatever is a symlink: ".." takes back the part before it, and nothing at the root.
Result<std::string> clean(std::string_view name) {
    std::string path;
    std::size_t depth = 0;
    for (const std::string_view part : split(name, '/')) {
        if (part.empty() || part == ".") continue;
        if (++depth > kMostParts) return input_error(format("its name has more than {} parts", kMostParts));
        if (part.size() > NAME_MAX)
            return input_error(format("its name has a part of {} bytes: file systems take {}", part.size(), NAME_MAX));
        if (part == "..") {
            const std::size_t slash = path.rfind('/');
            path.resize(slash == std::string::npos ? 0 : slash);
            continue;
        }
        if (!path.empty()) path += '/';
        path += part;
    }
    return path.empty() ? "." : path;
}

Status check_parents(std::string_view path) {
    for (const std::string_view part : split(path, '/'))
        if (is_whiteout_name(part)) return input_error(format("it lies within {}, which is the name of a whiteout", quoted(part)));
    return {};
}

}  // namespace

bool is_whiteout_name(std::string_view part) { return part.starts_with(kWhiteout); }

Result<std::string> parse_link_target(std::string_view name) { return clean(name); }

Result<LayerName> parse_layer_name(std::string_view name) {
    MABPLAN_TRY(path, clean(name));
    const std::string parent(parent_path(path));
    const std::string last(base_name(path));
    const std::string_view first = std::string_view(path).substr(0, path.find('/'));
    if (first.starts_with(kAufs) && first != kOpaque) return LayerName{path, LayerMark::None, true};
    MABPLAN_CHECK(check_parents(parent));
    if (last == kOpaque) return LayerName{parent, LayerMark::Opaque, false};
    if (last.starts_with(kAufs)) return LayerName{path, LayerMark::None, true};
    if (!is_whiteout_name(last)) return LayerName{path, LayerMark::None, false};
    const std::string removed = last.substr(kWhiteout.size());
    if (removed.empty() || removed == "." || removed == "..") return input_error("it is a whiteout of nothing, of \".\" or of \"..\"");
    return LayerName{path_in(parent, removed), LayerMark::Whiteout, false};
}

}  // namespace mabplan::runtime
