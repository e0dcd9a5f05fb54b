// A tree seen through an ignore list: what it excludes is not there. An excluded directory stays visible only while something
// below it is re-included; one that can't hold such a thing is never listed.
#pragma once

#include "plans/tree/pattern.h"
#include "plans/tree/tree_reader.h"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace mabplan {

class IgnoringReader final : public TreeReader {
public:
    // `tree` must live longer. Not for use by several threads at once.
    IgnoringReader(TreeReader& tree, PatternList ignore) : tree_(tree), ignore_(std::move(ignore)) {}

    Result<std::optional<TreeEntry>> stat(std::string_view path) override;
    Result<FolderEntries> list(std::string_view directory) override;
    Result<std::vector<Digest>> digests(const std::vector<TreePath>& files) override { return tree_.digests(files); }
    void expect(const std::vector<std::string>& directories) override { tree_.expect(directories); }

private:
    const PatternList::State& state_of(std::string_view directory);
    Result<bool> is_visible(std::string_view path, FileType type);
    Result<bool> reveals(std::string_view directory);

    TreeReader& tree_;
    PatternList ignore_;
    std::unordered_map<std::string, PatternList::State> states_;
    std::unordered_map<std::string, bool> revealing_;  // excluded directories: is anything below re-included
};

// A word of a COPY, as select_sources reads it: whether the list hides all that it names. Nothing if it names nothing there, or if that
// can't be found out. The root of the tree is hidden if nothing in it is seen.
std::optional<bool> is_hidden(TreeReader& tree, const PatternList& ignore, std::string_view word);

}  // namespace mabplan
