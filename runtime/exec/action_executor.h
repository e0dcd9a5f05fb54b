// From an action to its layer: gives each to who executes its kind. All that is looked up and made in a run goes through here; how any of
// it is done is others'.
#pragma once

#include "runtime/exec/action_cache.h"
#include "runtime/exec/copy_draft.h"
#include "runtime/exec/copy_execution.h"
#include "runtime/exec/directory_execution.h"
#include "runtime/exec/remote_execution.h"
#include "runtime/exec/run_execution.h"

#include <functional>
#include <string>
#include <string_view>

namespace mabplan::runtime {

class ActionExecutor {
public:
    struct Services {
        ResultCache& known;
        const BlobStore& blobs;
        LayerStore& layers;
        ContextSource& contexts;
        SourceFetcher& sources;
        Transfers& transfers;
        std::string store_root;
        std::string scratch;  // a folder for what archives hold
        StepRunner& runner;
        bool use_cache = true;
        std::set<std::string> fresh_stages{};  // executed again
        NoteOfStep note{};
    };
    ActionExecutor(const Plan& plan, ActionResults& results, Services services);

    // The recorded result, if its layer is at hand. Remembers it.
    Result<bool> look_up(ActionId id) { return cache_.look_up(id); }
    // All inputs must have results. Several threads may call it, for different actions.
    Result<Executed> execute(ActionId id, const std::function<void(std::string_view)>& output);

private:
    const Plan& plan_;
    ActionCache cache_;
    CopyDrafter drafter_;
    CopyExecution copies_;
    DirectoryExecution directories_;
    RemoteExecution remotes_;
    RunExecution runs_;
};

}  // namespace mabplan::runtime
