// A COPY that is settled in all but its contents: what it takes, where everything comes to lie, and what it read of its surroundings.
// Does not know keys, nor what was copied before.
#pragma once

#include "plans/model/action_key.h"
#include "plans/model/plan.h"
#include "plans/tree/selection.h"
#include "runtime/copy/content_spool.h"
#include "runtime/copy/context_source.h"
#include "runtime/copy/copy_layer.h"
#include "runtime/copy/copy_source.h"
#include "runtime/exec/action_results.h"
#include "runtime/layers/layer_store.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mabplan::runtime {

struct CopyDraft {
    std::vector<CopySource> sources;
    ContentSpool spool;      // of archives
    std::string first_path;  // where the first source lies if nothing is below and the destination is "/"
    std::unique_ptr<MergedView> below;
    std::unique_ptr<LayerDraft> draft;  // on `below`
    std::vector<ContentPlace> places;
    InputIdentity inputs;  // what it depends on, for its content key
};

// Safe to use from several threads.
class CopyDrafter {
public:
    // `scratch`: a folder for what archives hold.
    CopyDrafter(const Plan& plan, const ActionResults& results, LayerStore& layers, ContextSource& contexts, std::string scratch)
        : plan_(plan), results_(results), layers_(layers), contexts_(contexts), scratch_(std::move(scratch)) {}

    // A Step error if a source is missing; a Verify error if a context is not what it was when the plan was made.
    Result<CopyDraft> draft(const CopyAction& copy, SourceWildcards wildcards, const std::optional<LayerTime>& time);

private:
    // What one part of a copy takes, and its digest: of a context what was chosen when the plan was compiled, or an error.
    struct SelectedPart {
        Selection selection;
        Digest digest;
    };
    std::vector<Digest> layers_below(const CopyAction& copy) const;
    std::vector<Digest> layers_read_by(const CopyAction& copy) const;
    Result<CopySource> open_source(const FileOrigin& origin);
    Result<SelectedPart> select_part(const CopyAction& copy, std::size_t number, CopySource& source, SourceWildcards wildcards,
                                     const std::optional<LayerTime>& time);
    Result<std::vector<PartToPlace>> take_parts(const CopyAction& copy, SourceWildcards wildcards, const std::optional<LayerTime>& time,
                                                CopyDraft& drafted);

    const Plan& plan_;
    const ActionResults& results_;
    LayerStore& layers_;
    ContextSource& contexts_;
    std::string scratch_;
};

// What is missing in the files of a stage or an image is a fault of the step that wants it, whoever comes across it.
Error as_fault_of_step(Error error);

}  // namespace mabplan::runtime
