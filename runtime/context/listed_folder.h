// The regular files of one folder as they were when it was listed, kept in few bytes each: all of a tree's stay known until its
// contents were read.
#pragma once

#include "plans/base/sha256.h"
#include "runtime/context/digest_cache.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

class ListedFolder {
public:
    ListedFolder() = default;
    explicit ListedFolder(std::size_t most_files);

    // In the order of names. `digest`: if the cache knew it.
    void add(std::string_view name, const FileIdentity& identity, const std::optional<Sha256Bytes>& digest);
    std::optional<std::size_t> find(std::string_view wanted) const;
    std::uint64_t fingerprint(std::size_t file) const { return fingerprints_[file]; }
    // What the file holds, to be asked for later.
    void learn(std::size_t file, const Sha256Bytes& digest);
    // What is known of the file. To be asked for once: when all were asked for the digests are forgotten.
    std::optional<Sha256Bytes> take_digest(std::size_t file);

private:
    std::string_view name(std::size_t file) const;

    std::string names_;                     // one after the other
    std::vector<std::uint32_t> name_ends_;  // by file, as all below
    std::vector<std::uint64_t> fingerprints_;
    std::vector<std::optional<Sha256Bytes>> digests_;  // empty as long as none is known: no memory for a tree that is read the first time
    std::size_t taken_ = 0;
};

}  // namespace mabplan::runtime
