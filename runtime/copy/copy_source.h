// The source side of one part of a COPY, opened: a build context, a root file system, or files that stand in the plan.
#pragma once

#include "plans/model/plan.h"
#include "plans/tree/ignoring_reader.h"
#include "plans/tree/selection.h"
#include "runtime/context/local_tree.h"
#include "runtime/copy/context_source.h"
#include "runtime/snapshot/merged_view.h"
#include "runtime/sys/fd.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mabplan::runtime {

// Files of a plan as a tree of one level.
class InlineTree final : public TreeReader {
public:
    explicit InlineTree(const InlineFiles& files) : files_(files) {}

    Result<std::optional<TreeEntry>> stat(std::string_view path) override;
    Result<FolderEntries> list(std::string_view directory) override;
    Result<std::vector<Digest>> digests(const std::vector<TreePath>& files) override;
    Result<Fd> open_file(std::string_view path) const;

private:
    const InlineFile* find(std::string_view path) const;
    const InlineFiles& files_;
};

class CopySource {
public:
    static Result<CopySource> open_context(const BuildContext& context, ContextSource& contexts);
    static CopySource of_root(MergedView root);
    static CopySource of_inline(const InlineFiles& files);

    Result<Selection> select(const CopyAction& copy, const CopyPart& part, SourceWildcards wildcards);
    // A file that was selected.
    Result<Fd> open(const std::string& path);
    // After the last byte of it: an Input error if it is not what was selected. Only a context changes under our hands.
    Status check_unchanged(const Fd& file, const std::string& path) { return context_ ? context_->check_unchanged(file, path) : Status{}; }

private:
    TreeReader& tree();

    std::unique_ptr<LocalTree> context_;
    std::unique_ptr<IgnoringReader> visible_;
    std::optional<PatternList> ignore_;
    std::optional<MergedView> root_;
    std::unique_ptr<InlineTree> inline_;
};

}  // namespace mabplan::runtime
