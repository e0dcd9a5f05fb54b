#include "compiler/lower/context_selections.h"

#include "plans/base/format.h"
#include "plans/tree/ignoring_reader.h"

namespace mabplan::compiler {

namespace {

void put(std::vector<std::string>& question, const std::vector<std::string>& list) {
    question.push_back(std::to_string(list.size()));
    question.insert(question.end(), list.begin(), list.end());
}

}  // namespace

Result<ContextSelections::Chosen> ContextSelections::choose(ProjectFiles& files, const std::string& folder, const PatternList& ignore,
                                                            const std::vector<std::string>& sources, SelectionOptions options) {
    Question question{folder, format("{} {} {}", static_cast<int>(options.wildcards), static_cast<int>(options.top_symlinks),
                                     static_cast<int>(options.parents))};
    put(question, sources);
    put(question, ignore.patterns());
    put(question, options.excludes.patterns());
    if (const auto found = known_.find(question); found != known_.end()) return found->second;
    MABPLAN_TRY(tree, files.tree(folder));
    IgnoringReader visible(*tree, ignore);
    options.unfiltered = tree;
    MABPLAN_TRY(selection, select_sources(visible, sources, options));
    Chosen chosen{selection_digest(selection), {}};
    for (const SelectedSource& source : selection)
        chosen.sockets.insert(chosen.sockets.end(), source.sockets.begin(), source.sockets.end());
    return known_[std::move(question)] = std::move(chosen);
}

}  // namespace mabplan::compiler
