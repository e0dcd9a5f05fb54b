#include "runtime/step/run_step.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/accounts/user_files.h"
#include "runtime/accounts/user_lookup.h"
#include "runtime/freshness/step_freshness.h"
#include "runtime/layers/baked_in.h"
#include "runtime/step/id_support.h"
#include "runtime/step/log_limit.h"
#include "runtime/step/log_tail.h"
#include "runtime/step/log_watch.h"
#include "runtime/step/mount_points.h"
#include "runtime/step/resource_limits.h"
#include "runtime/step/secret_mask.h"
#include "runtime/step/step_failure.h"
#include "runtime/step/step_network.h"
#include "runtime/step/step_noise.h"
#include "runtime/step/variables.h"
#include "runtime/sys/file.h"
#include "runtime/sys/file_clock.h"

#include <sys/statvfs.h>
#include <time.h>

#include <algorithm>
#include <chrono>

namespace mabplan::runtime {

namespace {

bool has_variable(const std::vector<std::string>& env, std::string_view name) { return value_of_variable(env, name).has_value(); }

void put_variable(std::vector<std::string>& env, const std::string& entry) {
    const std::string prefix = entry.substr(0, entry.find('=') + 1);
    std::erase_if(env, [&](const std::string& other) { return other.starts_with(prefix); });
    env.push_back(entry);
}

// An empty one stands for a word whose time nobody knows.
void tell_epoch(std::vector<std::string>& env, const std::optional<std::int64_t>& epoch) {
    const bool is_given = has_variable(env, "SOURCE_DATE_EPOCH") && std::find(env.begin(), env.end(), "SOURCE_DATE_EPOCH=") == env.end();
    if (epoch && !is_given) put_variable(env, format("SOURCE_DATE_EPOCH={}", *epoch));
}

std::vector<std::string> step_environment(const RunAction& run, const User& user, const RunMounts& mounts, const DeviceGrant& devices) {
    std::vector<std::string> env = run.env;
    fill_home(env, user);
    tell_epoch(env, run.epoch);
    if (!mounts.agent_socket.empty() && !has_variable(env, "SSH_AUTH_SOCK")) env.push_back("SSH_AUTH_SOCK=" + mounts.agent_socket);
    for (const std::string& proxy : run.proxy)
        if (!has_variable(env, proxy.substr(0, proxy.find('=')))) env.push_back(proxy);
    for (const std::string& secret : mounts.env) put_variable(env, secret);
    for (const std::string& variable : devices.env) put_variable(env, variable);
    return env;
}

// Targets as they lie in the image, over its symlinks; one that lies inside another comes after it, whatever the order they were written
// in.
Result<MountPoints> settle_targets(std::vector<StepMount>& mounts, MergedView& image) {
    std::vector<std::string> targets;
    for (StepMount& mount : mounts) {
        MABPLAN_TRY(resolved, image.resolve(mount.target.substr(1), true));
        mount.target = "/" + resolved;
        targets.push_back(mount.target);
    }
    std::stable_sort(mounts.begin(), mounts.end(), [](const StepMount& a, const StepMount& b) { return a.target < b.target; });
    return MountPoints::missing_in(image, targets);
}

class TailingSink final : public OutputSink {
public:
    TailingSink(const std::vector<std::string>& hidden, const std::function<void(std::string_view)>& next) : mask_(hidden), next_(next) {}
    void output(int stream, std::string_view bytes) override { add(mask_.pass(stream, bytes)); }
    // After the last output.
    std::string tail() {
        add(mask_.rest());
        return tail_.text();
    }
    bool tells_of_lacking_instruction() const { return lacking_.was_seen(); }

private:
    void add(const std::string& shown) {
        tail_.add(shown);
        lacking_.add(shown);
        limit_.add(shown, next_);
    }

