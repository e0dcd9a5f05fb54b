// Two result caches as one: what the near one does not know the far one is asked for, and its answer is kept near; what is made goes to
// both. A far result is worth something only where its layer can be had as well: that is its user's to ask.
#pragma once

#include "runtime/store/far_side.h"
#include "runtime/store/result_cache.h"

namespace mabplan::runtime {

// Failures of the near one are those of the whole; one of the far one is `side`'s.
class LayeredResultCache final : public ResultCache {
public:
    LayeredResultCache(ResultCache& near, ResultCache& far, FarSide& side) : near_(near), far_(far), side_(side) {}

    Result<std::optional<ActionResult>> find(const ResultKey& key) override;
    Status put(const ResultKey& key, const ActionResult& result) override;

private:
    ResultCache& near_;
    ResultCache& far_;
    FarSide& side_;
};

}  // namespace mabplan::runtime
