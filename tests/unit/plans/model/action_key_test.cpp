#include "plans/model/action_key.h"

#include "tests/support/example_plan.h"

#include <doctest/doctest.h>

#include <functional>
#include <set>

using namespace mabplan;

namespace {

RunAction example_run() { return std::get<RunAction>(tests::example_plan().actions[1].work); }
CopyAction example_copy() { return std::get<CopyAction>(tests::example_plan().actions[2].work); }

RunAction mounted_run() { return std::get<RunAction>(tests::example_plan().actions[6].work); }

Digest key(const Work& work, std::optional<LayerTime> time = LayerTime{1, 0}) {
    InputIdentity inputs{"root", {}};
    for (const FileOrigin* origin : origins_of(work)) inputs.sources.push_back(std::to_string(origin->index()));
    return hash_fields(work, time, inputs);
}

}  // namespace

TEST_CASE("every field that matters changes the key of a RUN") {
    const std::vector<std::function<void(RunAction&)>> changes{
        [](RunAction& run) { run.argv.back() = "make all"; },
        [](RunAction& run) {
            run.argv = {"/bin/sh -c", "make"};
        },
        [](RunAction& run) { run.argv.push_back(""); },
        [](RunAction& run) { run.env[1] = "VERSION=1.3"; },
        [](RunAction& run) {
            run.env = {"VERSION=1.2", "PATH=/bin"};
        },
        [](RunAction& run) { run.env.pop_back(); },
        [](RunAction& run) { run.cwd = "/"; },
        [](RunAction& run) { run.user = ""; },
        [](RunAction& run) { run.platform.architecture = "amd64"; },
        [](RunAction& run) { run.network = Network::Default; },
        [](RunAction& run) { run.security = Security::Insecure; },
        [](RunAction& run) { run.noise = Noise::Keep; },
        [](RunAction& run) { run.epoch = 1; },
        [](RunAction& run) { run.epoch.reset(); },
        [](RunAction& run) { run.hostname.clear(); },
        [](RunAction& run) {
            run.mounts.push_back({"/tmp", TmpfsMount{}});
        },
        [](RunAction& run) { run.extra_hosts[0].name = "other.lan"; },
        [](RunAction& run) { run.extra_hosts.clear(); },
        [](RunAction& run) { run.ulimits[0].hard = 2048; },
        [](RunAction& run) { run.ulimits.clear(); },
    };
    std::set<Digest> keys{key(example_run())};
    for (const auto& change : changes) {
        RunAction run = example_run();
        change(run);
        keys.insert(key(run));
    }
    CHECK(keys.size() == changes.size() + 1);
}

TEST_CASE("where a RUN may be executed is no part of its key") {
    RunAction run = example_run();
    run.runner = Runner::Native;
    run.timeout_ms.reset();
    run.extra_hosts[0].address = "10.0.0.8";
    CHECK(key(run) == key(example_run()));
    run.proxy = {"NO_PROXY=*"};
    CHECK(key(run) == key(example_run()));
}

TEST_CASE("every field of a mount that matters changes the key of a RUN") {
    const auto bind = [](RunAction& run) -> BindMount& { return std::get<BindMount>(run.mounts[0].what); };
    const auto cache = [](RunAction& run) -> CacheMount& { return std::get<CacheMount>(run.mounts[1].what); };
    const auto secret = [](RunAction& run) -> SecretMount& { return std::get<SecretMount>(run.mounts[3].what); };
    const auto ssh = [](RunAction& run) -> SshMount& { return std::get<SshMount>(run.mounts[4].what); };
    const std::vector<std::function<void(RunAction&)>> changes{
        [](RunAction& run) { run.mounts[0].target = "/other"; },
        [&](RunAction& run) { bind(run).source = "/"; },
        [&](RunAction& run) { bind(run).writable = false; },
        [&](RunAction& run) { bind(run).from = RootFiles{}; },
        [&](RunAction& run) { cache(run).read_only = false; },
        [&](RunAction& run) { cache(run).source = "/x"; },
        [&](RunAction& run) { cache(run).mode = std::nullopt; },
        [&](RunAction& run) { cache(run).gid = 5; },
        [](RunAction& run) { run.mounts[2].what = TmpfsMount{5}; },
        [&](RunAction& run) { secret(run).id = "other"; },
        [&](RunAction& run) { secret(run).variable = std::nullopt; },
        [&](RunAction& run) { secret(run).required = false; },
        [&](RunAction& run) { secret(run).uid = 7; },
        [&](RunAction& run) { ssh(run).id = "other"; },
        [&](RunAction& run) { ssh(run).mode = 0666; },
        [](RunAction& run) { std::swap(run.mounts[0], run.mounts[2]); },
    };
    std::set<Digest> keys{key(mounted_run())};
    for (const auto& change : changes) {
        RunAction run = mounted_run();
        change(run);
        keys.insert(key(run));
    }
    CHECK(keys.size() == changes.size() + 1);
}

TEST_CASE("which cache is mounted and how it is shared is no part of a key") {
    RunAction run = mounted_run();
    CacheMount& cache = std::get<CacheMount>(run.mounts[1].what);
    cache.id = "other";
    cache.sharing = CacheSharing::Shared;
    CHECK(key(run) == key(mounted_run()));
}

