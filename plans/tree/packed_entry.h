// One entry of a tree as few bytes, for lists of very many: numbers as LEB128, what an entry does not have costs nothing. The bytes
// live in memory only; no file holds them.
#pragma once

#include "plans/tree/tree_entry.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace mabplan {

class PackWriter {
public:
    explicit PackWriter(std::string& out) : out_(out) {}

    void number(std::uint64_t value);
    void signed_number(std::int64_t value);
    void text(std::string_view text);
    void bytes(std::string_view bytes) { out_ += bytes; }  // whose length the reader knows

private:
    std::string& out_;
};

// Reads what a PackWriter wrote, in the same order.
class PackReader {
public:
    explicit PackReader(std::string_view bytes) : bytes_(bytes) {}

    std::uint64_t number();
    std::int64_t signed_number();
    std::string_view text() { return bytes(static_cast<std::size_t>(number())); }
    std::string_view bytes(std::size_t count);

private:
    std::string_view bytes_;
};

// All of the entry but its name.
void pack_facts(PackWriter& out, const TreeEntry& entry);
void unpack_facts(PackReader& in, TreeEntry& entry);

}  // namespace mabplan
