// Cases that are known to fail because this project does better than what the data wants. A text file, one case a line:
//
//     id<TAB>why ours is better
//
// Empty lines and lines that begin with '#' say nothing. An entry that is out of date is a failure.
#pragma once

#include "plans/base/result.h"
#include "tests/conformance/outcome.h"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::conformance {

class Tolerated {
public:
    // Input errors: a line without a reason, a case named twice.
    static Result<Tolerated> parse(std::string_view text);

    // The outcome of a case, a failure turned into a toleration if it is named; a named case that does not fail has failed.
    Outcome judge(const std::string& id, Outcome outcome);
    // Entries of a set (ids are "set/…") that name none of the cases judged so far.
    std::vector<std::string> unknown_cases(const std::string& set) const;

private:
    std::map<std::string, std::string> reasons_;
    std::set<std::string> seen_;
};

}  // namespace mabplan::conformance
