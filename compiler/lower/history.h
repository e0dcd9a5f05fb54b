// The history that a build adds to an image, grown line by line. Copies share what they have in common, so that a stage built FROM
// another costs nothing, however long the chain.
#pragma once

#include "plans/model/plan.h"

#include <memory>
#include <vector>

namespace mabplan::compiler {

class History {
public:
    void add(HistoryEntry entry);
    std::vector<HistoryEntry> entries() const;  // oldest first

    History() = default;
    History(const History&) = default;
    History(History&&) = default;
    History& operator=(const History&) = default;
    History& operator=(History&&) = default;
    ~History();

private:
    struct Line {
        HistoryEntry entry;
        std::shared_ptr<Line> before;
    };
    std::shared_ptr<Line> last_;
};

}  // namespace mabplan::compiler
