#include "runtime/run_image.h"

#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"
#include "runtime/accounts/user_files.h"
#include "runtime/accounts/user_lookup.h"
#include "runtime/sandbox/user_namespace.h"
#include "runtime/step/platform_support.h"
#include "runtime/step/resource_limits.h"
#include "runtime/step/step_network.h"
#include "runtime/step/variables.h"
#include "runtime/sys/file.h"
#include "runtime/sys/temporary.h"
#include "runtime/sys/thread.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <iterator>

namespace mabplan::runtime {

namespace {

constexpr int kInterrupted = 130;
constexpr std::chrono::seconds kStopGrace{10};  // as docker stop has it

// What is said on a terminal of the command's own, for standard output: in pieces that it takes at once, so that a stop is heeded while
// nobody reads; what nobody takes then is lost. SIGPIPE is not to end the process.
class ShownOutput final : public OutputSink {
public:
    explicit ShownOutput(int stop_fd) : stop_fd_(stop_fd) {}
    void output(int, std::string_view bytes) override {
        while (!bytes.empty() && !is_gone_) {
            std::array<pollfd, 2> events{{{STDOUT_FILENO, POLLOUT, 0}, {stop_fd_, POLLIN, 0}}};
            if (::poll(events.data(), events.size(), -1) < 0) continue;
            if (events[0].revents == 0) return;  // the stop alone
            const ssize_t count = ::write(STDOUT_FILENO, bytes.data(), std::min(bytes.size(), kPiece));
            if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
            else is_gone_ = count < 0 && errno != EINTR && errno != EAGAIN;
        }
    }
    bool is_gone() const override { return is_gone_; }

private:
    static constexpr std::size_t kPiece = 1024;  // a pipe that is ready takes 4096 bytes
    int stop_fd_;
    bool is_gone_ = false;
};

int stop_fd_of(const ImageRunSettings& settings) { return settings.stop == nullptr ? -1 : settings.stop->fd(); }

constexpr const char* kTerminalKind = "TERM=xterm";  // as docker run has it

std::vector<std::string> command_of(const ImageToRun& image, const ImageRunSettings& settings) {
    std::vector<std::string> argv = settings.entrypoint.value_or(image.config.entrypoint);
    // another entrypoint comes without the image's command, as with docker run
    const bool own = !settings.command.empty() || settings.entrypoint;
    const auto& rest = own ? settings.command : image.config.cmd;
    argv.insert(argv.end(), rest.begin(), rest.end());
    return argv;
}

// Folders that the image declares as volumes and does not have: empty ones.
Status add_volumes(const ImageConfig& config, MergedView& view, std::vector<StepMount>& mounts) {
    MABPLAN_TRY(json, parse_json(config.json.empty() ? "{}" : config.json, "the configuration of the image"));
    const Json* inner = find_member(json, "config");
    const Json* volumes = inner == nullptr ? nullptr : find_member(*inner, "Volumes");
    if (volumes == nullptr || !volumes->is_object()) return {};
    for (const auto& [path, unused] : volumes->items()) {
        const std::string target = clean_path(path);
        if (!target.starts_with('/') || target == "/") continue;
        MABPLAN_TRY(there, view.stat(std::string_view(target).substr(1)));
        const auto is_given = [&](const StepMount& mount) { return mount.target == target; };
        if (there || std::any_of(mounts.begin(), mounts.end(), is_given)) continue;
        mounts.push_back({target, LayersMount{{}, "/"}, MountAccess::Writable});
    }
    return {};
}

// What lies inside of another one comes after it.
Result<std::vector<StepMount>> mounts_of(const ImageToRun& image, const ImageRunSettings& settings, MergedView& view) {
    std::vector<StepMount> mounts = settings.mounts;
    MABPLAN_CHECK(add_volumes(image.config, view, mounts));
    std::stable_sort(mounts.begin(), mounts.end(), [](const StepMount& a, const StepMount& b) { return a.target < b.target; });
    const auto twice = std::adjacent_find(mounts.begin(), mounts.end(), [](const auto& a, const auto& b) { return a.target == b.target; });
    if (twice == mounts.end()) return mounts;
    return fail(ErrorKind::Input, format("two mounts are to be at {}", quoted(twice->target)), "leave one of them out");
}

Result<SandboxSpec> specify(const ImageToRun& image, const ImageRunSettings& settings, LayerStore& layers, const std::string& scratch) {
    SandboxSpec spec;
    std::vector<Digest> chain;
    for (const BaseLayer& layer : image.layers) chain.push_back(layer.diff_id);
    MABPLAN_TRY(lower_dirs, layers.snapshots(chain));
    spec.lower_dirs = std::move(lower_dirs);
    MABPLAN_TRY(view, MergedView::open(spec.lower_dirs));
    MABPLAN_TRY(files, read_user_files(view));
    MABPLAN_TRY(user, find_user(settings.user.empty() ? image.config.user : settings.user, files));
    spec.uid = user.uid;
    spec.gid = user.gid;
    spec.groups = user.groups;
    spec.scratch_dir = scratch;
    spec.argv = command_of(image, settings);
    if (spec.argv.empty())
        return fail(ErrorKind::Step, "the image has neither an entrypoint nor a command", "name one: mabplan image run IMAGE COMMAND");
    std::copy_if(image.config.env.begin(), image.config.env.end(), std::back_inserter(spec.env), is_assignment);
    for (const std::string& name : settings.unset)
        std::erase_if(spec.env, [&](const std::string& entry) { return entry.starts_with(name + "="); });
    for (const std::string& entry : settings.env) set_in_place(spec.env, entry);
    fill_home(spec.env, user);
    spec.hostname = settings.hostname.empty() ? "mabplan" : settings.hostname;
    MABPLAN_TRY(limits, resource_limits(settings.ulimits));
    spec.limits = std::move(limits);
    const std::string& own_dir = settings.working_dir.empty() ? image.config.working_dir : settings.working_dir;
    spec.cwd = own_dir.empty() ? "/" : own_dir;
    MABPLAN_TRY(mounts, mounts_of(image, settings, view));
    spec.mounts = std::move(mounts);
    const bool has_input = settings.input == ImageRunSettings::Input::Given;
    spec.stdio = settings.open_terminal ? Stdio::Terminal : has_input ? Stdio::Inherited : Stdio::InheritedOutput;
    if (settings.open_terminal && !value_of_variable(spec.env, "TERM")) spec.env.emplace_back(kTerminalKind);
    spec.stop_fd = stop_fd_of(settings);
    if (settings.stop != nullptr) spec.stop_signal = [stop = settings.stop] { return stop->signal(); };
    spec.stop_grace = kStopGrace;
    return spec;
}

}  // namespace

Result<int> run_image(const ImageToRun& image, const ImageRunSettings& settings, Store& store, BlobFetcher& fetcher) {
    MABPLAN_TRY(ids, enter_user_namespace());
    static_cast<void>(ids);
    auto supported = support_platforms({{image.platform, Runner::Auto, {}}}, settings.emulator_folders);
    if (!supported) return pass(std::move(supported).error().error, format("running the image for {}", format_platform(image.platform)));
    LayerStore layers(store, fetcher, processor_count());
    if (settings.stop != nullptr) layers.heed(*settings.stop);
    layers.tell_damage([](const std::string& what) { static_cast<void>(write_all(STDERR_FILENO, "warning: " + what + "\n", "stderr")); });
    for (const BaseLayer& layer : image.layers) layers.know_base(layer, image.location);
    MABPLAN_TRY(scratch, make_fresh_folder(store.scratch(), "image"));
    MABPLAN_TRY(spec, specify(image, settings, layers, scratch));
    spec.abi = supported->begin()->second.abi;
    std::string reached = settings.resolv_conf;
    for (const std::string& server : settings.dns.name_servers.value_or(std::vector<std::string>()))
        reached += format("\nnameserver {}\n", server);
    StepNetworks networks = networks_for(settings.emulator_folders, std::move(reached), {});
    MABPLAN_TRY(network,
                connect(spec, {settings.network, settings.extra_hosts, settings.resolv_conf, settings.dns, Comments::Shown}, networks));
    ShownOutput sink(stop_fd_of(settings));
    if (const auto& others = supported->begin()->second.others) MABPLAN_CHECK(others->wait());
    MABPLAN_CHECK(go_on(settings.stop));
    if (settings.open_terminal) spec.terminal = settings.open_terminal();
    auto outcome = run_sandboxed(spec, sink);
    MABPLAN_CHECK(store.remove_scratch());
    if (!outcome) return pass(std::move(outcome).error());
    if (sink.is_gone()) return kSignalBase + SIGPIPE;
    switch (outcome->how) {
        case SandboxOutcome::Exited: return outcome->code;
        case SandboxOutcome::Signalled: return kSignalBase + outcome->code;
        case SandboxOutcome::TimedOut:
        case SandboxOutcome::Stopped: return outcome->own_code.value_or(kInterrupted);
    }
    return kInterrupted;
}

}  // namespace mabplan::runtime
