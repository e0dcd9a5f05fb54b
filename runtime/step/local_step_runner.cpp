#include "runtime/step/local_step_runner.h"

#include "plans/base/format.h"
#include "runtime/step/cpu_reruns.h"
#include "runtime/step/input_mounts.h"
#include "runtime/step/run_step.h"
#include "runtime/sys/file.h"
#include "runtime/sys/temporary.h"

#include <utility>

namespace mabplan::runtime {

namespace {

class EmulatedModels final : public CpuModels {
public:
    explicit EmulatedModels(const EmulatedCpu* cpu) : cpu_(cpu) {}

    std::span<const std::string_view> wider() const override {
        return cpu_ == nullptr ? std::span<const std::string_view>() : cpu_->wider_models();
    }
    void run_with_usual(const std::function<void()>& run) override {
        const auto kept = EmulatedCpu::keep_models();
        run();
    }
    Result<bool> run_with(std::string_view model, const std::function<void()>& run) override {
        MABPLAN_TRY(wider, cpu_->widen(model));
        if (!wider) return false;
        run();
        return true;
    }

private:
    const EmulatedCpu* cpu_;  // null where there is no choice
};

}  // namespace

std::string LocalStepRunner::host_facts(const Platform& platform) const {
    const auto found = platforms_.find(format_platform(platform));
    const EmulatedCpu* cpu = found == platforms_.end() ? nullptr : found->second.cpu.get();
    return cpu == nullptr || cpu->is_usual() ? std::string() : cpu_in_words(cpu->model());
}

Result<StepResult> LocalStepRunner::run(const StepRequest& request, StepLog& log) {
    const auto platform = platforms_.find(format_platform(request.platform));
    if (platform == platforms_.end())
        return fail(ErrorKind::Internal, format("nothing is known of how {} runs here", format_platform(request.platform)));
    if (platform->second.refusal) return fail(*platform->second.refusal);
    EmulatedModels models(platform->second.cpu.get());
    return run_on_some_cpu(request, platform->second, models, log, [&](const StepPlatform& shown) { return attempt(request, shown, log); });
}

Result<StepResult> LocalStepRunner::attempt(const StepRequest& request, const StepPlatform& platform, StepLog& log) {
    MABPLAN_TRY(scratch, make_fresh_folder(host_.store.scratch(), "step"));
    auto result = attempt_in(scratch, request, platform, log);
    const Status cleared = remove_tree(scratch);
    if (result) MABPLAN_CHECK(cleared);
    return result;
}

// All that it gives the step ends before the folder is removed: there are sockets in it.
Result<StepResult> LocalStepRunner::attempt_in(const std::string& scratch, const StepRequest& request, const StepPlatform& platform,
                                               StepLog& log) {
    StepHost host{host_.layers, scratch, host_.stubs, host_.resolv_conf, host_.networks, host_.stop_fd, ids_};
    host.note_once = [&](std::string_view text) {
        if (is_first(text)) log.note(text);
    };
    MountSurroundings around{host_.layers,
                             host_.secrets,
                             host_.agents,
                             host_.key_agents,
                             host_.store.root(),
                             scratch,
                             host_.stop_fd,
                             {},
                             [&](std::string_view text) { log.note(text); }};
    if (host_.old_caches == OldCaches::StartEmpty) around.starts_empty = [this](const std::string& cache) { return empties(cache); };
    MABPLAN_TRY(mounts, prepare_input_mounts(request, around));
    const double waited = mounts.waited_seconds;
    host.mounts = std::move(mounts);
    MABPLAN_TRY(devices, grant_devices(request.devices, host_.devices));
    for (const std::string& name : devices.missing) log.note(format("goes without the device {}, which this host has not", name));
    host.devices = std::move(devices);
    if (!host.mounts.used_caches.empty()) host.made_layers = made_folders(request, host_.layers);
    MABPLAN_TRY(result, run_step(request, host, platform, log));
    result.waited_seconds = waited;
    return result;
}

bool LocalStepRunner::is_first(std::string_view text) { return said_.lock()->emplace(text).second; }

// The first time that it is asked of a cache.
bool LocalStepRunner::empties(const std::string& cache) { return emptied_.lock()->insert(cache).second; }

}  // namespace mabplan::runtime
