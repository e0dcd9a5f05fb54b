// Directories beneath one root, opened component by component from its descriptor: no symlink is followed and nothing outside is
// reached. Remembers the way to the last one, since a layer names neighbours one after the other.
#pragma once

#include "plans/base/result.h"
#include "runtime/sys/fd.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

class FoldersBeneath {
public:
    // Asked for a component that is no directory: makes it one, or says why not. `path` is from the root.
    using Make = std::function<Status(int parent, const std::string& name, const std::string& path)>;

    explicit FoldersBeneath(Fd root) : root_(std::move(root)) {}

    // The directory at a clean relative path ("." is the root), open until the next call.
    Result<int> open(std::string_view path, const Make& make);
    // What is at the path and below it is no longer what it was.
    void forget(std::string_view path);

private:
    struct Part {
        std::string name;
        Fd handle;
    };
    int last() const { return way_.empty() ? root_.get() : way_.back().handle.get(); }

    Fd root_;
    std::vector<Part> way_;  // from the root to the last directory asked for; the handles of its end are open
};

}  // namespace mabplan::runtime
