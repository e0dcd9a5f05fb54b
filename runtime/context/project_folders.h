// The folders of a project, for all that look at them while a verb is at work: one stat cache, and each folder is listed once, so that what
// is compiled and what is run see the same. Does not know ignore files, plans and actions.
#pragma once

#include "runtime/context/known_listings.h"
#include "runtime/context/local_tree.h"

#include <functional>
#include <memory>
#include <string>

namespace mabplan::runtime {

class ProjectFolders {
public:
    struct Options {
        std::string root;           // what relative paths are relative to
        StatCachePlace stat_cache;  // without a file nothing is kept
        int jobs = 1;               // threads that list and digest
        std::function<bool()> stop = {};
        std::size_t most_entries = 200'000;  // that are remembered: some 30 MB
    };
    explicit ProjectFolders(Options options);

    // A tree of its own for one thread. An Input error if the path is no folder. What is found changed since it was first listed is a
    // Verify error.
    Result<std::unique_ptr<LocalTree>> open(const std::string& path);
    // Keeps the digests that were learned for the next process.
    Status save() { return cache_.save(); }
    const std::string& root() const { return options_.root; }

private:
    Options options_;
    DigestCache cache_;
    KnownListings known_;
};

}  // namespace mabplan::runtime
