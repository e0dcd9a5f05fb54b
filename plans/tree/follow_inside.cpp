#include "plans/tree/follow_inside.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/tree/follow_path.h"

#include <deque>
#include <string>

namespace mabplan {

namespace {

class InsideWalk {
public:
    InsideWalk(TreeReader& tree, std::string_view bound, std::string_view path) : tree_(tree), bound_(bound), path_(path) {}

    Result<std::optional<TreePath>> follow() {
        MABPLAN_TRY(root, tree_.stat(bound_));
        if (!root) return std::nullopt;
        here_ = {bound_, std::move(*root)};
        put_in_front(path_);
        while (!parts_.empty()) {
            const std::string part = std::move(parts_.front());
            parts_.pop_front();
            if (part.empty() || part == ".") continue;
            MABPLAN_TRY(there, step(part));
            if (!there) return nothing();
        }
        return here_;
    }

private:
    void put_in_front(std::string_view path) {
        const std::vector<std::string_view> more = split(path, '/');
        parts_.insert(parts_.begin(), more.begin(), more.end());
    }

    // False if there is no such entry.
    Result<bool> step(const std::string& part) {
        if (here_.entry.type != FileType::Directory) return false;
        if (part == ".." && here_.path == bound_) return leads("out of the build context");
        const std::string next = part == ".." ? std::string(parent_path(here_.path)) : path_in(here_.path, part);
        MABPLAN_TRY(entry, tree_.stat(next));
        if (!entry) return false;
        if (entry->type != FileType::Symlink) {
            here_ = {next, std::move(*entry)};
            return true;
        }
        if (++links_ > kMostSymlinks)
            return input_error(format("{} leads through more than {} symbolic links", quoted(path_), kMostSymlinks));
        link_ = next;
        target_ = entry->link_target;
        if (target_.starts_with('/')) return leads("out of the build context");
        put_in_front(target_);
        return true;
    }

    Result<std::optional<TreePath>> nothing() const {
        if (links_ == 0) return std::nullopt;
        return leads("to nothing");
    }

    Failure leads(std::string_view where) const {
        if (links_ == 0) return input_error(format("{} leads {}", quoted(path_), where));
        const std::string shown = bound_ == "." ? link_ : link_.substr(bound_.size() + 1);
        return fail(ErrorKind::Input, format("{} is a symbolic link to {}, which leads {}", quoted(shown), quoted(target_), where),
                    "put the file itself into the build context");
    }

    TreeReader& tree_;
    std::string bound_, path_;
    TreePath here_;
    std::deque<std::string> parts_;
    int links_ = 0;
    std::string link_, target_;  // the last symlink
};

}  // namespace

Result<std::optional<TreePath>> follow_inside(TreeReader& tree, std::string_view bound, std::string_view path) {
    return InsideWalk(tree, bound, path).follow();
}

}  // namespace mabplan
