#include "runtime/step/run_step.h"

#include "plans/base/format.h"
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
#include "runtime/step/step_environment.h"
#include "runtime/step/step_failure.h"
#include "runtime/step/step_network.h"
#include "runtime/step/step_noise.h"
#include "runtime/sys/file.h"
#include "runtime/sys/file_clock.h"
#include "runtime/sys/stopwatch.h"

#include <sys/statvfs.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace mabplan::runtime {

namespace {

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
    TailingSink(const std::vector<std::string>& hidden, StepLog& log) : mask_(hidden), log_(log) {}
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
        limit_.add(shown, [this](std::string_view passed) { log_.output(passed); });
    }

    SecretMask mask_;
    StepLog& log_;
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

Result<StepFailed> failure_of(const SandboxOutcome& outcome, std::string tail) {
    switch (outcome.how) {
        case SandboxOutcome::Exited: return StepFailed{StepFailed::How::Exited, outcome.code, std::move(tail), {}};
        case SandboxOutcome::Signalled: return StepFailed{StepFailed::How::Signalled, outcome.code, std::move(tail), {}};
        case SandboxOutcome::TimedOut: return StepFailed{StepFailed::How::TimedOut, 0, std::move(tail), {}};
        case SandboxOutcome::Stopped: break;
    }
    return fail(ErrorKind::Interrupted, "interrupted");
}

Result<SandboxSpec> specify_step(const StepRequest& request, const User& user, const StepHost& host, const StepPlatform& platform) {
    SandboxSpec spec;
    spec.scratch_dir = host.scratch;
    spec.stubs_dir = host.stubs;
    spec.argv = request.argv;
    spec.env = step_environment(request, user, {host.mounts.env, host.devices.env, host.mounts.agent_socket});
    spec.cwd = request.cwd;
    spec.uid = user.uid;
    spec.gid = user.gid;
    spec.groups = user.groups;
    if (!request.hostname.empty()) spec.hostname = request.hostname;
    spec.groups.insert(spec.groups.end(), host.devices.groups.begin(), host.devices.groups.end());
    spec.mounts = host.mounts.mounts;
    spec.mounts.insert(spec.mounts.end(), host.devices.mounts.begin(), host.devices.mounts.end());
    spec.privilege = request.security == Security::Insecure ? Privilege::Privileged : Privilege::Confined;
    MABPLAN_TRY(limits, resource_limits(request.ulimits));
    spec.limits = std::move(limits);
    if (request.timeout_ms) spec.time_limit = std::chrono::milliseconds(*request.timeout_ms);
    spec.abi = platform.abi;
    spec.stop_fd = host.stop_fd;
    return spec;
}

// One command on its way from the layers below it to its own.
class Step {
public:
    Step(const StepRequest& request, const StepHost& host, const StepPlatform& platform, StepLog& log)
        : request_(request), host_(host), platform_(platform), log_(log), sink_(host.mounts.hidden, log) {}
    Result<StepResult> run();

private:
    using Ending = decltype(StepResult::what);
    Result<SandboxOutcome> run_connected(SandboxSpec& spec);
    Result<Ending> explain(const SandboxOutcome& outcome, std::string tail);
    Result<StepLayer> take_layer(const std::string& upper, MergedView& below);
    Result<Ending> end(const SandboxOutcome& outcome, MergedView& below, const MountPoints& points, StepFreshness& freshness);
    void tell_of_lacking_instruction();

    const StepRequest& request_;
    const StepHost& host_;
    const StepPlatform& platform_;
    StepLog& log_;
    TailingSink sink_;
    timespec since_{};
};

// Its network is free for the next command as soon as this one has ended.
Result<SandboxOutcome> Step::run_connected(SandboxSpec& spec) {
    MABPLAN_TRY(network, connect(spec, {request_.network, request_.extra_hosts, host_.resolv_conf, {}, Comments::Left}, host_.networks));
    if (const auto proxy = find_loopback_proxy(spec.env); proxy && network && host_.note_once)
        host_.note_once(
            format("does not reach the host's loopback, where {} is: give it --network=host, or a proxy at host-gateway", *proxy));
    if (platform_.others) MABPLAN_CHECK(platform_.others->wait());
    auto outcome = run_sandboxed(spec, sink_);
    if (network && !network->is_alive()) log_.note("lost the way out of its network while it ran: what connected it has ended");
    return outcome;
}

