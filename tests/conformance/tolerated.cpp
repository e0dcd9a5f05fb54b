#include "tests/conformance/tolerated.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

namespace mabplan::conformance {

Result<Tolerated> Tolerated::parse(std::string_view text) {
    Tolerated tolerated;
    int number = 0;
    for (const std::string_view line : split(text, '\n')) {
        ++number;
        if (trim(line).empty() || line.starts_with('#')) continue;
        const std::size_t tab = line.find('\t');
        const std::string id(line.substr(0, tab));
        const std::string reason(tab == std::string_view::npos ? std::string_view{} : trim(line.substr(tab + 1)));
        if (reason.empty()) return input_error(format("line {}: {} has no reason behind a tab", number, quoted(id)));
        if (!tolerated.reasons_.emplace(id, reason).second) return input_error(format("line {}: {} is named twice", number, quoted(id)));
    }
    return tolerated;
}

Outcome Tolerated::judge(const std::string& id, Outcome outcome) {
    const auto entry = reasons_.find(id);
    if (entry == reasons_.end()) return outcome;
    seen_.insert(id);
    if (outcome.verdict == Verdict::Passed) return failed("passes: strike it off the tolerated cases");
    if (outcome.verdict == Verdict::Skipped) return failed("is skipped: strike it off the tolerated cases");
    return {Verdict::Tolerated, outcome.reason + "\n    " + entry->second};
}

std::vector<std::string> Tolerated::unknown_cases(const std::string& set) const {
    std::vector<std::string> unknown;
    for (const auto& [id, reason] : reasons_)
        if (id.starts_with(set + "/") && !seen_.contains(id)) unknown.push_back(id);
    return unknown;
}

}  // namespace mabplan::conformance
