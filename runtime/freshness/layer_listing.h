// What one unpacked layer holds: its paths and what tells their contents apart, so that two root file systems can be compared without
// reading a file. Read once per layer and kept beside it. Does not know stacks, steps and caches.
//
//   snapshots/HEX/listing   "maplist1", number of entries, the entries, XXH3 of all before it. Numbers are little endian. What is damaged
//                           or of another version is made again.
#pragma once

#include "plans/base/result.h"
#include "plans/base/sha256.h"
#include "runtime/sys/guarded.h"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

// Equal exactly if kind and content are: the kind, then the first bytes of a SHA-256.
using Fingerprint = std::array<std::uint8_t, 16>;

enum class ListedKind : std::uint8_t { Directory, File, Symlink, Node, Whiteout };

struct ListedFile {
    std::string path;  // relative, clean; empty: the root
    ListedKind kind = ListedKind::File;
    bool opaque = false;    // a directory that hides those of layers below
    bool implicit = false;  // a directory that the layer does not describe
    Fingerprint content{};  // of a symlink that of its target, of a node that of type and device; of a directory nothing yet
    std::string link_target;
    std::int64_t mtime_ns = 0;  // since 1970
    std::uint64_t bytes = 0;
};

// A directory before all that is in it, names bytewise.
using LayerListing = std::vector<ListedFile>;
bool precedes_in_listing(std::string_view a, std::string_view b);

Fingerprint fingerprint_of(ListedKind kind, const Sha256Bytes& hash);
Fingerprint fingerprint_of(ListedKind kind, std::string_view content);

// Of the fs folder of a snapshot.
Result<LayerListing> read_layer_listing(const std::string& fs_folder);

// Those of a process, each read once. Several threads may ask.
class LayerListings {
public:
    Result<std::shared_ptr<const LayerListing>> of(const std::string& fs_folder);

private:
    Guarded<std::map<std::string, std::shared_ptr<const LayerListing>>> known_;
};

}  // namespace mabplan::runtime
