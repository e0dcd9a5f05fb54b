#include "plans/tree/folder_entries.h"

#include <utility>

namespace mabplan {

void pack_entry(PackWriter& out, const FolderEntry& listed) { pack_facts(out, listed.entry); }

void unpack_entry(PackReader& in, FolderEntry& listed) {
    unpack_facts(in, listed.entry);
    listed.entry.name = listed.path;
}

void FolderEntries::push_back(TreeEntry entry) {
    std::string name = std::move(entry.name);
    list_.push_back({std::move(name), std::move(entry)});
}

}  // namespace mabplan
