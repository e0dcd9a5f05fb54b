#include "tools/mabplan/text_in_tree.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/tree/follow_inside.h"
#include "runtime/sys/byte_stream.h"

namespace mabplan::tools {

Result<std::optional<std::string>> read_inside(runtime::LocalTree& tree, const std::string& bound, const std::string& path) {
    MABPLAN_TRY(found, follow_inside(tree, bound, path));
    if (!found) return std::optional<std::string>{};
    if (found->entry.type != FileType::File || found->entry.size > kMostTextBytes)
        return input_error(format("{} is no text file: expected a regular file of at most {}", quoted(path), format_bytes(kMostTextBytes)));
    MABPLAN_TRY(file, tree.open_file(found->path));
    const auto source = runtime::read_from(file.release(), path);
    return runtime::read_text(*source, kMostTextBytes).map([](std::string text) { return std::optional(std::move(text)); });
}

}  // namespace mabplan::tools
