#include "runtime/exec/write_layer.h"

#include "runtime/layer/byte_pipe.h"
#include "runtime/layers/elf_programs.h"
#include "runtime/sys/stopped_stream.h"

namespace mabplan::runtime {

std::int64_t time_of_changes(const std::optional<LayerTime>& time, WallClock& clock) { return time ? time->seconds() : clock.seconds(); }

// Files are read on one thread, hashed and written on another.
Result<ActionResult> write_layer(LayerStore& layers, const std::optional<LayerTime>& time, const WriteLayer& write) {
    MABPLAN_TRY(content, layers.content().create());
    Programs programs;
    LayerOptions options;
    if (time) options.time = time->seconds();
    options.on_content = [&](std::string_view path, std::string_view bytes) { programs.see(path, bytes); };
    MABPLAN_TRY(tar, read_produced([&](ByteSink& out) { return write(options, out); }));
    StoppedSink out(*content, layers.stop());
    MABPLAN_CHECK(copy_bytes(*tar, out));
    ActionResult result;
    result.bytes = content->count();
    MABPLAN_TRY(digest, content->commit());
    result.diff_id = digest;
    MABPLAN_CHECK(layers.know_programs(digest, programs.found()));
    return result;
}

}  // namespace mabplan::runtime
