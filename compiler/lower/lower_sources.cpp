// What COPY and ADD see of a build context, and what is said of sources that are not there.
#include "compiler/lower/cell_lowering.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

namespace mabplan::compiler {

namespace {

// At the source that an error of selecting names; at the instruction if it names none of them.
SourcePlace place_of_missing(const Instruction& at, const std::vector<std::string>& sources, const Error& error) {
    for (const std::string& source : sources)
        if (error.message.find(quoted(join_path("/", source))) != std::string::npos) return place_of(at, source);
    return at.place;
}

}  // namespace

// One error for each source that can't be taken by itself; the first of all if each of them can.
Failure CellLowering::refuse_sources(Error error, const std::vector<std::string>& sources, const Instruction& at,
                                     const std::function<Result<Digest>(const std::string&)>& take) {
    Errors errors;
    for (const std::string& source : sources) {
        if (sources.size() == 1 || mistakes_.size() + errors.size() == kMostMistakes) break;
        if (auto taken = take(source); !taken) errors.push_back(std::move(taken).error().at(place_of(at, source)));
    }
    if (errors.empty()) return pass(std::move(error).at(place_of_missing(at, sources, error)));
    Error last = std::move(errors.back());
    errors.pop_back();
    for (Error& each : errors) mistakes_.push_back(std::move(each));
    return pass(std::move(last));
}

Result<PatternList> CellLowering::hidden_patterns(const std::string& folder, bool main) {
    const std::string key = (main ? "main " : "named ") + folder;
    if (const auto found = hidden_.find(key); found != hidden_.end()) return found->second;
    MABPLAN_TRY(ignored, ignore_patterns(folder, main));
    MABPLAN_TRY(patterns, PatternList::compile(with_own_patterns(input_.own, folder, ignored.patterns())));
    return hidden_[key] = patterns;
}

}  // namespace mabplan::compiler
