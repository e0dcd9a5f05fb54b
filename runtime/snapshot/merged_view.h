// The tree that a stack of layers shows, as overlayfs would, without a mount: whiteouts, opaque directories and non-directories
// hide what is below. Never leaves the stack. One thread at a time.
#pragma once

#include "plans/tree/tree_reader.h"
#include "runtime/layer/layer_diff.h"
#include "runtime/snapshot/layer_folder.h"
#include "runtime/sys/fd.h"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

class MergedView final : public TreeReader, public LowerView {
public:
    // fs directories, bottom first. None: an empty root, 0755, owned by 0:0.
    static Result<MergedView> open(const std::vector<std::string>& directories);
    // The same of layers that are held in another form.
    static Result<MergedView> of(const std::vector<std::shared_ptr<LayerFolder>>& layers);

    // Of an implicit directory the metadata are those of the next layer below that describes it (containerd's rule: also where what it has
    // in it is hidden; what is no directory there ends the search), else 0755, 0:0, mtime 0.
    Result<std::optional<TreeEntry>> stat(std::string_view path) override;
    // The same of a directory that the topmost layer which has it does not describe and one below does; nothing for all others.
    Result<std::optional<TreeEntry>> inherited(std::string_view directory);
    Result<FolderEntries> list(std::string_view directory) override;
    Result<std::vector<Digest>> digests(const std::vector<TreePath>& files) override;

    // Opens a regular file for reading, the last component not followed. An input error if there is none.
    Result<Fd> open_file(std::string_view path);
    // The path with symlinks resolved inside this root ("." is the root; absolute links start there again, ".." stops there). What does
    // not exist is taken as it is written. With follow_last false the last component may be a link. An input error for a loop.
    Result<std::string> resolve(std::string_view path, bool follow_last);

    ~MergedView() override;
    MergedView(MergedView&&) noexcept;
    MergedView& operator=(MergedView&&) noexcept;

private:
    struct State;
    explicit MergedView(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace mabplan::runtime
