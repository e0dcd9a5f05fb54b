#include "plans/tree/walk.h"

#include "plans/tree/source_expansion.h"

#include <algorithm>
#include <numeric>

namespace mabplan {

namespace {

bool path_before(const ListedEntry& a, const ListedEntry& b) { return a.path < b.path; }

// Large values are moved once, not at every step of a sort.
void sort_by_path(std::vector<ListedEntry>& entries) {
    if (std::is_sorted(entries.begin(), entries.end(), path_before)) return;
    std::vector<std::uint32_t> order(entries.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return path_before(entries[a], entries[b]); });
    std::vector<ListedEntry> sorted;
    sorted.reserve(entries.size());
    for (const std::uint32_t i : order) sorted.push_back(std::move(entries[i]));
    entries = std::move(sorted);
}

// All that is below one directory and neither excluded nor, where there is a list to include, left out by that.
class Walk {
public:
    Walk(TreeReader& tree, const PatternList& excludes, const PatternList* includes) : tree_(tree), excludes_(excludes), includes_(includes) {}

    Result<std::vector<ListedEntry>> below(const std::string& directory) {
        MABPLAN_CHECK(visit(directory, "", {}));
        sort_by_path(entries_);
        return std::move(entries_);
    }

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

    Status visit(const std::string& directory, const std::string& prefix, const Verdict& verdict) {
        MABPLAN_TRY(children, tree_.list(directory));
        announce(directory, children);
        for (TreeEntry& child : children) {
            std::string path = prefix + child.name;
            if (child.type == FileType::Directory) MABPLAN_CHECK(visit_directory(directory, std::move(path), std::move(child), verdict));
            else if (child.type != FileType::Socket && takes(path, verdict)) take(std::move(path), std::move(child));
        }
        return {};
    }

    // Where nothing is left out all directories will be listed: who reads from disk may begin.
    void announce(const std::string& directory, const std::vector<TreeEntry>& children) {
        if (includes_ != nullptr || !excludes_.empty()) return;
        std::vector<std::string> directories;
        for (const TreeEntry& child : children)
            if (child.type == FileType::Directory) directories.push_back(path_below(directory, child.name));
        if (!directories.empty()) tree_.expect(directories);
    }

    // A directory that is not selected itself appears once something below it is.
    Status visit_directory(const std::string& directory, std::string path, TreeEntry entry, const Verdict& parent) {
        const Verdict verdict = judge_directory(path, parent);
        const std::string place = path_below(directory, entry.name);
        const bool visited = is_worth_visiting(path, verdict);
        const std::string prefix = path + "/";
        if (verdict.selected()) take(std::move(path), std::move(entry));
        else waiting_.push_back({std::move(path), std::move(entry), {}, EntryRole::Parent});
        const std::size_t depth = waiting_.size();
        if (visited) MABPLAN_CHECK(visit(place, prefix, verdict));
        if (!verdict.selected() && waiting_.size() == depth) waiting_.pop_back();
        return {};
    }

    void take(std::string path, TreeEntry entry) {
        for (ListedEntry& parent : waiting_) entries_.push_back(std::move(parent));
        waiting_.clear();
        // memory that is not touched costs nothing, moving large entries does
        if (entries_.size() == entries_.capacity()) entries_.reserve(std::max<std::size_t>(256, entries_.size() * 4));
        entries_.push_back({std::move(path), std::move(entry), {}, EntryRole::Selected});
    }

    TreeReader& tree_;
    const PatternList& excludes_;
    const PatternList* includes_;
    std::vector<ListedEntry> entries_;
    std::vector<ListedEntry> waiting_;  // the directories on the way down that nothing was taken from yet
};

}  // namespace

Result<std::vector<ListedEntry>> walk_below(TreeReader& tree, const std::string& directory, const PatternList& excludes,
                                            const PatternList* includes) {
    return Walk(tree, excludes, includes).below(directory);
}

}  // namespace mabplan
