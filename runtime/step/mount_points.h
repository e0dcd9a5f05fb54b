// The places in a root file system that mounts need and the image lacks. They are made for the step; what nobody used is no part of
// what the step did.
#pragma once

#include "runtime/snapshot/merged_view.h"

#include <time.h>

#include <string>
#include <vector>

namespace mabplan::runtime {

class MountPoints {
public:
    // Absolute targets, symlinks resolved.
    static Result<MountPoints> missing_in(MergedView& image, const std::vector<std::string>& targets);
    // Takes empty folders and files out of the upper folder of a step that has ended. Folders that they lay in keep the times that the step
    // gave them; those in which nothing happened since `since`, which is before the step, get those of the image back.
    Status remove_from(const std::string& upper_dir, const timespec& since) const;

private:
    struct Parent {
        std::string path;
        TreeEntry entry;
    };
    std::vector<std::string> paths_;  // the deepest first
    std::vector<Parent> parents_;     // that the image has
};

}  // namespace mabplan::runtime
