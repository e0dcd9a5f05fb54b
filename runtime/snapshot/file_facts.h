// Owner, mode, xattrs and times of what was just made: by descriptor, or by name without following a link.
#pragma once

#include "plans/tree/tree_reader.h"
#include "runtime/snapshot/unpack.h"

#include <string>

namespace mabplan::runtime {

class FactsWriter {
public:
    explicit FactsWriter(OwnerPolicy owners);

    // A file or a directory: the whole of it. The times come last.
    Status apply(int file, const TreeEntry& facts, const std::string& path) const;
    // A symlink or a node without content.
    Status apply_at(int directory, const std::string& name, const TreeEntry& facts, const std::string& path) const;
    Status set_time_at(int directory, const std::string& name, const TreeEntry& facts, const std::string& path) const;

private:
    bool owner_differs(const TreeEntry& facts) const;

    OwnerPolicy owners_;
    std::uint32_t uid_;  // what new files get by themselves
    std::uint32_t gid_;
};

}  // namespace mabplan::runtime
