// A step, and an image's command, by themselves. Each is in a process of its own, which enters a namespace.
#include "runtime/run_image.h"
#include "runtime/run_one_step.h"
#include "runtime/sandbox/user_namespace.h"
#include "tests/support/busybox.h"
#include "tests/support/fake_steps.h"
#include "tests/support/temporary_directory.h"
#include "tests/unit/runtime/run/run_world.h"

#include <doctest/doctest.h>
#include <sys/utsname.h>

#include <filesystem>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::runtime::tests;

namespace {

Platform here() {
    utsname names{};
    ::uname(&names);
    return {"linux", std::string_view(names.machine) == "aarch64" ? "arm64" : "amd64", {}, {}, {}};
}

StepRequest step(const std::string& script = "true") {
    StepRequest request;
    request.argv = {"/bin/sh", "-c", script};
    request.env = {"PATH=/bin"};
    request.cwd = "/";
    request.platform = here();
    request.network = Network::None;
    request.layer_time = 1'700'000'000;
    return request;
}

struct AloneWorld {
    TemporaryDirectory folder;
    std::unique_ptr<Store> store = Store::open(folder / "store").value();
    FakeBases bases{*store};
    FakeStepLog log;

    std::string tell(const StepRequest& request, const OneStepSettings& settings = {}) {
        const auto result = run_one_step(request, *store, settings, log);
        if (!result) return format_error(result.error());
        const auto* failed = std::get_if<StepFailed>(&result->what);
        return failed == nullptr ? "layer" : format("failed with {}", failed->code);
    }
    // A busybox in the store.
    Digest add_busybox() const {
        const std::string tar = busybox_layer().value();
        const Digest layer = Digest::of(tar);
        if (!store->blobs().put(layer, tar)) throw std::runtime_error("the store does not take a layer");
        return layer;
    }
};

// What the scenario says, or that it can't be run here.
std::string alone(const std::function<std::string(AloneWorld&)>& scenario, bool needs_programs = true) {
    if (!can_enter_user_namespace()) return "skipped: no user namespace";
    if (needs_programs && !busybox_layer()) return "skipped: no static /bin/busybox (apt-get install busybox-static)";
    return in_child([&] {
        AloneWorld world;
        return scenario(world);
    });
}
bool is_skipped(const std::string& told) {
    if (!told.starts_with("skipped: ")) return false;
    MESSAGE(told);
    return true;
}

// The exit code of an image's command, or the error.
std::string run_of(const std::function<void(ImageToRun&, ImageRunSettings&)>& set) {
    return alone([&](AloneWorld& world) {
        const std::string tar = busybox_layer().value();
        const Digest layer = Digest::of(tar);
        world.bases.blobs[layer] = tar;
        ImageToRun image;
        image.platform = here();
        image.location = {ImageLocation::Kind::Registry, "registry.lan/busybox", {}, {}};
        image.layers.push_back({{std::string(media_type::kLayer), layer, tar.size(), {}, {}}, layer});
        image.config.entrypoint = {"/bin/sh", "-c"};
        image.config.cmd = {"exit 3"};
        image.config.env = {"PATH=/bin", "OF_IMAGE=1"};
        ImageRunSettings settings;
        settings.network = Network::None;
        set(image, settings);
        const auto code = run_image(image, settings, *world.store, world.bases);
        return code ? std::to_string(*code) : format_error(code.error());
    });
}
void check_run(const std::string& expected, const std::function<void(ImageToRun&, ImageRunSettings&)>& set) {
    const std::string told = run_of(set);
    if (!is_skipped(told)) CHECK(told == expected);
}

}  // namespace

TEST_CASE("a step whose layers the store lacks is refused with all of them, also those of mounts and caches") {
    const std::string told = alone(
        [](AloneWorld& world) {
            StepRequest request = step();
            request.layers = {Digest::of("base")};
            request.inputs = {{"/in", LayersInput{{Digest::of("mounted")}, "/", false}}};
            return world.tell(request);
        },
        false);
    if (is_skipped(told)) return;
    CHECK(told.find(format("lacks 2 layers that the step needs: {}, {}\n", Digest::of("base").text(), Digest::of("mounted").text())) !=
          std::string::npos);
    CHECK(told.find("  hint: build again what the step was saved from") != std::string::npos);
}

