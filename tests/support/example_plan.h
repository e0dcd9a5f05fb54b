// A small plan with one of everything, for tests.
#pragma once

#include "plans/model/action_key.h"
#include "plans/model/plan.h"

namespace mabplan::tests {

inline ActionId add_action(Plan& plan, Work work, const std::string& text) {
    const auto place = static_cast<std::uint32_t>(plan.actions.size() + 1);
    const std::optional<LayerTime> time = makes_layer(work) ? std::optional<LayerTime>({1'700'000'000, place}) : std::nullopt;
    const Digest key = definition_key(plan, work, time);
    const InstructionId instruction{"app", "build", {"linux", "arm64", {}, {}, {}}, std::string(kind_name(work)), place};
    plan.actions.push_back({std::move(work), key, {"Dockerfile", place, place, "build", text}, time, {instruction}});
    return {static_cast<std::uint32_t>(plan.actions.size() - 1)};
}

inline Plan example_plan() {
    const Platform arm{"linux", "arm64", {}, {}, {}};
    Plan plan;
    plan.registries.push_back({"registry.lan:5000", {"mirror.lan"}, true, {"ca.crt"}});
    plan.contexts.push_back({"context", ".", {"*.o", "!keep.o"}});
    plan.secrets = {{"npmrc", "~/.npmrc", {}}, {"token", {}, "TOKEN"}};
    plan.agents = {{"default", {}}, {"deploy", {"agent.sock"}}};
    ImageAction image;
    image.name = "base:1";
    image.platform = arm;
    image.location = {ImageLocation::Kind::Layout, "bases/base:1", Digest::of("index"), Digest::of("manifest")};
    image.created = 1'700'000'000;
    image.layers.push_back({{std::string(media_type::kLayerGzip), Digest::of("packed"), 7, {}, {}}, Digest::of("layer")});
    const ActionId base = add_action(plan, image, "FROM base:1");
    RunAction run;
    run.root = base;
    run.argv = {"/bin/sh", "-c", "make"};
    run.env = {"PATH=/bin", "VERSION=1.2"};
    run.cwd = "/src";
    run.user = "nobody";
    run.epoch = 1'700'000'000;
    run.platform = arm;
    run.network = Network::None;
    run.hostname = "builder";
    run.proxy = {"HTTP_PROXY=http://proxy.lan"};
    run.extra_hosts = {{"db.lan", "10.0.0.7"}};
    run.ulimits = {{"nofile", 1024, -1}};
    run.timeout_ms = 600000;
    const ActionId made = add_action(plan, run, "RUN make");
    CopyAction copy;
    copy.parts.push_back({RootFiles{made}, {"/src/app"}, false});
    copy.destination = "/app/";
    copy.chmod = "755";
    const ActionId copied = add_action(plan, copy, "COPY --from=build /src/app /app/");
    const ActionId fetched = add_action(plan, FetchAction{"https://example.com/a.tar", Digest::of("a").text(), "a.tar", 1'600'000'000},
                                        "ADD https://example.com/a.tar /doc/");
    GitAction git;
    git.remote = "https://example.com/a.git";
    git.ref = "main";
    git.keep_git_dir = true;
    const ActionId cloned = add_action(plan, git, "ADD https://example.com/a.git /doc/");
    CopyAction local;
    local.root = copied;
    local.parts.push_back({ContextFiles{{0}, Digest::of("tree")}, {"*.txt", "odd\xff"}, true});
    local.parts.push_back({RootFiles{fetched}, {"/a.tar"}, true, SourceTimes::Keep});
    local.parts.push_back({RootFiles{cloned}, {"/"}, false, SourceTimes::Keep});
    local.parts.push_back({InlineFiles{{{"note", "text\xff\n", 0644}}}, {}, false});
    local.destination = "/doc/";
    local.chown = "1:2";
    local.chmod = "u=rwX";
    local.excludes = {"*.o"};
    local.parents = true;
    local.link = true;
    const ActionId documented = add_action(plan, local, "ADD --chown=1:2 *.txt /doc/");
    RunAction mounted = run;
    mounted.root = documented;
    mounted.security = Security::Insecure;
    mounted.noise = Noise::Keep;
    mounted.mounts = {{"/src", BindMount{ContextFiles{{0}, Digest::of("src")}, "/src", true}},
                      {"/cache", CacheMount{"npm", RootFiles{}, "/", CacheSharing::Locked, true, 0700, 1, std::nullopt}},
                      {"/tmp", TmpfsMount{1U << 20U}},
                      {"/run/secrets/key", SecretMount{"key", "KEY", true, 0440, 1, 2}},
                      {"/run/agent", SshMount{"default", false, 0600, 0, 0}}};
    const ActionId used = add_action(plan, mounted, "RUN --mount=target=/src make");
    const ActionId last = add_action(plan, MakeDirectoryAction{used, "/work", "nobody"}, "WORKDIR /work");
    Cell cell;
    cell.target = "app";
    cell.platform = cell.root_platform = arm;
    cell.root = last;
    cell.config = R"({"architecture":"arm64","config":{"WorkingDir":"/work"},"os":"linux"})";
    cell.history = {{"COPY /src/app /app/", copied}, {"ENV A=1", {}}, {"ADD *.txt /doc/", documented}, {"WORKDIR /work", last}};
    cell.annotations = {{"org.example", "of the manifest"}};
    cell.descriptor_annotations = {{"org.example", "of its descriptor"}};
    cell.final_stage = "stage-1";
    Target target{"app",
                  {cell},
                  {"registry.lan:5000/app:1"},
                  {{"org.example", "x"}},
                  {{"org.example", "y"}},
                  {LayoutOutput{"dist/app", false, Compression::Zstd}}};
    plan.targets.push_back(std::move(target));
    return plan;
}

}  // namespace mabplan::tests
