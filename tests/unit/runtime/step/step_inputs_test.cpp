// What a plan's command asks for, as a step: with layers and keys in place of actions.
#include "runtime/step/step_inputs.h"

#include "tests/support/fake_steps.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

const FileOrigin kContext = ContextFiles{{0}, Digest::of("tree")};
const FileOrigin kRoot = RootFiles{ActionId{4}};
const FileOrigin kNothing = RootFiles{};

Action command(std::vector<Mount> mounts = {}) {
    RunAction run;
    run.root = ActionId{2};
    run.argv = {"/bin/sh", "-c", "make"};
    run.env = {"PATH=/bin"};
    run.cwd = "src";
    run.platform = {"linux", "arm64", {}, {}, {}};
    run.epoch = 1000;
    run.mounts = std::move(mounts);
    return {run, Digest::of("key"), {"Dockerfile", 3, 3, "build", "RUN make"}, LayerTime{1000, 7}};
}

CacheMount cache_of(const FileOrigin& from) {
    CacheMount cache;
    cache.id = "deps";
    cache.from = from;
    cache.source = "/";
    return cache;
}

CacheInput cache_in(const std::string& variable, const FileOrigin& from = kNothing, const CacheMount& mount = cache_of(kNothing)) {
    FakeMountFiles files;
    CacheMount cache = mount;
    cache.from = from;
    Action action = command({{"/deps", cache}});
    if (!variable.empty()) std::get<RunAction>(action.work).env.push_back(variable);
    const auto request = make_step_request(action, {}, files);
    REQUIRE(request);
    return std::get<CacheInput>(request->inputs.at(0).what);
}

}  // namespace

TEST_CASE("a command without mounts is its own request") {
    FakeMountFiles files;
    const auto request = make_step_request(command(), {Digest::of("base")}, files);
    REQUIRE(request);
    CHECK(request->stage == "build");
    CHECK(request->text == "RUN make");
    CHECK(request->layers == std::vector{Digest::of("base")});
    CHECK(request->argv == std::vector<std::string>{"/bin/sh", "-c", "make"});
    CHECK(request->cwd == "/src");
    CHECK(request->layer_time == 1007);
    CHECK(request->epoch == 1000);
    CHECK(request->inputs.empty());
    CHECK(request->made_layers.empty());
}

TEST_CASE("times that are kept are none") {
    FakeMountFiles files;
    Action action = command();
    action.time.reset();
    CHECK(make_step_request(action, {}, files)->layer_time == std::nullopt);
}

TEST_CASE("files are named by the layers that hold them") {
    FakeMountFiles files;
    const InlineFiles script{{{"script", "echo", 0755}}};
    SecretMount secret;
    secret.id = "token";
    const auto request = make_step_request(command({{"/in", BindMount{kContext, "/sub", true}},
                                                    {"/root", BindMount{kRoot, "/", false}},
                                                    {"/here", BindMount{script, "/", false}},
                                                    {"/memory", TmpfsMount{7}},
                                                    {"/run/secrets/token", secret}}),
                                           {}, files);
    REQUIRE(request);
    CHECK(request->inputs == std::vector<StepInput>{{"/in", LayersInput{{Digest::of(FakeMountFiles::name_of(kContext))}, "/sub", true}},
                                                    {"/root", LayersInput{{Digest::of("root 4")}, "/", false}},
                                                    {"/here", InlineInput{script.files, false}},
                                                    {"/memory", TmpfsMount{7}},
                                                    {"/run/secrets/token", secret}});
    CHECK(request->made_layers.empty());
}

TEST_CASE("a cache is known by its platform, its target, what it starts from and its owner") {
    const Digest plain = cache_in({}).key;
    CHECK(cache_in({}).about == "linux/arm64 deps");
    CHECK(cache_in("TARGETPLATFORM=linux/arm64").key == plain);
    CHECK(cache_in("TARGETPLATFORM=linux/riscv64").key != plain);
    CHECK(cache_in("TARGETARCH=riscv64").key == cache_in("TARGETPLATFORM=linux/riscv64").key);
    CHECK(cache_in("TARGETARCH=riscv64").about == "linux/arm64 for linux/riscv64 deps");
    CHECK(cache_in({}, kRoot).key != plain);
    CacheMount owned = cache_of(kNothing);
    owned.uid = 7;
    CHECK(cache_in({}, kNothing, owned).key != plain);
    CHECK(cache_in({}, kNothing, owned).uid == 7);
    CacheMount shared_otherwise = cache_of(kNothing);
    shared_otherwise.sharing = CacheSharing::Locked;
    CHECK(cache_in({}, kNothing, shared_otherwise).key == plain);
}

TEST_CASE("a cache that starts with files names their layer, and all that is made of what the step names") {
    FakeMountFiles files;
    const auto request = make_step_request(command({{"/deps", cache_of(kRoot)}}), {Digest::of("base")}, files);
    REQUIRE(request);
    CHECK(std::get<CacheInput>(request->inputs[0].what).seed == CacheSeed{Digest::of("root 4/"), {Digest::of("root 4")}});
    std::vector<Digest> all = layers_of(*request);
    std::sort(all.begin(), all.end());
    CHECK(request->made_layers == all);
    CHECK_FALSE(cache_in({}).seed);
}

TEST_CASE("files that can't be had for a cache are a failure that names it") {
    FakeMountFiles files;
    files.seed_fails = "\"/x\" is missing";
    const auto request = make_step_request(command({{"/deps", cache_of(kRoot)}}), {}, files);
    REQUIRE_FALSE(request);
    CHECK(request.error().message == "\"/x\" is missing");
    CHECK(request.error().context == std::vector<std::string>{"taking the cache \"deps\""});
}

TEST_CASE("identities stand for files alone, in the order of the mounts") {
    FakeMountFiles files;
    SecretMount secret;
    const Action action = command({{"/s", secret}, {"/in", BindMount{kRoot, "/a", false}}, {"/deps", cache_of(kNothing)}});
    CHECK(*mounted_identities(std::get<RunAction>(action.work), files) == std::vector<std::string>{"root 4 /a", "nothing /"});
}