TEST_CASE("a step that asks for what it is not given is refused before it runs") {
    const auto refused = [](const std::function<void(StepRequest&, OneStepSettings&)>& set) {
        return alone(
            [&](AloneWorld& world) {
                StepRequest request = step();
                OneStepSettings settings;
                settings.folder = world.folder.path();
                set(request, settings);
                return world.tell(request, settings) + (world.log.said.empty() ? "" : "it ran");
            },
            false);
    };
    const std::string insecure = refused([](StepRequest& request, OneStepSettings&) { request.security = Security::Insecure; });
    if (is_skipped(insecure)) return;
    CHECK(insecure.find("needs your consent") != std::string::npos);
    CHECK(refused([](StepRequest& request, OneStepSettings&) {
              request.inputs = {{"/key", SecretMount{"key", {}, true, 0400, 0, 0}}};
          }).find("\"key\"") != std::string::npos);
    CHECK(refused([](StepRequest&, OneStepSettings& settings) {
              settings.secrets = {{"key", "no-such-file", {}}};
          }).find("no-such-file") != std::string::npos);
    CHECK(refused([](StepRequest&, OneStepSettings& settings) {
              settings.agents = {{"default", {"no-such-socket"}}};
          }).find("no-such-socket") != std::string::npos);
    const std::string foreign = refused([](StepRequest& request, OneStepSettings&) {
        request.platform = {"linux", "riscv64", {}, {}, {}};
    });
    CHECK(foreign.find("  while running a step for linux/riscv64\n") != std::string::npos);
}

TEST_CASE("a step alone makes its layer, which stays in the store, and leaves no scratch") {
    const std::string told = alone([](AloneWorld& world) -> std::string {
        StepRequest request = step("echo said; echo made >/made");
        request.layers = {world.add_busybox()};
        const auto result = run_one_step(request, *world.store, {}, world.log);
        if (!result) return format_error(result.error());
        const auto* layer = std::get_if<StepLayer>(&result->what);
        if (layer == nullptr) return "failed";
        LayerStore layers(*world.store, world.bases, 1);
        const bool is_there = layers.has(layer->diff_id).value();
        const bool is_recorded = !world.store->records().list().value().empty();
        return format("{}{} {} {}", world.log.said, is_there, is_recorded, std::filesystem::exists(world.store->scratch()));
    });
    if (!is_skipped(told)) CHECK(told == "said\ntrue false false");
}

TEST_CASE("a step alone fails with the code of its command") {
    const std::string told = alone([](AloneWorld& world) {
        StepRequest request = step("exit 7");
        request.layers = {world.add_busybox()};
        return world.tell(request);
    });
    if (!is_skipped(told)) CHECK(told == "failed with 7");
}

TEST_CASE("an image runs its entrypoint with its command, or with the one given in its place") {
    check_run("3", [](ImageToRun&, ImageRunSettings&) {});
    check_run("4", [](ImageToRun&, ImageRunSettings& settings) { settings.command = {"exit 4"}; });
}

TEST_CASE("another entrypoint comes without the image's command; an empty one leaves the words to the caller") {
    check_run("0", [](ImageToRun& image, ImageRunSettings& settings) {
        image.config.cmd = {"a", "b"};
        settings.entrypoint = std::vector<std::string>{"/bin/sh", "-c", "exit $#"};
    });
    check_run("5", [](ImageToRun&, ImageRunSettings& settings) {
        settings.entrypoint = std::vector<std::string>();
        settings.command = {"/bin/sh", "-c", "exit 5"};
    });
}

TEST_CASE("an image without anything to run says so") {
    check_run("error: the image has neither an entrypoint nor a command\n  hint: name one: mabplan image run IMAGE COMMAND\n",
              [](ImageToRun& image, ImageRunSettings&) {
                  image.config.entrypoint.clear();
                  image.config.cmd.clear();
              });
}

TEST_CASE("variables given go over those of the image, and words that are none are left out") {
    check_run("0", [](ImageToRun& image, ImageRunSettings& settings) {
        image.config.env.emplace_back("NONSENSE");
        settings.env = {"OF_IMAGE=2", "MORE=3"};
        settings.command = {"test \"$OF_IMAGE$MORE\" = 23"};
    });
}

TEST_CASE("an image's folder is where its command begins, and a signal that ends it is told as shells do") {
    check_run("0", [](ImageToRun& image, ImageRunSettings& settings) {
        image.config.working_dir = "/some/where";
        settings.command = {"test \"$PWD\" = /some/where"};
    });
    check_run("137", [](ImageToRun&, ImageRunSettings& settings) { settings.command = {"kill -9 $$"}; });
}

TEST_CASE("an image's user that nobody knows is an error, and so is a base that cannot be had") {
    const std::string user = run_of([](ImageToRun&, ImageRunSettings& settings) { settings.user = "no-such-user"; });
    if (is_skipped(user)) return;
    CHECK(user.find("no-such-user") != std::string::npos);
    const std::string base =
        run_of([](ImageToRun& image, ImageRunSettings&) { image.layers[0].diff_id = image.layers[0].blob.digest = Digest::of("another"); });
    CHECK(base.starts_with("error: there is no base at registry.lan/busybox\n"));
}