TEST_CASE("every field that matters changes the key of a COPY") {
    const std::vector<std::function<void(CopyAction&)>> changes{
        [](CopyAction& copy) {
            copy.parts[0].sources = {"/src/app", ""};
        },
        [](CopyAction& copy) { copy.parts[0].unpack = true; },
        [](CopyAction& copy) { copy.parts[0].times = SourceTimes::Keep; },
        [](CopyAction& copy) {
            copy.parts[0].from = ContextFiles{{0}, Digest::of("x")};
        },
        [](CopyAction& copy) { copy.parts.push_back(copy.parts[0]); },
        [](CopyAction& copy) { copy.destination = "/app"; },
        [](CopyAction& copy) { copy.chown = "0"; },
        [](CopyAction& copy) { copy.chmod = "0"; },
        [](CopyAction& copy) { copy.chmod.clear(); },
        [](CopyAction& copy) { copy.excludes = {"*.o"}; },
        [](CopyAction& copy) { copy.parents = true; },
        [](CopyAction& copy) { copy.link = true; },
    };
    std::set<Digest> keys{key(example_copy())};
    for (const auto& change : changes) {
        CopyAction copy = example_copy();
        change(copy);
        keys.insert(key(copy));
    }
    CHECK(keys.size() == changes.size() + 1);
}

TEST_CASE("inputs are part of a key, and the time of what makes a layer") {
    const RunAction run = example_run();
    CHECK(hash_fields(run, LayerTime{1, 0}, {"a", {}}) != hash_fields(run, LayerTime{1, 0}, {"b", {}}));
    CHECK(key(run, LayerTime{1, 0}) != key(run, LayerTime{1, 1}));
    CHECK(key(run, LayerTime{1, 1}) == key(run, LayerTime{2, 0}));  // the bytes are the same
    CHECK(key(run, LayerTime{1, 0}) != key(run, std::nullopt));
    const Plan plan = tests::example_plan();
    for (const std::size_t other : {0U, 3U, 4U})
        CHECK(key(plan.actions[other].work, LayerTime{1, 0}) == key(plan.actions[other].work, LayerTime{2, 0}));
}

TEST_CASE("the date of a fetched file is part of its key, that of an image is not") {
    const Plan plan = tests::example_plan();
    FetchAction fetch = std::get<FetchAction>(plan.actions[3].work);
    const Digest before = key(fetch);
    fetch.modified = 1;
    CHECK(key(fetch) != before);
    fetch.modified.reset();
    CHECK(key(fetch) != before);
    ImageAction image = std::get<ImageAction>(plan.actions[0].work);
    image.created = 1;
    CHECK(key(image) == key(plan.actions[0].work));
}

TEST_CASE("a base image is its layers: names and places do not matter") {
    ImageAction image = std::get<ImageAction>(tests::example_plan().actions[0].work);
    const Digest before = key(image);
    image.name = "other";
    image.location.address = "elsewhere";
    image.location.manifest = Digest::of("another");
    image.platform.architecture = "amd64";
    CHECK(key(image) == before);
    image.layers[0].diff_id = Digest::of("other layer");
    CHECK(key(image) != before);
}

TEST_CASE("an explanation names the fields that the key is made of, and no more") {
    const auto fields = explain_fields(example_run(), LayerTime{5, 2}, {"sha256:below", {}});
    const std::vector<KeyField> expected{{"semantics", "6"},
                                         {"kind", "run"},
                                         {"time", "7"},
                                         {"root", "sha256:below"},
                                         {"argv.count", "3"},
                                         {"argv[0]", "/bin/sh"},
                                         {"argv[1]", "-c"},
                                         {"argv[2]", "make"},
                                         {"env.names.count", "2"},
                                         {"env.names[0]", "PATH"},
                                         {"env.names[1]", "VERSION"},
                                         {"env PATH", "PATH=/bin"},
                                         {"env VERSION", "VERSION=1.2"},
                                         {"cwd", "/src"},
                                         {"user", "nobody"},
                                         {"hostname", "builder"},
                                         {"platform", "linux/arm64"},
                                         {"network", "none"},
                                         {"security", "sandbox"},
                                         {"noise", "drop"},
                                         {"epoch", "1700000000"},
                                         {"mounts.count", "0"},
                                         {"extra hosts.count", "1"},
                                         {"extra hosts[0]", "db.lan"},
                                         {"ulimits.count", "1"},
                                         {"ulimits[0]", "nofile=1024:-1"}};
    CHECK(fields == expected);
}

TEST_CASE("files that stand in the plan are told apart by name, mode and content") {
    const InlineFiles files{{{"a", "bc", 0644}}};
    std::set<std::string> identities{inline_identity(files)};
    for (const InlineFile& other : std::vector<InlineFile>{{"ab", "c", 0644}, {"a", "bd", 0644}, {"a", "bc", 0755}})
        identities.insert(inline_identity({{other}}));
    identities.insert(inline_identity({{files.files[0], files.files[0]}}));
    CHECK(identities.size() == 5);
}

TEST_CASE("the definition key of a COPY from a stage holds that of the stage") {
    Plan plan = tests::example_plan();
    const Digest before = definition_key(plan, plan.actions[2].work, {});
    plan.actions[1].definition_key = Digest::of("changed");
    CHECK(definition_key(plan, plan.actions[2].work, {}) != before);
}
