#include "compiler/lint/finding.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace mabplan::compiler {

void Findings::add(Finding finding) {
    if (known_.emplace(finding.rule, finding.place.text.get(), finding.line, finding.detail).second) list_.push_back(std::move(finding));
}

std::vector<Finding> Findings::sorted() const {
    std::map<const SourceText*, std::size_t> order;
    for (const Finding& finding : list_) order.emplace(finding.place.text.get(), order.size());
    std::vector<Finding> sorted = list_;
    const auto key = [&](const Finding& finding) {
        return std::tuple(order.at(finding.place.text.get()), finding.line, std::string_view(finding.detail));
    };
    std::stable_sort(sorted.begin(), sorted.end(), [&](const Finding& a, const Finding& b) { return key(a) < key(b); });
    return sorted;
}

}  // namespace mabplan::compiler
