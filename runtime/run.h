// Runs a plan: finds what is done already, executes the rest in parallel as the graph allows, and emits the images. The one entrance
// to the runtime for a build; prints nothing.
#pragma once

#include "plans/model/plan.h"
#include "runtime/context/project_folders.h"
#include "runtime/devices/device_grant.h"
#include "runtime/events/build_observer.h"
#include "runtime/exec/emulation_tax.h"
#include "runtime/grants/secrets.h"
#include "runtime/layer/tar_reader.h"
#include "runtime/layers/blob_fetcher.h"
#include "runtime/output/image_destinations.h"
#include "runtime/output/target_report.h"
#include "runtime/sources/source_fetcher.h"
#include "runtime/store/budget.h"
#include "runtime/store/store.h"
#include "runtime/sys/stop.h"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mabplan::runtime {

struct RunSettings {
    std::function<double()> clock;  // seconds since any time, never less than before
    Digests digests = Digests::WhereWritten;
    int jobs = 1;
    bool use_cache = true;
    std::set<std::string> fresh_stages{};                   // of these stages everything is executed again
    std::string project_folder;                             // what the plan's relative paths are relative to
    std::vector<std::string> emulator_folders;              // where QEMU is looked for
    std::vector<SecretSource> secrets;                      // before those of the plan
    UserEnvironment user;                                   // what secrets and agents are taken from
    std::vector<AgentSource> agents;                        // before those of the plan
    bool allow_insecure = false;                            // RUN --security=insecure
    HostDevices devices{};                                  // for RUN --device
    std::string steps_folder;                               // where each step is saved before it is run; empty: nowhere
    std::uint64_t max_layer_bytes = TarLimits{}.max_bytes;  // that one layer of a base, or one archive of ADD, may unpack to
    std::optional<StoreBudget> budget{};                    // that the store is kept to at the end; nothing: as large as it becomes
    std::string resolv_conf;                                // text of the host's /etc/resolv.conf, empty if there is none
};

struct RunReport {
    std::vector<TargetReport> targets;
    std::size_t cached = 0;  // actions found done
    std::size_t executed = 0;
    std::size_t emulated = 0;         // of those executed
    std::vector<EmulationTax> taxes;  // of the platforms with emulated steps
    std::vector<Error> failures;      // of actions and cells; those of required cells first
    bool only_optional_failed = false;
    std::optional<BudgetReport> upkeep{};  // where the store has grown and has a budget
};

// What a run works with.
struct RunPorts {
    Store& store;
    BlobFetcher& images;
    SourceFetcher& sources;
    ProjectFolders& folders;
    ImageDestinations& destinations;
    Stop& stop;  // raised by the user, and by the run when a required step fails: whatever of the above heeds it ends then
};

// Errors that stop everything are the result; steps that fail are in the report. The process enters a user
// namespace for good: threads that there are must end soon (single_thread.h). The observer sees it all (event_queue.h says how): it has
// seen RunEnded when this returns.
Result<RunReport> run_plan(const Plan& plan, const RunPorts& ports, const RunSettings& settings, BuildObserver& observer);

}  // namespace mabplan::runtime
