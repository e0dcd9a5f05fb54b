#include "runtime/exec/run_execution.h"

#include "plans/base/format.h"
#include "plans/oci/chain_id.h"
#include "runtime/exec/stopwatch.h"
#include "runtime/step/step_failure.h"
#include "runtime/step/variables.h"
#include "runtime/sys/file.h"
#include "runtime/sys/temporary.h"

namespace mabplan::runtime {

namespace {

// Programs see their CPU, and may go by it. What another host would make with another one stands for itself, and not for its definition.
KeysOf keys_of(const StepPlatform& platform) {
    return platform.cpu == nullptr || platform.cpu->is_usual() ? KeysOf::DefinitionAndContent : KeysOf::Content;
}

}  // namespace

Result<InputIdentity> RunExecution::inputs_of_command(const Command& command) {
    InputIdentity inputs{chain_text(command.below), {}};
    ActionMounts files(files_, command.time);
    auto mounted = mounted_identities(command.run, files);
    if (!mounted) return fail(as_fault_of_step(std::move(mounted).error()));
    inputs.sources = *std::move(mounted);
    return inputs;
}

Result<Executed> RunExecution::execute(ActionId id, const RunAction& run, const Output& output) {
    const auto platform = platforms_.find(format_platform(run.platform));
    if (platform == platforms_.end())
        return fail(ErrorKind::Internal, format("nothing is known of how {} runs here", format_platform(run.platform)));
    const Command command{id, run, plan_.action(id).time, files_.results.chain(run.root), output};
    MABPLAN_TRY(inputs, inputs_of_command(command));
    const KeysOf keys = keys_of(platform->second);
    if (keys == KeysOf::Content) inputs.root += format(" on {}", cpu_in_words(platform->second.cpu->model()));
    MABPLAN_TRY(cached, cache_.find_content(id, inputs, keys));
    if (cached) return *cached;
    if (platform->second.refusal) return fail(*platform->second.refusal);
    MABPLAN_TRY(executed, run_on_some_cpu(command, platform->second));
    MABPLAN_CHECK(cache_.record(id, inputs, executed.result, keys));
    return executed;
}

// Again with a CPU that can do more, while the command meets what the last one lacks. The user's own choice is no first one.
Result<Executed> RunExecution::run_on_some_cpu(const Command& command, StepPlatform platform) {
    std::span<const std::string_view> wider_models;
    const auto chosen = value_of_variable(command.run.env, "QEMU_CPU");
    if (chosen && !platform.emulator.empty()) platform.cpu_words = format("cpu {} by QEMU_CPU", *chosen);
    else if (platform.cpu) wider_models = platform.cpu->wider_models();
    platform.is_widest = wider_models.empty();
    double waited = 0;
    auto executed = [&] {
        const Stopwatch watch;
        const auto kept = EmulatedCpu::keep_models();
        waited += watch.seconds();
        return run_once(command, platform);
    }();
    for (std::size_t i = 0; i < wider_models.size() && !executed && lacks_instruction(executed.error()); ++i) {
        const Stopwatch watch;
        const auto wider = platform.cpu->widen(wider_models[i]);
        waited += watch.seconds();
        const std::string lacking = format("needs an instruction that {} lacks", platform.cpu_words);
        if (!wider) {
            note(command.id, format("{}: no other is to be had: {}", lacking, wider.error().message));
            break;
        }
        if (!*wider) continue;
        platform.cpu_words = cpu_in_words(wider_models[i]);
        note(command.id, format("{}: run again with {}", lacking, platform.cpu_words));
        platform.is_widest = i + 1 == wider_models.size();
        executed = run_once(command, platform);
    }
    if (executed) executed->waited_seconds += waited;
    return executed;
}

Result<Executed> RunExecution::run_once(const Command& command, const StepPlatform& platform) {
    MABPLAN_TRY(scratch, make_fresh_folder(host_.scratch, "step"));
    StepHost host{std::move(scratch),
                  host_.stubs,
                  host_.resolv_conf,
                  host_.networks,
                  host_.stop_fd,
                  ids_,
                  {},
                  {},
                  host_.secrets.values_for(command.run)};
    host.note = [&](std::string_view text) { note(command.id, text); };
    host.note_once = [&](std::string_view text) {
        if (host_.note && is_first(text)) note(command.id, text);
    };
    Executed executed{{}, platform.emulator.empty() ? HowDone::Native : HowDone::Emulated};
    auto result = run_in(host, command, platform, executed.waited_seconds);
    host.mounts = {};  // before its sockets go
    const Status cleared = remove_tree(host.scratch);
    if (!result) return pass(std::move(result).error());
    MABPLAN_CHECK(cleared);
    executed.result = *std::move(result);
    return executed;
}

Result<ActionResult> RunExecution::run_in(StepHost& host, const Command& command, const StepPlatform& platform, double& waited) {
    ActionMounts files(files_, command.time);
    MountSurroundings around{files,        host_.secrets, host_.agents, host_.key_agents, host_.store_root,
                             host.scratch, host_.stop_fd, {},           host.note};
    if (cache_mounts_ == CacheMounts::StartEmpty) around.starts_empty = [this](const std::string& cache) { return empties(cache); };
    MABPLAN_TRY(mounts, prepare_run_mounts(command.run, around));
    waited = mounts.waited_seconds;
    host.mounts = std::move(mounts);
    MABPLAN_TRY(devices, grant_devices(command.run.devices, host_.devices));
    for (const std::string& name : devices.missing) host.note(format("goes without the device {}, which this host has not", name));
    host.devices = std::move(devices);
    if (!host.mounts.used_caches.empty()) host.made_layers = files.seen_layers().made;
    return execute_run(command.run, command.below, command.time, files_.layers, host, platform, command.output);
}

void RunExecution::note(ActionId id, std::string_view text) const {
    if (host_.note) host_.note(id, text);
}

bool RunExecution::is_first(std::string_view text) {
    const std::scoped_lock lock(said_mutex_);
    return said_.emplace(text).second;
}

// The first time that it is asked of a cache.
bool RunExecution::empties(const std::string& cache) {
    const std::scoped_lock lock(emptied_mutex_);
    return emptied_.insert(cache).second;
}

}  // namespace mabplan::runtime
