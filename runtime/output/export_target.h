// Emits what a target became: assembles its images and index, and writes its outputs.
#pragma once

#include "plans/model/plan.h"
#include "runtime/exec/action_results.h"
#include "runtime/exec/observer.h"
#include "runtime/layers/layer_store.h"
#include "runtime/output/target_report.h"

#include <string>

namespace mabplan::runtime {

struct ExportServices {
    Store& store;
    LayerStore& layers;
    const ActionResults& results;
    RunObserver& observer;
    std::string project_folder;
    bool always_assemble = false;
};

// An Input error if a file stands where an output is to be a folder, or a folder where it is to be a file. Before anything runs.
Status check_destinations(const Plan& plan, const std::string& project_folder);

// All actions of the target's cells must have results.
Result<TargetReport> export_target(const Target& target, const ExportServices& services);

}  // namespace mabplan::runtime
