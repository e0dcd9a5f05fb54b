// What was listed of folders, for the trees that are opened over them later: they see what the first one saw, and read nothing again. Knows
// no disk. Several threads may use it.
#pragma once

#include "runtime/context/folder_listing.h"
#include "runtime/sys/guarded.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>

namespace mabplan::runtime {

class KnownListings {
public:
    // Of more entries nothing is kept: what is larger is read again.
    explicit KnownListings(std::size_t most_entries) : known_(Known{most_entries, {}}) {}

    std::optional<FolderListing> find(const std::string& folder) const;
    bool has(const std::string& folder) const;
    void put(const std::string& folder, const FolderListing& listing);
    // The content of a file of a folder that was put, by its place in the listing.
    void learn(const std::string& folder, std::size_t file, const Sha256Bytes& digest);
    HardlinkNumbers& hardlinks() { return hardlinks_; }

private:
    struct Known {
        std::size_t left = 0;  // entries that there is room for
        std::map<std::string, FolderListing> listings{};
    };
    Guarded<Known> known_;
    HardlinkNumbers hardlinks_;
};

}  // namespace mabplan::runtime
