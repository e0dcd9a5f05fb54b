// Executes copies: drafts one, looks for the same one, writes its layer. Copies are the COPYs of a plan, and the files that are mounted.
#pragma once

#include "runtime/exec/action_cache.h"
#include "runtime/exec/copy_draft.h"
#include "runtime/exec/executed.h"

#include <optional>
#include <string>

namespace mabplan::runtime {

struct CopiedFiles {
    Digest diff_id;
    std::string path;  // absolute: where in the layer they are
};

// Safe to use from several threads.
class CopyExecution {
public:
    CopyExecution(const Plan& plan, CopyDrafter& drafter, ActionCache& cache, LayerStore& layers)
        : plan_(plan), drafter_(drafter), cache_(cache), layers_(layers) {}

    Result<Executed> execute(ActionId id, const CopyAction& copy);
    // What a COPY of them onto nothing makes, at a time.
    Result<CopiedFiles> copied_files(const FileOrigin& from, const std::string& source, const std::optional<LayerTime>& time);

private:
    Result<ActionResult> write(CopyDraft& drafted, const std::optional<LayerTime>& time);

    const Plan& plan_;
    CopyDrafter& drafter_;
    ActionCache& cache_;
    LayerStore& layers_;
};

}  // namespace mabplan::runtime
