// What a rule has to say about a place, and the list of all that was found. Does not know what the rules are about.
#pragma once

#include "compiler/lint/rule.h"
#include "plans/base/source_text.h"

#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace mabplan::compiler {

struct Finding {
    RuleId rule;
    std::string detail;
    SourcePlace place;     // as exact as can be
    std::size_t line = 0;  // where the instruction starts, which may be above `place`

    const Rule& about() const { return rule_of(rule); }
};

// Each finding once, though several platforms and targets come across it.
class Findings {
public:
    void add(Finding finding);
    // Those of one file together, the files in the order of the first finding; by line, then by the bytes of the detail.
    std::vector<Finding> sorted() const;

private:
    using Identity = std::tuple<RuleId, const SourceText*, std::size_t, std::string>;
    std::vector<Finding> list_;
    std::set<Identity> known_;
};

}  // namespace mabplan::compiler
