#include "runtime/exec/action_executor.h"

namespace mabplan::runtime {

ActionExecutor::ActionExecutor(const Plan& plan, ActionResults& results, Services services)
    : plan_(plan),
      cache_(
          plan, results, services.known, [&layers = services.layers](const Digest& diff_id) { return layers.has(diff_id); },
          services.use_cache ? UseOfCache::All : UseOfCache::NoResults, services.fresh_stages),
      drafter_(plan, results, services.layers, services.contexts, services.scratch),
      copies_(plan, drafter_, cache_, services.layers),
      directories_(plan, results, cache_, services.layers),
      remotes_(services.sources, services.transfers, cache_, services.layers, services.blobs),
      runs_({plan, results, copies_, services.layers, services.contexts}, cache_, services.runner, services.store_root, services.note) {}

Result<Executed> ActionExecutor::execute(ActionId id, const std::function<void(std::string_view)>& output) {
    const Work& work = plan_.action(id).work;
    if (const auto* run = std::get_if<RunAction>(&work)) return runs_.execute(id, *run, output);
    if (const auto* copy = std::get_if<CopyAction>(&work)) return copies_.execute(id, *copy);
    if (const auto* made = std::get_if<MakeDirectoryAction>(&work)) return directories_.execute(id, *made);
    if (const auto source = remote_source_of(work)) return remotes_.execute(id, *source);
    return Executed{};
}

}  // namespace mabplan::runtime
