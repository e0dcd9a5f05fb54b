// What a COPY or WORKDIR reads of the root file system below it, and nothing else: the facts along the destination. They are part of
// the content key, so that a layer survives every change that they do not see. Pure but for the questions to the tree.
#pragma once

#include "plans/tree/tree_reader.h"
#include "runtime/accounts/user_lookup.h"
#include "runtime/layer/layer_entry.h"
#include "runtime/snapshot/merged_view.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace mabplan::runtime {

// "a directory", "a symlink to \"x\"": what stands in the way of something else.
std::string describe_entry(const TreeEntry& entry);

// Collects the entries of one new layer above a root file system, and with them the facts that they depend on.
class LayerDraft {
public:
    // `now`: the time, in seconds since 1970, of directories that are made or get a new child.
    LayerDraft(MergedView& root, std::int64_t now) : root_(root), now_(now) {}

    // Symlinks of the root resolved, "." for the root. The links met are facts. A Step error where they form a loop.
    Result<std::string> resolve(const std::string& absolute_path);
    // What stands at a path of the root (resolved before): a fact.
    Result<std::optional<TreeEntry>> look(const std::string& path);
    // Makes the directory and its missing parents (mode 0755, this owner); those that exist keep their metadata. A Step error if
    // something else stands in the way.
    Status make_directories(const std::string& path, const Owner& owner, std::uint32_t mode);
    // Parents that exist are listed with the metadata of the root: a layer holds the directories that lead to its files.
    Status add_parents(const std::string& path);
    void add(const LayerEntry& entry);
    // A file of the root (anything but a directory) that becomes part of the layer: all of it is a fact.
    Result<TreeEntry> take(const std::string& path);

    const LayerEntries& entries() const { return entries_; }
    std::size_t size() const { return entries_.size(); }
    // One line per fact.
    const std::string& facts() const { return facts_; }
    std::int64_t now() const { return now_; }
    void add_fact(const std::string& line) { facts_ += line + "\n"; }

private:
    Status add_existing(const std::string& path);
    Failure no_directory(const std::string& path, const TreeEntry& found) const;

    MergedView& root_;
    std::int64_t now_;
    LayerEntries entries_;
    std::set<std::string> listed_;  // directories that are in entries_
    std::set<std::string> looked_;
    std::map<std::string, std::string> reached_by_;  // what symlinks led to -> "/…" as it was asked for
    std::string facts_;
};

}  // namespace mabplan::runtime
