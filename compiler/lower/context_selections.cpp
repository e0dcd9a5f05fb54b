#include "compiler/lower/context_selections.h"

#include "plans/tree/ignoring_reader.h"
#include "plans/tree/selection.h"

namespace mabplan::compiler {

Result<Digest> ContextSelections::digest(ProjectFiles& files, const std::string& folder, const PatternList& ignore, const std::vector<std::string>& sources) {
    Question question{folder, std::to_string(sources.size())};
    question.insert(question.end(), sources.begin(), sources.end());
    question.insert(question.end(), ignore.patterns().begin(), ignore.patterns().end());
    if (const auto found = known_.find(question); found != known_.end()) return found->second;
    MABPLAN_TRY(tree, files.tree(folder));
    IgnoringReader visible(*tree, ignore);
    SelectionOptions options;
    options.unfiltered = tree;
    MABPLAN_TRY(selection, select_sources(visible, sources, options));
    return known_[std::move(question)] = selection_digest(selection);
}

}  // namespace mabplan::compiler