    SecretMask mask_;
    const std::function<void(std::string_view)>& next_;
    LogTail tail_;
    LogWatch lacking_{kLackingInstruction};
    LogLimit limit_;
};

// A command that fails on a full disk does not fail by itself: less than this is no room for anything.
constexpr std::uint64_t kFullBelowBytes = 64U << 10U;

bool is_disk_full(const std::string& folder) {
    struct statvfs facts {};
    if (::statvfs(folder.c_str(), &facts) != 0) return false;
    return static_cast<std::uint64_t>(facts.f_bavail) * facts.f_frsize < kFullBelowBytes || (facts.f_files > 0 && facts.f_favail == 0);
}

Status judge(const SandboxOutcome& outcome, const RunAction& run, const StepPlatform& platform, const std::string& folder,
             std::string tail) {
    if (outcome.how == SandboxOutcome::Exited && outcome.code == 0) return {};
    Error error = explain_outcome(outcome, {emulator_in_words(platform), run.timeout_ms}, std::move(tail));
    if (error.kind == ErrorKind::Step && is_disk_full(folder)) {
        error.kind = ErrorKind::Environment;
        error.message += "; the disk of the store is full: No space left on device";
        error.hint = "free disk space (`mabplan cache prune`), or point MABPLAN_CACHE_DIR at a larger disk";
    }
    return fail(std::move(error));
}

}  // namespace

std::string emulator_in_words(const StepPlatform& platform) {
    return platform.cpu_words.empty() ? platform.emulator : format("{}, {}", platform.emulator, platform.cpu_words);
}

namespace {

Result<SandboxSpec> specify_step(const RunAction& run, const User& user, const StepHost& host, const StepPlatform& platform) {
    SandboxSpec spec;
    spec.scratch_dir = host.scratch;
    spec.stubs_dir = host.stubs;
    spec.argv = run.argv;
    spec.env = step_environment(run, user, host.mounts, host.devices);
    spec.cwd = run.cwd;
    spec.uid = user.uid;
    spec.gid = user.gid;
    spec.groups = user.groups;
    if (!run.hostname.empty()) spec.hostname = run.hostname;
    spec.groups.insert(spec.groups.end(), host.devices.groups.begin(), host.devices.groups.end());
    spec.mounts = host.mounts.mounts;
    spec.mounts.insert(spec.mounts.end(), host.devices.mounts.begin(), host.devices.mounts.end());
    spec.privilege = run.security == Security::Insecure ? Privilege::Privileged : Privilege::Confined;
    MABPLAN_TRY(limits, resource_limits(run.ulimits));
    spec.limits = std::move(limits);
    if (run.timeout_ms) spec.time_limit = std::chrono::milliseconds(*run.timeout_ms);
    spec.abi = platform.abi;
    spec.stop_fd = host.stop_fd;
    return spec;
}

// Its network is free for the next command as soon as this one has ended.
Result<SandboxOutcome> run_connected(SandboxSpec& spec, const RunAction& run, const StepHost& host, const StepPlatform& platform,
                                     OutputSink& sink) {
    MABPLAN_TRY(network, connect(spec, {run.network, run.extra_hosts, host.resolv_conf, {}, Comments::Left}, host.networks));
    if (const auto proxy = find_loopback_proxy(spec.env); proxy && network && host.note_once)
        host.note_once(
            format("does not reach the host's loopback, where {} is: give it --network=host, or a proxy at host-gateway", *proxy));
    if (platform.others) MABPLAN_CHECK(platform.others->wait());
    auto outcome = run_sandboxed(spec, sink);
    if (network && !network->is_alive() && host.note)
        host.note("lost the way out of its network while it ran: what connected it has ended");
    return outcome;
}

}  // namespace

Result<ActionResult> execute_run(const RunAction& run, const std::vector<Digest>& chain, const std::optional<LayerTime>& time,
                                 LayerStore& layers, const StepHost& host, const StepPlatform& platform,
                                 const std::function<void(std::string_view)>& output) {
    MABPLAN_TRY(lower_dirs, layers.snapshots(chain));
    MABPLAN_TRY(view, MergedView::open(lower_dirs));
    MABPLAN_TRY(files, read_user_files(view));
    MABPLAN_TRY(user, find_user(run.user, files));
    MABPLAN_CHECK(check_user(user, run.user, host.ids));
    MABPLAN_TRY(spec, specify_step(run, user, host, platform));
    spec.lower_dirs = std::move(lower_dirs);
    MABPLAN_TRY(mount_points, settle_targets(spec.mounts, view));
    MABPLAN_TRY(freshness, StepFreshness::prepare(spec, host.mounts.used_caches, {layers.listings(), host.made_layers}));
    if (freshness.new_files() > 0 && host.note)
        host.note(
            format("sees {} newer than its caches", freshness.new_files() == 1 ? "1 file" : format("{} files", freshness.new_files())));

    const auto begin = std::chrono::steady_clock::now();
    const timespec since = file_time_now();
    TailingSink sink(host.hidden, output);
    MABPLAN_TRY(outcome, run_connected(spec, run, host, platform, sink));
    const auto take_layer = [&]() -> Result<ActionResult> {
        MABPLAN_CHECK(judge(outcome, run, platform, host.scratch, sink.tail()));
        if (!platform.is_widest && sink.tells_of_lacking_instruction() && host.note)
            host.note(format("went on though a program in it met an instruction that {} lacks: `ENV QEMU_CPU=max` gives it one that has it",
                             platform.cpu_words));
        MABPLAN_CHECK(mount_points.remove_from(outcome.upper_dir, since));
        MABPLAN_CHECK(freshness.settle(outcome.upper_dir));
        HashingSink hash;
        Programs programs;
        LayerOptions options;
        options.written_since = since;
        if (time) options.time = time->seconds();
        BakedInFiles baked_in;
        options.on_content = [&](std::string_view path, std::string_view bytes) {
            programs.see(path, bytes);
            baked_in.see(path, bytes);
        };
        ActionResult result;
        if (run.noise == Noise::Drop) {
            MABPLAN_TRY(left_out, take_out_noise(outcome.upper_dir, view, options));
            result.left_out = std::move(left_out);
        }
        MABPLAN_CHECK(write_layer_diff(outcome.upper_dir, view, options, hash));
        result.bytes = hash.count();
        result.diff_id = hash.finish();
        MABPLAN_TRY(layer, layers.snapshot_store().adopt(outcome.upper_dir, result.diff_id));
        MABPLAN_CHECK(layers.know_programs(result.diff_id, programs));
        MABPLAN_CHECK(layers.know_baked_in(result.diff_id, baked_in.found()));
        MABPLAN_CHECK(freshness.record(layer));
        return result;
    };
    auto result = take_layer();
    if (!result) {
        static_cast<void>(freshness.forget(outcome.upper_dir));  // why the step failed is what counts
        return result;
    }
    result->seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    result->emulator = emulator_in_words(platform);
    return result;
}

}  // namespace mabplan::runtime
