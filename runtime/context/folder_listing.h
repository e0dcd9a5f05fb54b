// One folder as it was read from disk: its entries, and of its regular files what the stat cache needs.
#pragma once

#include "plans/base/result.h"
#include "plans/tree/tree_reader.h"
#include "runtime/context/digest_cache.h"
#include "runtime/context/listed_folder.h"
#include "runtime/sys/guarded.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

struct stat;

namespace mabplan::runtime {

struct FolderListing {
    FolderEntries entries;  // sorted bytewise by name
    ListedFolder files;     // the regular files among them
};

// Numbers for files with several names: equal for those of one file. Several threads may use it.
class HardlinkNumbers {
public:
    std::uint64_t of(const struct stat& status);

private:
    Guarded<std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t>> numbers_;
};

// Turns what is on disk into entries. May be used by several threads.
class EntryReader {
public:
    EntryReader(int root, DigestCache& cache, HardlinkNumbers& hardlinks) : root_(root), cache_(cache), hardlinks_(hardlinks) {}

    Result<FolderListing> list(const std::string& directory);
    Result<TreeEntry> entry_of(int directory, const std::string& name, const struct stat& status);

private:
    Status add_entries(int directory, std::span<const char* const> names, const std::string& shown, FolderListing& listing);
    Result<TreeEntry> make_entry(int directory, std::string name, const struct stat& status, KnownContent* known);

    int root_;
    DigestCache& cache_;
    HardlinkNumbers& hardlinks_;
};

}  // namespace mabplan::runtime
