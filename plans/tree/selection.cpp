#include "plans/tree/selection.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/tree/source_expansion.h"
#include "plans/tree/walk.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>

namespace mabplan {

namespace {

constexpr std::string_view kPivot = "/./";
constexpr std::string_view kSelectionHeader = "selection 1\n";

std::string_view source_line(SourceKind kind) { return kind == SourceKind::Contents ? "source contents\n" : "source entry\n"; }

constexpr std::size_t kDigestedAtATime = 4096;  // files; enough to keep several threads busy

bool path_before(const ListedEntry& a, const ListedEntry& b) { return a.path < b.path; }

void sort_by_path(ListedEntries& entries) {
    std::vector<std::uint32_t> order(entries.size());
    std::iota(order.begin(), order.end(), 0U);
    const auto before = [&](std::uint32_t a, std::uint32_t b) { return entries.path(a) < entries.path(b); };
    if (std::is_sorted(order.begin(), order.end(), before)) return;
    std::sort(order.begin(), order.end(), before);
    ListedEntries sorted;
    for (const std::uint32_t index : order) sorted.push_back(entries[index]);
    entries = std::move(sorted);
}

class Selector {
public:
    Selector(TreeReader& tree, const SelectionOptions& options) : tree_(tree), options_(options) {}

    Status select(std::size_t word, std::string_view source) {
        if (options_.parents == ParentDirectories::Keep) return select_with_parents(word, source);
        MABPLAN_TRY(expanded, expand_source(tree_, source, options_));
        for (ExpandedSource& found : expanded) MABPLAN_CHECK(add(word, std::move(found), nullptr));
        return {};
    }

    Result<Selection> finish() {
        MABPLAN_CHECK(digest_taken());
        for (SelectedSource& source : selection_) sort_by_path(source.entries);
        return std::move(selection_);
    }

private:
    struct Taken {
        std::size_t source;
        ListedEntry listed;
    };

    Status take(std::size_t source, ListedEntry listed) {
        taken_.push_back({source, std::move(listed)});
        return taken_.size() < kDigestedAtATime ? Status{} : digest_taken();
    }

    // The entries are lent to the question for their digests, not copied.
    Status digest_taken() {
        std::vector<ListedEntry*> lenders;
        std::vector<TreePath> files;
        for (Taken& taken : taken_) {
            if (taken.listed.entry.type != FileType::File) continue;
            lenders.push_back(&taken.listed);
            files.push_back({source_path(selection_[taken.source], taken.listed), std::move(taken.listed.entry)});
        }
        MABPLAN_TRY(digests, tree_.digests(files));
        if (digests.size() != files.size())
            return fail(ErrorKind::Internal, format("{} digests were returned for {} files", digests.size(), files.size()));
        for (std::size_t i = 0; i < files.size(); ++i) {
            lenders[i]->entry = std::move(files[i].entry);
            lenders[i]->digest = digests[i];
        }
        for (const Taken& taken : taken_) selection_[taken.source].entries.push_back(taken.listed);
        taken_.clear();
        return {};
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
            MABPLAN_TRY(named,
                        may_be_empty ? Result<std::optional<TreeEntry>>(std::nullopt) : tree_.stat(path_below(start.found.path, pattern)));
            found = found || named.has_value();
            MABPLAN_CHECK(add(word, std::move(start), is_whole ? nullptr : &includes));
        }
        if (!found) return fail(missing_source(tree_, path_below(tree_path(base), pattern), options_));
        return {};
    }

    Status add(std::size_t word, ExpandedSource expanded, const PatternList* includes) {
        if (expanded.found.entry.type == FileType::Socket)
            return fail(
                Error{ErrorKind::Input, format("{} is a socket: no layer can hold it", quoted("/" + expanded.found.path))}.with_cause(
                    RefusedSource{"/" + expanded.found.path}));
        const std::size_t index = selection_.size();
        SelectedSource& source = selection_.emplace_back();
        source.word = word;
        source.path = std::move(expanded.found.path);
        source.name = std::move(expanded.name);
        source.entry = std::move(expanded.found.entry);
        if (source.entry.type != FileType::Directory) return take(index, {source.name, source.entry, {}, EntryRole::Selected});
        source.kind = SourceKind::Contents;
        return walk_below(tree_, source.path, options_.excludes, includes, [&](ListedEntry listed) {
            if (listed.entry.type != FileType::Socket) return take(index, std::move(listed));
            selection_[index].sockets.push_back(path_below(selection_[index].path, listed.path));
            return Status{};
        });
    }

    TreeReader& tree_;
    const SelectionOptions& options_;
    Selection selection_;
    std::vector<Taken> taken_;  // their digests are not known yet
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
        text += write_listing({source.entries.begin(), source.entries.end()});
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

Digest dated_selection_digest(const Selection& selection) {
    Sha256 hash;
    hash.update("dated " + selection_digest(selection).text() + "\n");
    for (const SelectedSource& source : selection)
        for (const ListedEntry& listed : source.entries) hash.update(std::to_string(listed.entry.mtime_s) + "\n");
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
