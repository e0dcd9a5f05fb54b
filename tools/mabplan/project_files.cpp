#include "tools/mabplan/project_files.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/byte_stream.h"
#include "runtime/sys/file.h"

namespace mabplan::tools {

namespace {

constexpr std::uint64_t kMostTextBytes = 16U << 20U;

// Inside a folder that may come from anyone, no symlink is followed: an ignore file can't be a way out.
Result<std::optional<std::string>> read_inside(runtime::LocalTree& tree, const std::string& path) {
    MABPLAN_TRY(entry, tree.stat(path));
    if (!entry) return std::optional<std::string>{};
    if (entry->type != FileType::File || entry->size > kMostTextBytes)
        return input_error(format("{} is no text file: expected a regular file of at most {}", quoted(path), format_bytes(kMostTextBytes)));
    MABPLAN_TRY(file, tree.open_file(path));
    const auto source = runtime::read_from(file.release(), path);
    std::string text(entry->size + 1, '\0');
    std::size_t filled = 0;
    while (filled < text.size()) {
        MABPLAN_TRY(count, source->read(std::span<char>(text.data() + filled, text.size() - filled)));
        if (count == 0) break;
        filled += count;
    }
    text.resize(filled);
    return std::optional<std::string>(std::move(text));
}

}  // namespace

DiskProjectFiles::DiskProjectFiles(std::string root, const std::string& stat_cache, int jobs)
    : root_(std::move(root)), cache_(stat_cache), jobs_(jobs) {}

DiskProjectFiles::~DiskProjectFiles() = default;

Result<std::optional<std::string>> DiskProjectFiles::read_text(const std::string& folder, const std::string& path) {
    if (!folder.empty()) {
        MABPLAN_TRY(tree, this->tree(folder));
        const std::string inside = clean_path(path.substr(folder.size() + 1));
        return read_inside(static_cast<runtime::LocalTree&>(*tree), inside);
    }
    const std::string full = join_path(root_, path);
    if (!runtime::path_exists(full)) return std::optional<std::string>{};
    MABPLAN_TRY(text, runtime::read_file(full, kMostTextBytes));
    return std::optional<std::string>(std::move(text));
}

Result<TreeReader*> DiskProjectFiles::tree(const std::string& folder) {
    const std::string full = join_path(root_, folder);
    auto& tree = trees_[full];
    if (!tree) {
        MABPLAN_TRY(opened, runtime::open_local_tree(full, cache_, jobs_));
        tree = std::move(opened);
    }
    return tree.get();
}

Status DiskProjectFiles::save() { return cache_.save(); }

}  // namespace mabplan::tools
