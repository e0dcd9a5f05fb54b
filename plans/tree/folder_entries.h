// The entries of one directory, held packed: some directories have a million.
#pragma once

#include "plans/tree/packed_list.h"
#include "plans/tree/tree_entry.h"

#include <cstddef>
#include <string>

namespace mabplan {

// An entry by its name.
struct FolderEntry {
    std::string path;  // the name
    TreeEntry entry;   // its own name is that too
};

void pack_entry(PackWriter& out, const FolderEntry& listed);
void unpack_entry(PackReader& in, FolderEntry& listed);

class FolderEntries {
public:
    class Iterator {
    public:
        Iterator(const FolderEntries& entries, std::size_t index) : entries_(&entries), index_(index) {}
        TreeEntry operator*() const { return (*entries_)[index_]; }
        Iterator& operator++() {
            ++index_;
            return *this;
        }
        bool operator==(const Iterator& other) const { return index_ == other.index_; }

    private:
        const FolderEntries* entries_;
        std::size_t index_;
    };

    void push_back(TreeEntry entry);
    std::size_t size() const { return list_.size(); }
    bool empty() const { return list_.empty(); }
    TreeEntry operator[](std::size_t index) const { return list_[index].entry; }
    Iterator begin() const { return {*this, 0}; }
    Iterator end() const { return {*this, size()}; }
    // Gives back the memory of those before the entry: they are not read again.
    void release_before(std::size_t index) { list_.release_before(index); }

private:
    PackedList<FolderEntry> list_;
};

}  // namespace mabplan