Result<Step::Ending> Step::explain(const SandboxOutcome& outcome, std::string tail) {
    MABPLAN_TRY(failed, failure_of(outcome, std::move(tail)));
    Error error = explain_failure(failed, {emulator_in_words(platform_), request_.timeout_ms});
    if (error.kind != ErrorKind::Step || !is_disk_full(host_.scratch)) return failed;
    error.kind = ErrorKind::Environment;
    error.message += "; the disk of the store is full: No space left on device";
    error.hint = "free disk space (`mabplan cache prune`), or point MABPLAN_CACHE_DIR at a larger disk";
    return fail(std::move(error));
}

void Step::tell_of_lacking_instruction() {
    if (!platform_.is_widest && sink_.tells_of_lacking_instruction())
        log_.note(format("went on though a program in it met an instruction that {} lacks: `ENV QEMU_CPU=max` gives it one that has it",
                         platform_.cpu_words));
}

Result<StepLayer> Step::take_layer(const std::string& upper, MergedView& below) {
    StepLayer made;
    Programs programs;
    BakedInFiles baked_in;
    LayerOptions options;
    options.written_since = since_;
    if (request_.layer_time) options.time = *request_.layer_time;
    options.on_content = [&](std::string_view path, std::string_view bytes) {
        programs.see(path, bytes);
        baked_in.see(path, bytes);
    };
    if (request_.noise == Noise::Drop) {
        MABPLAN_TRY(left_out, take_out_noise(upper, below, options));
        made.left_out = std::move(left_out);
    }
    HashingSink hash;
    MABPLAN_CHECK(write_layer_diff(upper, below, options, hash));
    made.bytes = hash.count();
    made.diff_id = hash.finish();
    made.programs = programs.found();
    made.baked_in = baked_in.found();
    return made;
}

Result<Step::Ending> Step::end(const SandboxOutcome& outcome, MergedView& below, const MountPoints& points, StepFreshness& freshness) {
    std::string tail = sink_.tail();
    if (outcome.how != SandboxOutcome::Exited || outcome.code != 0) return explain(outcome, std::move(tail));
    tell_of_lacking_instruction();
    MABPLAN_CHECK(points.remove_from(outcome.upper_dir, since_));
    MABPLAN_CHECK(freshness.settle(outcome.upper_dir));
    MABPLAN_TRY(made, take_layer(outcome.upper_dir, below));
    MABPLAN_TRY(folder, host_.layers.snapshot_store().adopt(outcome.upper_dir, made.diff_id));
    MABPLAN_CHECK(freshness.record(folder));
    return made;
}

Result<StepResult> Step::run() {
    MABPLAN_TRY(lower_dirs, host_.layers.snapshots(request_.layers));
    MABPLAN_TRY(view, MergedView::open(lower_dirs));
    MABPLAN_TRY(files, read_user_files(view));
    MABPLAN_TRY(user, find_user(request_.user, files));
    MABPLAN_CHECK(check_user(user, request_.user, host_.ids));
    MABPLAN_TRY(spec, specify_step(request_, user, host_, platform_));
    spec.lower_dirs = std::move(lower_dirs);
    MABPLAN_TRY(points, settle_targets(spec.mounts, view));
    MABPLAN_TRY(freshness, StepFreshness::prepare(spec, host_.mounts.used_caches, {host_.layers.listings(), host_.made_layers}));
    if (const std::size_t count = freshness.new_files(); count > 0)
        log_.note(format("sees {} newer than its caches", count == 1 ? "1 file" : format("{} files", count)));

    const Stopwatch watch;
    since_ = file_time_now();
    MABPLAN_TRY(outcome, run_connected(spec));
    auto ended = end(outcome, view, points, freshness);
    if (!ended || std::holds_alternative<StepFailed>(*ended))
        static_cast<void>(freshness.forget(outcome.upper_dir));  // why the step failed is what counts
    if (!ended) return pass(std::move(ended).error());
    StepResult result;
    result.what = *std::move(ended);
    result.emulator = emulator_in_words(platform_);
    result.seconds = watch.seconds();
    return result;
}

}  // namespace

std::string emulator_in_words(const StepPlatform& platform) {
    return platform.cpu_words.empty() ? platform.emulator : format("{}, {}", platform.emulator, platform.cpu_words);
}

Result<StepResult> run_step(const StepRequest& request, const StepHost& host, const StepPlatform& platform, StepLog& log) {
    return Step(request, host, platform, log).run();
}

}  // namespace mabplan::runtime
