#include "plans/oci/chain_id.h"

namespace mabplan {

Digest chain_id(std::span<const Digest> diff_ids) {
    Digest chain;
    for (const Digest& diff_id : diff_ids) chain = chain.empty() ? diff_id : Digest::of(chain.text() + " " + diff_id.text());
    return chain;
}

std::string chain_text(std::span<const Digest> diff_ids) { return diff_ids.empty() ? std::string(kNoLayers) : chain_id(diff_ids).text(); }

}  // namespace mabplan
