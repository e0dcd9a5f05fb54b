// What becomes of the store at the end of a run: its budget, and what is said when something had to go. Knows the environment's word for it
// and the history of runs; what goes is the runtime's affair.
#pragma once

#include "runtime/store/budget.h"
#include "runtime/store/run_history.h"
#include "tools/terminal/progress_choice.h"

#include <optional>
#include <string>

namespace mabplan::tools {

// $MABPLAN_CACHE_BUDGET: a size ("20GB"), "off" for none; without it the usual one. An Input error for other texts.
Result<std::optional<runtime::StoreBudget>> budget_of(const std::string& store_root, const Variables& variables);

// What went, and whose last run had used it; nothing where nothing went.
std::string tell_upkeep(const runtime::BudgetReport& report, const runtime::RunHistory& history);

}  // namespace mabplan::tools
