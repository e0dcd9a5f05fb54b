// A tree of files in memory that answers as a TreeReader and records what it was asked.
#pragma once

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/tree/tree_reader.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::tests {

class MemoryTree final : public TreeReader {
public:
    // Parents are made as needed. The entry is returned so that a test can change more of it.
    TreeEntry& add_file(const std::string& path, std::string content, std::uint32_t mode = 0644) {
        TreeEntry& entry = add(path, FileType::File, mode);
        entry.size = content.size();
        contents_[path] = std::move(content);
        return entry;
    }
    TreeEntry& add_directory(const std::string& path, std::uint32_t mode = 0755) { return add(path, FileType::Directory, mode); }
    TreeEntry& add_symlink(const std::string& path, std::string target) {
        TreeEntry& entry = add(path, FileType::Symlink, 0777);
        entry.link_target = std::move(target);
        return entry;
    }
    TreeEntry& add(const std::string& path, FileType type, std::uint32_t mode) {
        const std::string parent(parent_path(path));
        if (parent != "." && !entries_.contains(parent)) add_directory(parent);
        TreeEntry& entry = entries_[path];
        entry = TreeEntry{};
        entry.name = std::string(base_name(path));
        entry.type = type;
        entry.mode = mode;
        return entry;
    }
    void remove(const std::string& path) { entries_.erase(path); }

    Result<std::optional<TreeEntry>> stat(std::string_view path) override {
        stats.emplace_back(path);
        const auto found = entries_.find(std::string(path));
        if (found == entries_.end()) return std::nullopt;
        return found->second;
    }

    Result<FolderEntries> list(std::string_view directory) override {
        lists.emplace_back(directory);
        const auto self = entries_.find(std::string(directory));
        if (self == entries_.end() || self->second.type != FileType::Directory)
            return input_error(format("cannot list {}", quoted(directory)));
        std::map<std::string, TreeEntry> sorted;
        for (const auto& [path, entry] : entries_)
            if (path != "." && parent_path(path) == directory) sorted.emplace(entry.name, entry);
        FolderEntries children;
        for (auto& [name, entry] : sorted) children.push_back(std::move(entry));
        return children;
    }

    Result<std::vector<Digest>> digests(const std::vector<TreePath>& files) override {
        ++digest_calls;
        std::vector<Digest> out;
        for (const TreePath& file : files) {
            const auto content = contents_.find(file.path);
            if (content == contents_.end() || !entries_.contains(file.path))
                return input_error(format("cannot read {}", quoted(file.path)));
            digested.push_back(file.path);
            out.push_back(Digest::of(content->second));
        }
        return out;
    }

    std::vector<std::string> stats, lists, digested;  // what was asked, in order
    int digest_calls = 0;

private:
    std::map<std::string, TreeEntry> entries_{{".", root()}};
    std::map<std::string, std::string> contents_;

    static TreeEntry root() {
        TreeEntry entry;
        entry.name = ".";
        entry.type = FileType::Directory;
        entry.mode = 0755;
        return entry;
    }
};

}  // namespace mabplan::tests
