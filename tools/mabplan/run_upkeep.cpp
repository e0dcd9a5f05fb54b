#include "tools/mabplan/run_upkeep.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "tools/mabplan/amounts.h"
#include "tools/mabplan/past_runs.h"

#include <algorithm>
#include <limits>
#include <set>

namespace mabplan::tools {

namespace {

constexpr const char* kVariable = "MABPLAN_CACHE_BUDGET";

// The projects whose last run used something of what went: it is dated within that run.
std::set<std::string> projects_hit(const runtime::BudgetReport& report, const runtime::RunHistory& history) {
    std::set<std::string> hit;
    const auto runs = summarize_runs(history);
    if (!runs) return hit;
    std::set<std::string> seen;
    for (const RunSummary& run : *runs) {  // the latest first
        if (run.project.empty() || !seen.insert(run.project + "\n" + join(run.targets, "\n")).second) continue;
        const bool uses = std::any_of(report.removed.begin(), report.removed.end(),
                                      [&](const runtime::StoredItem& item) { return item.used >= run.began && item.used <= run.ended(); });
        if (uses) hit.insert(run.project);
    }
    return hit;
}

}  // namespace

Result<std::optional<runtime::StoreBudget>> budget_of(const std::string& store_root, const Variables& variables) {
    const auto word = variables(kVariable);
    if (!word || word->empty()) {
        MABPLAN_TRY(usual, runtime::usual_budget(store_root));
        return std::optional(usual);
    }
    if (*word == "off" || *word == "none") return std::optional<runtime::StoreBudget>();
    MABPLAN_TRY(bytes, parse_amount(kVariable, *word));
    return std::optional(runtime::StoreBudget{bytes, std::numeric_limits<std::uint64_t>::max()});
}

std::string tell_upkeep(const runtime::BudgetReport& report, const runtime::RunHistory& history) {
    if (report.removed.empty()) return {};
    std::string note =
        format("the store was larger than its budget: {} items that were not used for longest went, {} ({} sets another budget)",
               report.removed.size(), format_bytes(report.freed), kVariable);
    const std::set<std::string> projects = projects_hit(report, history);
    if (!projects.empty()) note += format("; the last run of {} had used some of them", join(projects, ", "));
    return note;
}

}  // namespace mabplan::tools
