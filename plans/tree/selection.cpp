#include "plans/tree/selection.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/tree/source_expansion.h"

#include <algorithm>
#include <numeric>
#include <optional>

namespace mabplan {

namespace {

constexpr std::string_view kPivot = "/./";
constexpr std::string_view kSelectionHeader = "selection 1\n";

std::string_view source_line(SourceKind kind) { return kind == SourceKind::Contents ? "source contents\n" : "source entry\n"; }

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

class Selector {
public:
    Selector(TreeReader& tree, const SelectionOptions& options) : tree_(tree), options_(options) {}

    Status select(std::size_t word, std::string_view source) {
        if (options_.parents == ParentDirectories::Keep) return select_with_parents(word, source);
        MABPLAN_TRY(expanded, expand_source(tree_, source, options_));
        for (ExpandedSource& found : expanded) MABPLAN_CHECK(add(word, std::move(found), nullptr));
        return {};
    }

    // The entries are lent to the question for their digests, not copied: there may be many.
    Result<Selection> finish() {
        std::vector<ListedEntry*> listed;
        std::vector<TreePath> files;
        const std::size_t count = count_files();
        listed.reserve(count);
        files.reserve(count);
        for (SelectedSource& source : selection_) {
            for (ListedEntry& entry : source.entries) {
                if (entry.entry.type != FileType::File) continue;
                listed.push_back(&entry);
                files.push_back({source_path(source, entry), std::move(entry.entry)});
            }
        }
        MABPLAN_TRY(digests, tree_.digests(files));
        if (digests.size() != files.size())
            return fail(ErrorKind::Internal, format("{} digests were returned for {} files", digests.size(), files.size()));
        for (std::size_t i = 0; i < listed.size(); ++i) {
            listed[i]->entry = std::move(files[i].entry);
            listed[i]->digest = std::move(digests[i]);
        }
        return std::move(selection_);
    }

private:
    std::size_t count_files() const {
        std::size_t count = 0;
        for (const SelectedSource& source : selection_)
            for (const ListedEntry& listed : source.entries) count += listed.entry.type == FileType::File ? 1 : 0;
        return count;
    }

    // With parents kept, all that the word matches below its pivot (or below the root) is one source.
    Status select_with_parents(std::size_t word, std::string_view source) {
        const std::size_t pivot = source.find(kPivot);
        const bool has_pivot = pivot != std::string_view::npos;
        const std::string_view base = has_pivot ? source.substr(0, pivot) : "/";
        const std::string pattern = tree_path(has_pivot ? source.substr(pivot + kPivot.size()) : source);
        MABPLAN_TRY(includes, PatternList::compile({pattern}));
        MABPLAN_TRY(expanded, expand_source(tree_, base, options_));
        const bool is_whole = pattern == ".";
        const bool may_be_empty = is_whole || has_glob(base) || has_glob(pattern);
        bool found = may_be_empty;
        for (ExpandedSource& start : expanded) {
            if (start.found.entry.type != FileType::Directory) continue;
            MABPLAN_TRY(named, may_be_empty ? Result<std::optional<TreeEntry>>(std::nullopt) : tree_.stat(path_below(start.found.path, pattern)));
            found = found || named.has_value();
            MABPLAN_CHECK(add(word, std::move(start), is_whole ? nullptr : &includes));
        }
        if (!found) return fail(missing_source(tree_, path_below(tree_path(base), pattern), options_));
        return {};
    }

    Status add(std::size_t word, ExpandedSource expanded, const PatternList* includes) {
        SelectedSource source;
        source.word = word;
        source.path = std::move(expanded.found.path);
        source.name = std::move(expanded.name);
        source.entry = std::move(expanded.found.entry);
        if (source.entry.type == FileType::Directory) {
            source.kind = SourceKind::Contents;
            MABPLAN_TRY(entries, Walk(tree_, options_.excludes, includes).below(source.path));
            source.entries = std::move(entries);
        } else if (source.entry.type == FileType::Socket) {
            return input_error(format("{} is a socket: no layer can hold it", quoted("/" + source.path)));
        } else {
            source.entries.push_back({source.name, source.entry, {}, EntryRole::Selected});
        }
        selection_.push_back(std::move(source));
        return {};
    }

    TreeReader& tree_;
    const SelectionOptions& options_;
    Selection selection_;
};

}  // namespace

Result<Selection> select_sources(TreeReader& tree, const std::vector<std::string>& sources, const SelectionOptions& options) {
    Selector selector(tree, options);
    for (std::size_t word = 0; word < sources.size(); ++word) MABPLAN_CHECK(selector.select(word, sources[word]));
    return selector.finish();
}

std::string source_path(const SelectedSource& source, const ListedEntry& entry) {
    return source.kind == SourceKind::Entry ? source.path : path_below(source.path, entry.path);
}

std::string write_selection(const Selection& selection) {
    std::string text(kSelectionHeader);
    for (const SelectedSource& source : selection) {
        text += source_line(source.kind);
        text += write_listing(source.entries);
    }
    return text;
}

Digest selection_digest(const Selection& selection) {
    Sha256 hash;
    hash.update(kSelectionHeader);
    for (const SelectedSource& source : selection) {
        hash.update(source_line(source.kind));
        hash_listing(hash, source.entries);
    }
    return Digest(hash.finish());
}

std::vector<ListedEntry> flatten_selection(const Selection& selection) {
    std::vector<ListedEntry> all;
    for (const SelectedSource& source : selection) {
        for (const ListedEntry& listed : source.entries) {
            all.push_back(listed);
            all.back().path = source_path(source, listed);
        }
    }
    std::stable_sort(all.begin(), all.end(), path_before);
    const auto same_path = [](const ListedEntry& a, const ListedEntry& b) { return a.path == b.path; };
    all.erase(std::unique(all.begin(), all.end(), same_path), all.end());
    return all;
}

}  // namespace mabplan
