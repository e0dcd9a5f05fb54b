#include "runtime/run.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/events/event_queue.h"
#include "runtime/exec/action_error.h"
#include "runtime/exec/action_executor.h"
#include "runtime/exec/pin_sources.h"
#include "runtime/exec/run_tally.h"
#include "runtime/exec/work_list.h"
#include "runtime/layers/packing_ahead.h"
#include "runtime/layers/told_fetcher.h"
#include "runtime/output/baked_in_warning.h"
#include "runtime/output/check_destinations.h"
#include "runtime/output/export_target.h"
#include "runtime/output/packed_layers.h"
#include "runtime/output/platform_truth.h"
#include "runtime/sandbox/sandbox.h"
#include "runtime/sandbox/user_namespace.h"
#include "runtime/sched/carry_out.h"
#include "runtime/step/command_check.h"
#include "runtime/step/local_step_runner.h"
#include "runtime/step/platform_support.h"
#include "runtime/step/saved_steps.h"
#include "runtime/step/step_network.h"
#include "runtime/sys/file.h"
#include "runtime/sys/guarded.h"
#include "runtime/sys/thread.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace mabplan::runtime {

namespace {

constexpr int kMostRepairs = 8;  // of a damaged store within one run

class PlanRun {
public:
    PlanRun(Plan plan, const RunPorts& ports, const RunSettings& settings, BuildObserver& observer)
        : plan_(std::move(plan)),
          store_(ports.store),
          sources_(ports.sources),
          folders_(ports.folders),
          destinations_(ports.destinations),
          stop_(ports.stop),
          settings_(settings),
          begin_(settings.clock()),
          events_(observer, [this] { return settings_.clock() - begin_; }),
          transfers_(events_),
          fetcher_(ports.images, transfers_),
          layers_(ports.store, fetcher_, settings.jobs, settings.max_layer_bytes),
          contexts_(ports.folders),
          secrets_(join_secrets(settings.secrets, plan_.secrets), settings.project_folder, settings.user),
          agents_(join_agents(settings.agents, plan_.agents, settings.project_folder, settings.user.home)),
          key_agents_(ports.store.scratch(), settings.user.agent_socket, &ports.stop),
          networks_(
              networks_for(settings.emulator_folders, settings.resolv_conf, [this](std::string_view why) { tell_of_host_network(why); })),
          results_(plan_),
          local_({store_, layers_, store_.scratch() + "/stubs", settings.resolv_conf, networks_, ports.stop.fd(), secrets_, agents_,
                  key_agents_, settings.devices, settings.use_cache ? OldCaches::Used : OldCaches::StartEmpty}),
          saving_(settings.steps_folder, local_),
          tally_(plan_, results_, events_),
          executor_(plan_, results_,
                    {store_.records(), store_.blobs(), layers_, contexts_, ports.sources, transfers_, store_.root(), store_.scratch(),
                     runner(), settings.use_cache, settings.fresh_stages,
                     [this](ActionId id, std::string_view text) {
                         events_.tell(Noted{id, std::string(text)});
                     }}),
          required_(required_actions(plan_)) {
        layers_.heed(ports.stop);
        layers_.tell_damage([this](const std::string& what) { events_.tell(Warned{what}); });
        told_of_repairs_ = store_.records().on_repair([this](const std::string& what) { events_.tell(Warned{what}); });
    }
    ~PlanRun() { store_.records().on_repair(std::move(told_of_repairs_)); }

    Result<RunReport> run();

private:
    void tell_end(const Result<RunReport>& report);
    Result<RunReport> run_all();
    void tell_of_host_network(std::string_view why);
    Status prepare_platforms();
    void tell_unused_ranges();
    Status enter_namespace();
    Status attempt();
    ActionEnd execute_one(ActionId id);
    ActionEnd failed(ActionId id, Error error, const ActionTime& time);
    Status execute_all();
    Status export_what_is_done();
    Status export_all();
    Status export_one(const Target& target);
    StepRunner& runner() { return settings_.steps_folder.empty() ? static_cast<StepRunner&>(local_) : saving_; }
    bool is_interrupted() const { return stop_.is_interrupted(); }
    bool is_emulated(ActionId id) const;
    Error explain(ActionId id, Error error) const { return explain_error(plan_, id, settings_.project_folder, std::move(error)); }
    void know_bases();
    void note_uses();
    std::optional<BudgetReport> keep_to_budget();

