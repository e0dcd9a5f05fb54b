// What unpacked archives make of a directory of a root file system, member by member as `tar` would: a later member replaces an
// earlier one, directories are merged, names lead through symlinks, which never leave the directory. Nothing is written: the result
// is put into the draft of a layer.
#pragma once

#include "runtime/copy/added_archive.h"
#include "runtime/copy/content_place.h"
#include "runtime/copy/layer_draft.h"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mabplan::runtime {

class ArchiveTree {
public:
    // `destination`: a directory of the root or of the draft; `is_new`: the root has nothing there.
    ArchiveTree(LayerDraft& draft, std::string destination, bool is_new, std::optional<Owner> owner);

    // Step errors that name archive and member: what is in the way, a hard link to nothing.
    Status unpack(const AddedArchive& archive);
    // All of it into the draft, and to `places` where the contents lie.
    Status finish(std::vector<ContentPlace>& places);

private:
    // A file with all its names.
    struct Inode {
        TreeEntry entry;
        ContentPlace content;
    };
    struct Node {
        std::shared_ptr<Inode> inode;
        bool merges = false;  // a directory that the root has too
        bool hides = false;   // the root has a directory here, of which nothing is left
    };
    struct Step {
        std::string name;
        bool of_link;  // from the target of a symlink: must exist
    };

    Status place(const ArchiveMember& member);
    Status place_directory(const std::string& path, const TreeEntry& entry);
    Status place_other(const std::string& path, std::shared_ptr<Inode> inode);
    Status place_hard_link(const std::string& path, const ArchiveMember& member);
    Result<std::shared_ptr<Inode>> linked(const std::string& target);
    Result<std::optional<TreeEntry>> look(const std::string& path);
    // The path with the symlinks in front of its last part resolved; missing directories are made, or are an error.
    enum class Missing { Make, Refuse };
    Result<std::string> resolve(const std::string& path, Missing missing);
    Status enter(std::string& here, const Step& step, std::deque<Step>& steps, Missing missing);

    LayerDraft& draft_;
    std::string destination_;
    bool is_new_;
    std::optional<Owner> owner_;
    std::map<std::string, Node> nodes_;  // by path in the root
    int links_ = 0;                      // followed for the current name
};

}  // namespace mabplan::runtime
