#include "runtime/exec/directory_execution.h"

#include "plans/base/format.h"
#include "runtime/accounts/user_files.h"
#include "runtime/copy/layer_draft.h"
#include "runtime/exec/write_layer.h"
#include "runtime/layer/tree_layer.h"
#include "runtime/sys/stopwatch.h"

namespace mabplan::runtime {

Result<Executed> DirectoryExecution::execute(ActionId id, const MakeDirectoryAction& made) {
    const Stopwatch watch;
    MABPLAN_TRY(view, layers_.view(results_.chain(made.root)));
    UserFiles users;
    if (needs_user_files(made.owner)) {
        MABPLAN_TRY(files, read_user_files(view));
        users = std::move(files);
    }
    MABPLAN_TRY(owner, find_owner(made.owner, users, UnknownNames::Root));
    const std::optional<LayerTime>& time = plan_.action(id).time;
    LayerDraft draft(view, time_of_changes(time, layers_.clock()));
    draft.add_fact(format("owner {}:{}", owner.uid, owner.gid));
    MABPLAN_TRY(path, draft.resolve(made.path));
    MABPLAN_CHECK(draft.make_directories(path, owner, 0755));
    const InputIdentity inputs{draft.facts(), {}};
    MABPLAN_TRY(cached, cache_.find_content(id, inputs));
    if (cached) return *cached;
    NoContents contents;
    MABPLAN_TRY(result, write_layer(layers_, time, [&](const LayerOptions& options, ByteSink& out) {
                    return write_tree_layer(draft.entries(), contents, options, out);
                }));
    result.seconds = watch.seconds();
    MABPLAN_CHECK(cache_.record(id, inputs, result));
    return Executed{result, HowDone::Native};
}

}  // namespace mabplan::runtime
