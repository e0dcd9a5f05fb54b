// A layer on its way into the store, and the result that it is. Does not know what is in it.
#pragma once

#include "runtime/layer/layer_entry.h"
#include "runtime/layers/layer_store.h"
#include "runtime/store/action_result.h"
#include "runtime/sys/wall_clock.h"

#include <functional>
#include <optional>

namespace mabplan::runtime {

using WriteLayer = std::function<Status(const LayerOptions&, ByteSink&)>;

// `time`: that files get whose times are set; nothing: they keep theirs. What `write` writes is the content of its diff_id
// afterwards, and its programs are known.
Result<ActionResult> write_layer(LayerStore& layers, const std::optional<LayerTime>& time, const WriteLayer& write);

// What directories get that a layer makes or puts something into, in seconds since 1970.
std::int64_t time_of_changes(const std::optional<LayerTime>& time, WallClock& clock);

}  // namespace mabplan::runtime
