#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/tree/listing_form.h"

#include <algorithm>

namespace mabplan {

namespace {

std::string printable(std::string_view path) {
    const std::string escaped = quoted(path);
    return escaped.size() == path.size() + 2 ? std::string(path) : escaped;
}

std::string_view type_name(FileType type) {
    switch (type) {
        case FileType::File: return "file";
        case FileType::Directory: return "directory";
        case FileType::Symlink: return "symlink";
        case FileType::CharDevice: return "character device";
        case FileType::BlockDevice: return "block device";
        case FileType::Fifo: return "fifo";
        case FileType::Socket: return "socket";
    }
    return "unknown";
}

// What changed of one entry, the weightiest first; empty if nothing did.
std::vector<std::string> describe_entry(const ListedEntry& before, const ListedEntry& after) {
    const TreeEntry& was = before.entry;
    const TreeEntry& is = after.entry;
    if (was.type != is.type) return {format("{} -> {}", type_name(was.type), type_name(is.type))};
    std::vector<std::string> changes;
    if (before.digest != after.digest || was.size != is.size) changes.push_back("content");
    if (was.link_target != is.link_target)
        changes.push_back(format("target {} -> {}", printable(was.link_target), printable(is.link_target)));
    if (was.device != is.device)
        changes.push_back(
            format("device {}:{} -> {}:{}", was.device >> 32, was.device & 0xffffffffU, is.device >> 32, is.device & 0xffffffffU));
    if (was.mode != is.mode && is.type != FileType::Symlink) changes.push_back(format("mode {:04o} -> {:04o}", was.mode, is.mode));
    if (was.uid != is.uid || was.gid != is.gid) changes.push_back(format("owner {}:{} -> {}:{}", was.uid, was.gid, is.uid, is.gid));
    if (was.xattrs != is.xattrs) changes.push_back("extended attributes");
    if (before.role != after.role) changes.push_back(after.role == EntryRole::Parent ? "only a parent now" : "selected itself now");
    return changes;
}

using Ordered = std::vector<const ListedEntry*>;

// Walks two sorted lists at once.
class Comparison {
public:
    explicit Comparison(std::size_t limit) : limit_(limit) {}

    void compare(const Ordered& before, const Ordered& after) {
        auto was = before.begin();
        auto is = after.begin();
        while (was != before.end() || is != after.end()) {
            if (is == after.end() || (was != before.end() && (*was)->path < (*is)->path)) {
                add((*was++)->path, "removed");
            } else if (was == before.end() || (*is)->path < (*was)->path) {
                add((*is++)->path, "added");
            } else {
                const std::vector<std::string> changes = describe_entry(**was++, **is);
                if (!changes.empty()) add((*is)->path, format("{}", join(changes, ", ")));
                ++is;
            }
        }
    }

    std::vector<std::string> lines() && {
        if (count_ > limit_) lines_.push_back(format("and {} more", count_ - limit_));
        return std::move(lines_);
    }

private:
    void add(std::string_view path, std::string_view what) {
        if (++count_ <= limit_) lines_.push_back(format("{}: {}", printable(path), what));
    }

    std::size_t limit_;
    std::size_t count_ = 0;
    std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> describe_difference(const std::vector<ListedEntry>& before, const std::vector<ListedEntry>& after,
                                             std::size_t limit) {
    Comparison comparison(limit);
    comparison.compare(ordered_by_path(before), ordered_by_path(after));
    std::vector<std::string> lines = std::move(comparison).lines();
    // the names that share one file are the only thing that is compared across entries
    if (lines.empty() && write_listing(before) != write_listing(after)) lines.push_back("hard links: other names share a file");
    return lines;
}

}  // namespace mabplan
