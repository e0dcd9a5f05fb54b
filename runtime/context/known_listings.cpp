#include "runtime/context/known_listings.h"

namespace mabplan::runtime {

std::optional<FolderListing> KnownListings::find(const std::string& folder) const {
    const std::scoped_lock lock(mutex_);
    const auto found = listings_.find(folder);
    return found == listings_.end() ? std::nullopt : std::optional(found->second);
}

bool KnownListings::has(const std::string& folder) const {
    const std::scoped_lock lock(mutex_);
    return listings_.contains(folder);
}

void KnownListings::put(const std::string& folder, const FolderListing& listing) {
    const std::scoped_lock lock(mutex_);
    const std::size_t size = listing.entries.size() + 1;
    if (size > left_ || !listings_.emplace(folder, listing).second) return;
    left_ -= size;
}

void KnownListings::learn(const std::string& folder, std::size_t file, const Sha256Bytes& digest) {
    const std::scoped_lock lock(mutex_);
    if (const auto found = listings_.find(folder); found != listings_.end()) found->second.files.learn(file, digest);
}

}  // namespace mabplan::runtime
