#include "runtime/snapshot/layer_folders.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/tree/erase_below.h"
#include "runtime/snapshot/layer_folder.h"

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kMostImplicitBytes = 1U << 30U;

}  // namespace

LayerFolders::LayerFolders(std::int64_t implicit_mtime) : implicit_mtime_(implicit_mtime) { put("."); }

LayerFolders::Folder& LayerFolders::put(const std::string& path) {
    const auto [at, is_new] = folders_.try_emplace(path);
    Folder& folder = at->second;
    if (!is_new) return folder;
    folder.facts = implicit_facts();
    folder.facts.mtime_s = implicit_mtime_;
    folder.opaque = folder.replaces = removed_.contains(path);
    return folder;
}

Status LayerFolders::imply(const std::string& path) {
    put(path);
    implicit_bytes_ += path.size();
    if (implicit_bytes_ <= kMostImplicitBytes) return {};
    return input_error(
        format("the folders that its layer needs and does not list have more than {} of paths", format_bytes(kMostImplicitBytes)));
}

void LayerFolders::describe(const std::string& path, const TreeEntry& facts) {
    Folder& folder = put(path);
    folder.facts = facts;
    folder.implicit = false;
}

void LayerFolders::mark_removed(const std::string& path) {
    removed_.insert(path);
    if (const auto known = folders_.find(path); known != folders_.end()) known->second.opaque = known->second.replaces = true;
}

void LayerFolders::remove(const std::string& path) {
    folders_.erase(path);
    erase_below(folders_, path);
    erase_below(removed_, path);
}

void LayerFolders::settle() {
    for (auto& [path, folder] : folders_) {
        if (path == ".") continue;
        if (const auto parent = folders_.find(std::string(parent_path(path))); parent != folders_.end() && parent->second.replaces)
            folder.replaces = true;
        if (folder.replaces) folder.implicit = false;
    }
}

std::vector<std::string> LayerFolders::inheriting() const {
    std::vector<std::string> paths;
    for (const auto& [path, folder] : folders_)
        if (folder.implicit && path != ".") paths.push_back(path);
    return paths;
}

}  // namespace mabplan::runtime
