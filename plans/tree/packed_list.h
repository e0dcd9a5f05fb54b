// A list of entries with paths, held packed: one file of a usual tree takes some 90 bytes, not the 400 of a value, so a tree of a
// million files fits into memory. It only grows; reading makes a value each time.
#pragma once

#include "plans/tree/packed_entry.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan {

// `Entry` has a member `path`, and beside it stand two functions for all else:
//     void pack_entry(PackWriter&, const Entry&);
//     void unpack_entry(PackReader&, Entry&);
template <class Entry>
class PackedList {
public:
    class Iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = Entry;
        using difference_type = std::ptrdiff_t;
        using pointer = const Entry*;
        using reference = Entry;

        Iterator(const PackedList& list, std::size_t index) : list_(&list), index_(index) {}
        Entry operator*() const { return (*list_)[index_]; }
        Iterator& operator++() {
            ++index_;
            return *this;
        }
        Iterator operator++(int) { return Iterator(*list_, index_++); }
        bool operator==(const Iterator& other) const { return index_ == other.index_; }

    private:
        const PackedList* list_;
        std::size_t index_;
    };

    PackedList() = default;
    PackedList(std::initializer_list<Entry> entries) {
        for (const Entry& entry : entries) push_back(entry);
    }

    std::size_t size() const { return places_.size(); }
    bool empty() const { return places_.empty(); }
    Iterator begin() const { return {*this, 0}; }
    Iterator end() const { return {*this, size()}; }

    void push_back(const Entry& entry) {
        packed_.clear();
        PackWriter out(packed_);
        out.text(entry.path);
        pack_entry(out, entry);
        if (blocks_.empty() || blocks_.back().capacity() - blocks_.back().size() < packed_.size()) add_block();
        places_.push_back(static_cast<std::uint64_t>(blocks_.size() - 1) << 32U | blocks_.back().size());
        blocks_.back() += packed_;
    }

    Entry operator[](std::size_t index) const {
        PackReader in = packed(index);
        Entry entry;
        entry.path = in.text();
        unpack_entry(in, entry);
        return entry;
    }
    std::string_view path(std::size_t index) const { return packed(index).text(); }
    // The bytes of one entry: the text of its path, then what pack_entry wrote.
    PackReader packed(std::size_t index) const {
        return PackReader(std::string_view(blocks_[block_of(index)]).substr(static_cast<std::uint32_t>(places_[index])));
    }

    // Gives back the memory of what stands before the entry: that is not read again.
    void release_before(std::size_t index) {
        for (const std::size_t block = block_of(index); released_ < block; ++released_) std::string().swap(blocks_[released_]);
    }

private:
    static constexpr std::size_t kSmallestBlock = 1U << 10U;
    static constexpr std::size_t kLargestBlock = 1U << 18U;

    void add_block() {
        const std::size_t size = blocks_.empty() ? kSmallestBlock : std::min(blocks_.back().capacity() * 2, kLargestBlock);
        blocks_.emplace_back().reserve(std::max(size, packed_.size()));
    }
    std::size_t block_of(std::size_t index) const { return static_cast<std::size_t>(places_[index] >> 32U); }

    std::vector<std::string> blocks_;    // never moved in memory once they hold something
    std::vector<std::uint64_t> places_;  // of each entry: block << 32 | offset in it
    std::size_t released_ = 0;           // blocks
    std::string packed_;                 // the entry that is being added
};

}  // namespace mabplan
