// The identity of a stack of layers (image-spec, config.md, "Layer ChainID").
#pragma once

#include "plans/base/digest.h"

#include <span>

namespace mabplan {

// ChainID of the diff_ids, bottom layer first; an empty digest for an empty stack.
Digest chain_id(std::span<const Digest> diff_ids);

}  // namespace mabplan
