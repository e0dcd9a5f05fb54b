#include "plans/tree/walk.h"

#include "plans/tree/source_expansion.h"

#include <optional>
#include <utility>
#include <vector>

namespace mabplan {

namespace {

// All that is below one directory and neither excluded nor, where there is a list to include, left out by that.
class Walk {
public:
    Walk(TreeReader& tree, const PatternList& excludes, const PatternList* includes, const TakeEntry& take)
        : tree_(tree), excludes_(excludes), includes_(includes), take_(take) {}

    Status below(const std::string& directory) { return visit(directory, "", {}); }

private:
    struct Verdict {
        PatternList::State excluded, included;  // of a directory, for its children
        bool is_excluded = false;
        bool is_included = true;
        bool selected() const { return is_included && !is_excluded; }
    };

    Verdict judge_directory(const std::string& path, const Verdict& parent) const {
        Verdict verdict;
        if (!excludes_.empty()) verdict.excluded = excludes_.matches(path, parent.excluded);
        verdict.is_excluded = verdict.excluded.excluded;
        if (includes_ == nullptr) return verdict;
        verdict.included = includes_->matches(path, parent.included);
        verdict.is_included = verdict.included.excluded;  // for this list to match is to be taken
        return verdict;
    }

    bool takes(const std::string& path, const Verdict& parent) const {
        if (!excludes_.empty() && excludes_.excludes(path, parent.excluded)) return false;
        return includes_ == nullptr || includes_->excludes(path, parent.included);
    }

    bool is_worth_visiting(const std::string& path, const Verdict& verdict) const {
        if (verdict.is_excluded && excludes_.may_skip_directory(path)) return false;
        return verdict.is_included || includes_->may_match_below(path);
    }

    // A directory whose children's turn has not come.
    struct Unvisited {
        std::string name;
        std::string path;
        Verdict verdict;
        std::optional<TreeEntry> entry;  // if it is not selected itself: it appears once something below it is
    };

    // In the order of paths "a-b" stands between "a" and "a/x": a directory's children wait until nothing can come before them.
    Status visit(const std::string& directory, const std::string& prefix, const Verdict& verdict) {
        MABPLAN_TRY(children, tree_.list(directory));
        announce(directory, children);
        std::vector<Unvisited> waiting;  // each name begins with the one before it
        for (std::size_t index = 0; index < children.size(); ++index) {
            TreeEntry child = children[index];
            children.release_before(index);
            while (!waiting.empty() && waiting.back().name + "/" < child.name) MABPLAN_CHECK(visit_last(directory, waiting));
            std::string path = prefix + child.name;
            if (child.type == FileType::Directory) MABPLAN_CHECK(meet_directory(std::move(path), std::move(child), verdict, waiting));
            else if (takes(path, verdict)) MABPLAN_CHECK(take(std::move(path), std::move(child)));
        }
        while (!waiting.empty()) MABPLAN_CHECK(visit_last(directory, waiting));
        return {};
    }

    // Where nothing is left out all directories will be listed: who reads from disk may begin.
    void announce(const std::string& directory, const FolderEntries& children) {
        if (includes_ != nullptr || !excludes_.empty()) return;
        std::vector<std::string> directories;
        for (const TreeEntry& child : children)
            if (child.type == FileType::Directory) directories.push_back(path_below(directory, child.name));
        if (!directories.empty()) tree_.expect(directories);
    }

    Status meet_directory(std::string path, TreeEntry entry, const Verdict& parent, std::vector<Unvisited>& waiting) {
        Verdict verdict = judge_directory(path, parent);
        const bool selected = verdict.selected();
        if (is_worth_visiting(path, verdict))
            waiting.push_back({entry.name, path, std::move(verdict), selected ? std::nullopt : std::optional(entry)});
        return selected ? take(std::move(path), std::move(entry)) : Status{};
    }

    Status visit_last(const std::string& directory, std::vector<Unvisited>& waiting) {
        Unvisited next = std::move(waiting.back());
        waiting.pop_back();
        const std::size_t depth = untaken_.size() + 1;
        if (next.entry) untaken_.push_back({next.path, *std::move(next.entry), {}, EntryRole::Parent});
        MABPLAN_CHECK(visit(path_below(directory, next.name), next.path + "/", next.verdict));
        if (untaken_.size() == depth) untaken_.pop_back();
        return {};
    }

    Status take(std::string path, TreeEntry entry) {
        if (entry.type == FileType::Socket) return take_({std::move(path), std::move(entry), {}, EntryRole::Selected});
        for (ListedEntry& parent : untaken_) MABPLAN_CHECK(take_(std::move(parent)));
        untaken_.clear();
        return take_({std::move(path), std::move(entry), {}, EntryRole::Selected});
    }

    TreeReader& tree_;
    const PatternList& excludes_;
    const PatternList* includes_;
    const TakeEntry& take_;
    std::vector<ListedEntry> untaken_;  // the directories on the way down that nothing was taken from yet
};

}  // namespace

Status walk_below(TreeReader& tree, const std::string& directory, const PatternList& excludes, const PatternList* includes,
                  const TakeEntry& take) {
    return Walk(tree, excludes, includes, take).below(directory);
}

}  // namespace mabplan
