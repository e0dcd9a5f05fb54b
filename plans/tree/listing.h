// The canonical text of a tree of files: what a copy of it depends on and nothing else, so no mtimes and no inode numbers.
// Two trees are the same input exactly if their texts are equal. Does not know where the tree came from.
//
//     listing 1
//     <type> <mode> <uid> <gid> <value> <digest> <xattrs> <hardlink> <path>
//
// One line for an entry, sorted bytewise by path, ended by a line feed; fields are parted by one blank.
//   type      f file, d directory, D a directory that only leads to a selected entry, l symlink, c b devices, p fifo, s socket
//   mode      octal permission bits; 777 for every symlink
//   value     size of a file, target of a symlink, major:minor of a device, else "-"
//   digest    64 hex digits of the SHA-256 of a file's content, else "-"
//   xattrs    name=hex,name=hex sorted by name, or "-"
//   hardlink  =path of the first name of the same file in this listing, or "-"
// Paths, names and targets are ASCII: a blank, control characters, \ = , and bytes above 0x7e are written \xHH.
#pragma once

#include "plans/base/digest.h"
#include "plans/base/result.h"
#include "plans/tree/packed_list.h"
#include "plans/tree/tree_reader.h"

#include <string>
#include <string_view>
#include <vector>

namespace mabplan {

enum class EntryRole {
    Selected,
    Parent,  // a directory that was not asked for, only on the way to what was
};

struct ListedEntry {
    std::string path;  // relative, clean, in its own bytes
    TreeEntry entry;   // `hardlink` is not 0 and equal for the names of one file; `name` and the mtime are not written
    Digest digest;     // files only
    EntryRole role = EntryRole::Selected;

    bool operator==(const ListedEntry&) const = default;
};

void pack_entry(PackWriter& out, const ListedEntry& listed);
void unpack_entry(PackReader& in, ListedEntry& listed);
// For whole trees. The names of the entries are the ends of their paths.
using ListedEntries = PackedList<ListedEntry>;

// Entries in any order; each path once.
std::string write_listing(const std::vector<ListedEntry>& entries);
// An Input error that names the line if the text is not what `write_listing` writes.
Result<std::vector<ListedEntry>> read_listing(std::string_view text);
// The text of a listing into a hash, without ever being whole. The entries are sorted by path.
void hash_listing(Sha256& hash, const ListedEntries& entries);

// For people, the first `limit` differences by path: "bin/x: mode 0644 -> 0755", "main.c: content", "new.txt: added", "old: removed".
// When there are more, a last line says how many.
std::vector<std::string> describe_difference(const std::vector<ListedEntry>& before, const std::vector<ListedEntry>& after,
                                             std::size_t limit = 10);

}  // namespace mabplan
