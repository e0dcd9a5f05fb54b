#include "runtime/context/known_listings.h"

namespace mabplan::runtime {

std::optional<FolderListing> KnownListings::find(const std::string& folder) const {
    const auto known = known_.lock();
    const auto found = known->listings.find(folder);
    return found == known->listings.end() ? std::nullopt : std::optional(found->second);
}

bool KnownListings::has(const std::string& folder) const {
    const auto known = known_.lock();
    return known->listings.contains(folder);
}

void KnownListings::put(const std::string& folder, const FolderListing& listing) {
    const auto known = known_.lock();
    const std::size_t size = listing.entries.size() + 1;
    if (size > known->left || !known->listings.emplace(folder, listing).second) return;
    known->left -= size;
}

void KnownListings::learn(const std::string& folder, std::size_t file, const Sha256Bytes& digest) {
    const auto known = known_.lock();
    if (const auto found = known->listings.find(folder); found != known->listings.end()) found->second.files.learn(file, digest);
}

}  // namespace mabplan::runtime
