#include "runtime/store/layered_result_cache.h"

namespace mabplan::runtime {

Result<std::optional<ActionResult>> LayeredResultCache::find(const ResultKey& key) {
    MABPLAN_TRY(known, near_.find(key));
    if (known || !side_.answers()) return known;
    auto found = far_.find(key);
    if (!found) {
        side_.fail_with(found.error());
        return std::optional<ActionResult>{};
    }
    if (*found) MABPLAN_CHECK(near_.put(key, **found));
    return *std::move(found);
}

Status LayeredResultCache::put(const ResultKey& key, const ActionResult& result) {
    MABPLAN_CHECK(near_.put(key, result));
    if (!side_.answers()) return {};
    if (const auto put = far_.put(key, result); !put) side_.fail_with(put.error());
    return {};
}

}  // namespace mabplan::runtime
