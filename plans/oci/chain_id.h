// The identity of a stack of layers (image-spec, config.md, "Layer ChainID").
#pragma once

#include "plans/base/digest.h"

#include <span>
#include <string>
#include <string_view>

namespace mabplan {

// ChainID of the diff_ids, bottom layer first; an empty digest for an empty stack.
Digest chain_id(std::span<const Digest> diff_ids);

// What stands for no layers at all, in keys and texts.
inline constexpr std::string_view kNoLayers = "scratch";
// What stands for a stack of layers in a key: its ChainID, or kNoLayers.
std::string chain_text(std::span<const Digest> diff_ids);

}  // namespace mabplan
