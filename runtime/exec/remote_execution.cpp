#include "runtime/exec/remote_execution.h"

#include "runtime/exec/remote_layer.h"
#include "runtime/exec/write_layer.h"
#include "runtime/sys/stopwatch.h"

namespace mabplan::runtime {

Status RemoteExecution::write(const RemoteSource& pinned, const LayerOptions& options, ByteSink& out) {
    if (const auto* git = std::get_if<GitAction>(&pinned)) {
        MABPLAN_TRY(tree,
                    transfers_.follow(shown_source(pinned), [&](const ByteProgress& progress) { return sources_.tree(*git, progress); }));
        return write_git_tree(*git, tree, layers_.clock().seconds(), options, out);
    }
    const auto& fetch = std::get<FetchAction>(pinned);
    MABPLAN_TRY(file,
                transfers_.follow(shown_source(pinned), [&](const ByteProgress& progress) { return sources_.file(fetch, progress); }));
    return write_fetched_file(fetch, file, blobs_, options, out);
}

// Its identity is its definition: there is nothing else to look it up by.
Result<Executed> RemoteExecution::execute(ActionId id, const RemoteSource& pinned) {
    const Stopwatch watch;
    MABPLAN_TRY(result, write_layer(layers_, std::nullopt,
                                    [&](const LayerOptions& options, ByteSink& out) { return write(pinned, options, out); }));
    result.seconds = watch.seconds();
    MABPLAN_CHECK(cache_.record(id, {}, result));
    return Executed{result, HowDone::Native};
}

}  // namespace mabplan::runtime
