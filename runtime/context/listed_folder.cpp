#include "runtime/context/listed_folder.h"

namespace mabplan::runtime {

ListedFolder::ListedFolder(std::size_t most_files) {
    name_ends_.reserve(most_files);
    fingerprints_.reserve(most_files);
}

void ListedFolder::add(std::string_view name, const FileIdentity& identity, const std::optional<Sha256Bytes>& digest) {
    names_ += name;
    name_ends_.push_back(static_cast<std::uint32_t>(names_.size()));
    fingerprints_.push_back(fingerprint_of(identity));
    if (digest) learn(name_ends_.size() - 1, *digest);
    else if (!digests_.empty()) digests_.emplace_back();
}

void ListedFolder::learn(std::size_t file, const Sha256Bytes& digest) {
    if (digests_.empty()) digests_.reserve(name_ends_.capacity());
    digests_.resize(name_ends_.size());
    digests_[file] = digest;
}

std::string_view ListedFolder::name(std::size_t file) const {
    const std::size_t begin = file == 0 ? 0 : name_ends_[file - 1];
    return std::string_view(names_).substr(begin, name_ends_[file] - begin);
}

std::optional<std::size_t> ListedFolder::find(std::string_view wanted) const {
    std::size_t begin = 0;
    for (std::size_t end = name_ends_.size(); begin < end;) {
        const std::size_t middle = begin + (end - begin) / 2;
        if (name(middle) < wanted) begin = middle + 1;
        else end = middle;
    }
    return begin < name_ends_.size() && name(begin) == wanted ? std::optional(begin) : std::nullopt;
}

std::optional<Sha256Bytes> ListedFolder::take_digest(std::size_t file) {
    if (digests_.empty()) return std::nullopt;
    const std::optional<Sha256Bytes> digest = digests_[file];
    if (++taken_ == name_ends_.size()) std::vector<std::optional<Sha256Bytes>>().swap(digests_);  // `= {}` keeps the memory
    return digest;
}

}  // namespace mabplan::runtime
