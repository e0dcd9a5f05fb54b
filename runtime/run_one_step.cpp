#include "runtime/run_one_step.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/layers/layer_store.h"
#include "runtime/sandbox/sandbox.h"
#include "runtime/sandbox/user_namespace.h"
#include "runtime/step/command_check.h"
#include "runtime/step/local_step_runner.h"
#include "runtime/step/platform_support.h"
#include "runtime/step/step_network.h"

namespace mabplan::runtime {

namespace {

// A step names no image: there is nowhere to fetch from.
class NowhereToFetch final : public BlobFetcher {
public:
    Status fetch(const ImageLocation&, const Descriptor& blob, const ByteProgress&) override {
        return fail(ErrorKind::Internal, format("a step knows no image, and asks for the blob {}", blob.digest.text()));
    }
};

Status check_layers(const StepRequest& request, const LayerStore& layers, const std::string& store) {
    std::vector<std::string> missing;
    for (const Digest& layer : layers_of(request)) {
        MABPLAN_TRY(is_there, layers.has(layer));
        if (!is_there) missing.push_back(layer.text());
    }
    if (missing.empty()) return {};
    return fail(ErrorKind::Input,
                format("the store {} lacks {} that the step needs: {}", quoted(store),
                       missing.size() == 1 ? "a layer" : format("{} layers", missing.size()), join(missing, ", ")),
                "build again what the step was saved from, in this store: it makes or fetches what is missing (`--save-steps` writes the "
                "step anew, should it have changed)");
}

Result<StepPlatforms> support(const StepRequest& request, const std::vector<std::string>& emulator_folders) {
    auto supported = support_platforms({{request.platform, request.runner, {}}}, emulator_folders);
    if (!supported) return pass(std::move(supported).error().error, format("running a step for {}", format_platform(request.platform)));
    return *std::move(supported);
}

}  // namespace

Result<StepResult> run_one_step(const StepRequest& request, Store& store, const OneStepSettings& settings, StepLog& log) {
    MABPLAN_TRY(ids, enter_user_namespace());
    NowhereToFetch fetcher;
    LayerStore layers(store, fetcher, 1);
    MABPLAN_CHECK(check_layers(request, layers, store.root()));
    Secrets secrets(settings.secrets, settings.folder, settings.user);
    const std::vector<AgentSource> agents = join_agents(settings.agents, {}, settings.folder, settings.user.home);
    MABPLAN_CHECK(check_agent_files(agents));
    MABPLAN_CHECK(secrets.check_files());
    KeyAgents key_agents(store.scratch(), settings.user.agent_socket);
    MABPLAN_CHECK(check_step(request, {ids, settings.allow_insecure, secrets, agents, key_agents, settings.devices}));
    MABPLAN_TRY(platforms, support(request, settings.emulator_folders));
    const std::string stubs = store.scratch() + "/stubs";
    MABPLAN_CHECK(make_stub_layer(stubs));
    StepNetworks networks = networks_for(settings.emulator_folders, settings.resolv_conf, {});
    LocalStepRunner runner(
        {store, layers, stubs, settings.resolv_conf, networks, settings.stop_fd, secrets, agents, key_agents, settings.devices});
    runner.set_ids(ids);
    runner.set_platforms(std::move(platforms));
    auto result = runner.run(request, log);
    key_agents.end();
    if (result && std::holds_alternative<StepLayer>(result->what)) MABPLAN_CHECK(layers.sync());
    MABPLAN_CHECK(store.remove_scratch());
    return result;
}

}  // namespace mabplan::runtime
