#include "compiler/lower/history.h"

#include <algorithm>
#include <utility>

namespace mabplan::compiler {

void History::add(HistoryEntry entry) { last_ = std::make_shared<Line>(Line{std::move(entry), std::move(last_)}); }

std::vector<HistoryEntry> History::entries() const {
    std::vector<HistoryEntry> out;
    for (const Line* line = last_.get(); line != nullptr; line = line->before.get()) out.push_back(line->entry);
    std::reverse(out.begin(), out.end());
    return out;
}

// Line by line: a long chain must not be taken down by recursion.
History::~History() {
    while (last_ && last_.use_count() == 1) last_ = std::exchange(last_->before, nullptr);
}

}  // namespace mabplan::compiler
