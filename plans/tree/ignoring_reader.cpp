#include "plans/tree/ignoring_reader.h"

#include "plans/base/text.h"
#include "plans/tree/source_expansion.h"

namespace mabplan {

namespace {

std::string below(std::string_view directory, std::string_view name) {
    std::string path;
    if (directory != ".") path.append(directory).append("/");
    return path.append(name);
}

}  // namespace

const PatternList::State& IgnoringReader::state_of(std::string_view directory) {
    const std::string key(directory);
    const auto known = states_.find(key);
    if (known != states_.end()) return known->second;
    PatternList::State state;
    if (directory != ".") state = ignore_.matches(directory, state_of(parent_path(directory)));
    return states_.emplace(key, std::move(state)).first->second;
}

// An excluded directory is shown for what it holds, everything else by its own right.
Result<bool> IgnoringReader::is_visible(std::string_view path, FileType type) {
    if (ignore_.empty() || path == ".") return true;
    if (type != FileType::Directory) return !ignore_.excludes(path, state_of(parent_path(path)));
    if (!state_of(path).excluded) return true;
    if (ignore_.may_skip_directory(path)) return false;
    return reveals(path);
}

Result<bool> IgnoringReader::reveals(std::string_view directory) {
    const std::string key(directory);
    const auto known = revealing_.find(key);
    if (known != revealing_.end()) return known->second;
    MABPLAN_TRY(entries, tree_.list(directory));
    bool found = false;
    for (const TreeEntry& entry : entries) {
        MABPLAN_TRY(visible, is_visible(below(directory, entry.name), entry.type));
        found = visible;
        if (found) break;
    }
    revealing_.emplace(key, found);
    return found;
}

Result<std::optional<TreeEntry>> IgnoringReader::stat(std::string_view path) {
    MABPLAN_TRY(entry, tree_.stat(path));
    if (!entry) return std::nullopt;
    MABPLAN_TRY(visible, is_visible(path, entry->type));
    if (!visible) return std::nullopt;
    return entry;
}

Result<FolderEntries> IgnoringReader::list(std::string_view directory) {
    MABPLAN_TRY(entries, tree_.list(directory));
    if (ignore_.empty()) return entries;
    const PatternList::State state = state_of(directory);
    FolderEntries kept;
    for (TreeEntry entry : entries) {
        const std::string path = below(directory, entry.name);
        bool visible = false;
        if (entry.type != FileType::Directory) {
            visible = !ignore_.excludes(path, state);
        } else {
            MABPLAN_TRY(shown, is_visible(path, entry.type));
            visible = shown;
        }
        if (visible) kept.push_back(std::move(entry));
    }
    return kept;
}

std::optional<bool> is_hidden(TreeReader& tree, const PatternList& ignore, std::string_view word) {
    const auto all = expand_source(tree, word, {});
    if (!all || all->empty()) return std::nullopt;
    IgnoringReader visible(tree, ignore);
    if (tree_path(word) == ".") {
        const auto there = tree.list("."), seen = visible.list(".");
        if (!there || !seen || there->size() == 0) return std::nullopt;
        return seen->size() == 0;
    }
    const auto seen = expand_source(visible, word, {});
    return !seen || seen->empty();
}

}  // namespace mabplan