    Plan plan_;  // its sources pinned
    Store& store_;
    SourceFetcher& sources_;
    ProjectFolders& folders_;
    ImageDestinations& destinations_;
    Stop& stop_;
    const RunSettings& settings_;
    double begin_;
    EventQueue events_;
    Transfers transfers_;
    ToldFetcher fetcher_;
    Records::Tell told_of_repairs_;  // before this run
    LayerStore layers_;
    ContextSource contexts_;
    NamespaceIds ids_;
    Secrets secrets_;
    std::vector<AgentSource> agents_;
    KeyAgents key_agents_;
    StepNetworks networks_;
    ActionResults results_;
    LocalStepRunner local_;
    SavingStepRunner saving_;  // of the same
    RunTally tally_;
    ActionExecutor executor_;
    std::map<std::uint32_t, Error> pin_failures_;
    std::vector<bool> required_;  // by action
    std::vector<TargetReport> reports_;
    WorkList work_{Schedule(0), {}, {}};
    StepPlatforms platforms_;
    int repairs_left_ = kMostRepairs;
    int losses_before_ = 0;                 // of the attempt
    Guarded<std::optional<Error>> damage_;  // for which this attempt ends
    const std::map<std::uint32_t, std::set<Compression>> packed_ = packed_actions(plan_);
    PackingAhead packing_{layers_};
};

void PlanRun::tell_end(const Result<RunReport>& report) {
    const RunCounts counts = tally_.counts();
    const auto done = std::count_if(work_.missing.begin(), work_.missing.end(),
                                    [&](ActionId id) { return work_.schedule.state(id) == ActionState::Done; });
    RunEnded ended;
    ended.cached = counts.cached;
    ended.executed = counts.executed;
    ended.emulated = counts.emulated;
    ended.failed = counts.failures.size();
    ended.skipped = work_.missing.size() - static_cast<std::size_t>(done) - ended.failed;
    ended.seconds = settings_.clock() - begin_;
    if (!report) ended.error = report.error();
    if (ended.error) ended.how = ended.error->kind == ErrorKind::Interrupted ? RunEnd::Interrupted : RunEnd::Failed;
    else if (!report->failures.empty()) ended.how = report->only_optional_failed ? RunEnd::OnlyOptionalFailed : RunEnd::Failed;
    events_.tell(std::move(ended));
}

// It matters where commands run side by side: two servers may want one port.
void PlanRun::tell_of_host_network(std::string_view why) {
    if (settings_.jobs > 1 && connects_side_by_side(plan_, work_.missing))
        events_.tell(
            Warned{format("commands that run side by side share the host's network, and its ports: {} (`mabplan doctor` says more)", why)});
}

// Before anything is looked up: a layer that can be fetched is at hand.
void PlanRun::know_bases() {
    for (const Action& action : plan_.actions) {
        const auto* image = std::get_if<ImageAction>(&action.work);
        if (image == nullptr) continue;
        for (const BaseLayer& layer : image->layers)
            layers_.know_base(layer, image->location, [this, &action] { return place_of(action.origin, settings_.project_folder); });
    }
}

// Before anything runs, once: what needs one id goes on.
void PlanRun::tell_unused_ranges() {
    const auto runs = [&](ActionId id) { return std::holds_alternative<RunAction>(plan_.action(id).work); };
    if (ids_.why == WhySingle::RangeUnused && std::any_of(work_.missing.begin(), work_.missing.end(), runs))
        events_.tell(Warned{format("commands have one id here, as if this user had no ranges: {}", ids_.why_single)});
}

Status PlanRun::prepare_platforms() {
    std::vector<PlatformNeed> needs;
    for (const ActionId id : work_.missing) {
        const auto* run = std::get_if<RunAction>(&plan_.action(id).work);
        // a repair asks again for what is there already
        if (run != nullptr && !platforms_.contains(format_platform(run->platform)))
            needs.push_back({run->platform, run->runner, id, required_[id.index]});
    }
    auto supported = support_platforms(needs, settings_.emulator_folders);
    if (!supported) {
        auto refusal = std::move(supported).error();
        return fail(explain(refusal.action, std::move(refusal.error)));
    }
    platforms_.merge(*supported);
    local_.set_platforms(platforms_);
    return {};
}

bool PlanRun::is_emulated(ActionId id) const {
    const auto* run = std::get_if<RunAction>(&plan_.action(id).work);
    const auto platform = run == nullptr ? platforms_.end() : platforms_.find(format_platform(run->platform));
    return platform != platforms_.end() && !platform->second.emulator.empty();
}

ActionEnd PlanRun::execute_one(ActionId id) {
    events_.tell(Started{id, is_emulated(id)});
    const double begin = settings_.clock();
    const auto unpinned = pin_failures_.find(id.index);
    const auto say = [&](std::string_view bytes) { events_.tell(Said{id, std::string(bytes)}); };
    auto done = unpinned != pin_failures_.end() ? Result<Executed>(fail(unpinned->second))
                                                : without_throwing([&] { return executor_.execute(id, say); });
    const double seconds = settings_.clock() - begin;
    if (!done) return failed(id, std::move(done).error(), {seconds, is_emulated(id)});
    tally_.finish(id, done->how, seconds - done->waited_seconds, done->waited_seconds);
    if (const auto packed = packed_.find(id.index); packed != packed_.end())
        for (const Compression compression : packed->second) packing_.want(done->result.diff_id, compression);
    return ActionEnd::Done;
}

// The first that is required and fails ends all others, whose ends are then no failures of their own.
ActionEnd PlanRun::failed(ActionId id, Error error, const ActionTime& time) {
    const bool required = required_[id.index];
    if (error.kind == ErrorKind::Interrupted && stop_.is_stopped() && !is_interrupted()) {
        tally_.stop(id, Error{ErrorKind::Interrupted, "stopped, because another step failed"}, time, required);
        return ActionEnd::Failed;
    }
    // a layer that was found damaged is no fault of the action that needed it: all is tried again, and makes it anew
    if (error.kind == ErrorKind::Verify && layers_.losses() > losses_before_ && repairs_left_ > 0) {
        events_.tell(Noted{id, "needs a layer that was damaged: it is made again"});
        *damage_.lock() = std::move(error);
        return ActionEnd::FailedForAll;  // what runs beside it comes to its end
    }
    tally_.fail(id, explain(id, std::move(error)), time, required);
    if (!required) return ActionEnd::Failed;
    stop_.give_up();
    return ActionEnd::FailedForAll;
}

// Fewer side by side where no more threads can be had.
Status PlanRun::execute_all() {
    const std::size_t most = std::min<std::size_t>(static_cast<std::size_t>(settings_.jobs), work_.missing.size());
    if (most == 0) return {};
    return carry_out(work_.schedule, {most, [this](ActionId id) { return execute_one(id); }, [this] { return is_interrupted(); }});
}

Status PlanRun::export_one(const Target& target) {
    BuiltTarget built{target, {}};
    std::vector<Cell>& cells = built.target.cells;
    std::erase_if(cells, [&](const Cell& cell) { return !is_done(plan_, cell, results_); });
    if (cells.empty() && !target.cells.empty()) return {};
    for (const Cell& cell : cells) built.chains.push_back(results_.chain(cell.root));
    for (const Cell& cell : cells) MABPLAN_CHECK(warn_of_platform_lies(plan_, cell, results_, layers_, events_));
    for (const Cell& cell : cells) MABPLAN_CHECK(warn_of_baked_in(plan_, cell, results_, layers_, events_));
    MABPLAN_TRY(report, export_target(built, {store_.blobs(), layers_, store_.records(), destinations_, events_, transfers_,
                                              settings_.project_folder, store_.clock().seconds(), settings_.digests}));
    reports_.push_back(std::move(report));
    return {};
}

Status PlanRun::export_all() {
    for (const Target& target : plan_.targets) {
        if (is_interrupted()) return fail(ErrorKind::Interrupted, "interrupted");
        auto exported = export_one(target);
        if (!exported) return pass(std::move(exported).error(), format("writing the target {}", target.name));
    }
    return {};
}

// What is done, then the rest, then the outputs.
Status PlanRun::attempt() {
    reports_.clear();
    stop_.begin_anew();
    losses_before_ = layers_.losses();
    know_bases();
    MABPLAN_TRY(work, find_work(plan_, [this](ActionId id) { return executor_.look_up(id); }));
    work_ = std::move(work);
    for (const ActionId id : work_.missing) results_.forget(id);
    note_uses();
    tally_.begin(work_);
    tell_unused_ranges();
    if (auto fault =
            find_command_fault(plan_, work_.missing, {ids_, settings_.allow_insecure, secrets_, agents_, key_agents_, settings_.devices}))
        return fail(explain(fault->action, std::move(fault->error)));
    MABPLAN_CHECK(prepare_platforms());
    if (connects(plan_, work_.missing)) networks_.start_ahead();
    if (!work_.missing.empty()) MABPLAN_CHECK(make_stub_layer(store_.scratch() + "/stubs"));
    Status done = execute_all();
    networks_.end_idle();
    if (done) done = export_what_is_done();
    packing_.end();
    return done;
}

Status PlanRun::export_what_is_done() {
    if (is_interrupted()) return fail(ErrorKind::Interrupted, "interrupted");
    if (auto damage = std::exchange(*damage_.lock(), std::nullopt)) return fail(std::move(*damage));
    if (tally_.has_required_failure()) return {};
    packing_.give_up_all_but(packed_layers(plan_, results_));
    return export_all();
}

// Commands need a namespace. The rest is better off with one that has many ids, where layers can be unpacked with their owners once for
// all, but does without.
Status PlanRun::enter_namespace() {
    const auto command = std::find_if(plan_.actions.begin(), plan_.actions.end(),
                                      [](const Action& action) { return std::holds_alternative<RunAction>(action.work); });
    if (command == plan_.actions.end() && !can_enter_user_namespace()) {
        layers_.hold_in_memory();
        static_cast<void>(store_.sweep());  // what others own stays: it is in nobody's way
        return {};
    }
    auto ids = enter_user_namespace(&stop_);
    if (!ids && command == plan_.actions.end()) return pass(std::move(ids).error());
    if (!ids) return fail(explain({static_cast<std::uint32_t>(command - plan_.actions.begin())}, std::move(ids).error()));
    if (command == plan_.actions.end() && ids->mapping == IdMapping::SingleUid) layers_.hold_in_memory();
    ids_ = *ids;
    local_.set_ids(*ids);
    static_cast<void>(store_.sweep());
    return {};
}

// A stage that others copy from is used by them, also where their copies are there already and nobody asks for it.
void PlanRun::note_uses() {
    std::vector<Digest> keys;
    for (const Action& action : plan_.actions) keys.push_back(action.definition_key);
    store_.records().note_uses(keys);
}

// A run that found all done has made nothing that takes room. What can't be done is told, and spoils no run.
std::optional<BudgetReport> PlanRun::keep_to_budget() {
    if (!settings_.budget || (tally_.counts().executed == 0 && !transfers_.any())) return std::nullopt;
    auto kept = keep_budget(store_, *settings_.budget, store_.opened(), &stop_);
    if (!kept) {
        events_.tell(Warned{format("the store could not be kept to its budget: {}", kept.error().message)});
        return std::nullopt;
    }
    if (kept->is_over) {
        const StoreBudget& budget = *settings_.budget;
        const std::string amounts = kept->bytes > budget.bytes
                                        ? format("{}, more than its budget of {}", format_bytes(kept->bytes), format_bytes(budget.bytes))
                                        : format("{} files, more than its budget of {}", kept->inodes, budget.inodes);
        events_.tell(Warned{format("the store has {}: what is left is used by this run, by another one, or by images with a name", amounts),
                            "MABPLAN_CACHE_BUDGET sets another budget; `mabplan cache du` and `mabplan image ls` say what is there"});
    }
    return *std::move(kept);
}

Result<RunReport> PlanRun::run_all() {
    MABPLAN_CHECK(check_destinations(plan_, settings_.project_folder));
    MABPLAN_CHECK(secrets_.check_files());
    MABPLAN_CHECK(check_agent_files(agents_));
    MABPLAN_CHECK(enter_namespace());
    if (is_interrupted()) return fail(ErrorKind::Interrupted, "interrupted");  // what maps ids may have been, too
    events_.start();
    MABPLAN_TRY(failures, pin_sources(plan_, sources_, transfers_, settings_.jobs));
    pin_failures_ = std::move(failures);
    Status done = attempt();
    // what was found damaged was removed: it is absent now, and made again
    while (repairs_left_ > 0 && !done && done.error().kind == ErrorKind::Verify) {
        --repairs_left_;
        events_.tell(Warned{done.error().message});
        done = attempt();
    }
    MABPLAN_CHECK(done);
    RunCounts counts = tally_.counts();
    RunReport report{
        std::move(reports_),        counts.cached, counts.executed, counts.emulated, tally_.taxes(), std::move(counts.failures),
        counts.only_optional_failed};
    MABPLAN_CHECK(folders_.save());
    if (report.executed > 0) MABPLAN_CHECK(layers_.sync());
    report.upkeep = keep_to_budget();
    key_agents_.end();
    MABPLAN_CHECK(store_.remove_scratch());
    return report;
}

// The layers are made and everything is put away when the end is shown: nothing waits for a terminal but whoever waits for the end.
Result<RunReport> PlanRun::run() {
    Result<RunReport> report = run_all();
    tell_end(report);
    const Status shown = events_.finish();
    if (report && !shown) return fail(shown.error());
    return report;
}

}  // namespace

Result<RunReport> run_plan(const Plan& plan, const RunPorts& ports, const RunSettings& settings, BuildObserver& observer) {
    return PlanRun(plan, ports, settings, observer).run();
}

}  // namespace mabplan::runtime
