// RUN with its mounts, and WORKDIR, as actions.
#include "tests/support/fake_ports.h"

#include <doctest/doctest.h>

#include <functional>

using namespace mabplan;
using namespace mabplan::tests;

namespace {

using Texts = std::vector<std::string>;

RunAction run_of(const std::string& instructions) {
    return actions_of<RunAction>(compile_text("FROM base\n" + instructions + "\n")).back();
}
std::string error_of(const std::string& instructions) { return Project("FROM base\n" + instructions + "\n").error(); }

template <class What>
std::pair<std::string, What> mount_of(const std::string& option, const std::string& before = "WORKDIR /w") {
    const RunAction run = run_of(before + "\nRUN --mount=" + option + " x");
    REQUIRE(run.mounts.size() == 1);
    return {run.mounts[0].target, std::get<What>(run.mounts[0].what)};
}

}  // namespace

TEST_CASE("the shell is put in front of a text, not of an array") {
    CHECK(run_of("RUN echo $HOME").argv == Texts{"/bin/sh", "-c", "echo $HOME"});
    CHECK(run_of("RUN [\"echo\", \"$HOME\"]").argv == Texts{"echo", "$HOME"});
    CHECK(run_of("RUN").argv == Texts{"/bin/sh", "-c", ""});
    CHECK(run_of("RUN --network=none").argv == Texts{"/bin/sh", "-c", ""});
    CHECK(run_of("SHELL [\"/bin/bash\", \"-ec\"]\nRUN x").argv == Texts{"/bin/bash", "-ec", "x"});
}

TEST_CASE("user, working directory, network and security") {
    const RunAction run = run_of("USER me\nWORKDIR /w\nWORKDIR sub\nRUN --network=none --security=insecure x");
    CHECK(run.user == "me");
    CHECK(run.cwd == "/w/sub");
    CHECK(run.network == Network::None);
    CHECK(run.security == Security::Insecure);
    Project hermetic("FROM base\nRUN x\nRUN --network=default y\n");
    hermetic.matrix.targets[0].cells[0].build.network = compiler::NetworkMode::None;
    const auto runs = actions_of<RunAction>(hermetic.plan());
    CHECK(runs[0].network == Network::None);
    CHECK(runs[1].network == Network::Default);
    Project named("FROM base\nRUN x\n");
    CHECK(actions_of<RunAction>(named.argument("BUILDKIT_SANDBOX_HOSTNAME", "box").plan())[0].hostname == "box");
}

TEST_CASE("a here-document alone is the script, one with #! a program, others stay for the shell") {
    CHECK(run_of("RUN <<EOF\necho $X\nEOF").argv == Texts{"/bin/sh", "-c", "echo $X\n"});
    CHECK(run_of("RUN <<-EOF\n\techo\n\tEOF").argv == Texts{"/bin/sh", "-c", "echo\n"});
    CHECK(run_of("RUN cat <<A >x && cat <<B\none\nA\ntwo\nB").argv == Texts{"/bin/sh", "-c", "cat <<A >x && cat <<B\none\nA\ntwo\nB"});
    const RunAction program = run_of("RUN <<run\n#!/bin/awk -f\nBEGIN {}\nrun");
    CHECK(program.argv == Texts{"/bin/sh", "-c", "/dev/pipes/run"});
    CHECK(program.mounts ==
          std::vector<mabplan::Mount>{{"/dev/pipes", BindMount{InlineFiles{{{"run", "#!/bin/awk -f\nBEGIN {}\n", 0755}}}, "/", false}}});
}

TEST_CASE("bind mounts: from the context, a stage, an image") {
    Project project(
        "FROM one AS first\nRUN a\nFROM base\nWORKDIR /w\nRUN --mount=target=src,source=lib --mount=from=FIRST,target=/f,rw "
        "--mount=type=bind,from=tools,source=bin,dst=/t x\n");
    project.files.add(".", "lib/a", "a");
    const Plan plan = project.plan();
    const RunAction run = actions_of<RunAction>(plan).back();
    REQUIRE(run.mounts.size() == 3);
    CHECK(run.mounts[0].target == "/w/src");
    const auto& context = std::get<BindMount>(run.mounts[0].what);
    CHECK(context.source == "/lib");
    CHECK_FALSE(context.writable);
    CHECK(std::holds_alternative<ContextFiles>(context.from));
    const auto& stage = std::get<BindMount>(run.mounts[1].what);
    CHECK(stage.writable);
    CHECK(std::get<RootFiles>(stage.from).root == ActionId{1});
    CHECK(std::get<BindMount>(run.mounts[2].what).source == "/bin");
    CHECK(project.images.asked == Texts{"one linux/amd64", "base linux/amd64", "tools linux/amd64"});
}

TEST_CASE("a bind mount of the context depends on what is mounted of it") {
    Project project("FROM base\nRUN --mount=source=lib,target=/l x\n");
    project.files.add(".", "lib/a", "a");
    project.files.add(".", "other", "1");
    const Digest before = project.plan().actions.back().definition_key;
    project.files.add(".", "other", "2");
    CHECK(project.plan().actions.back().definition_key == before);
    project.files.add(".", "lib/a", "changed");
    CHECK(project.plan().actions.back().definition_key != before);
    CHECK(Project("FROM base\nRUN --mount=source=missing,target=/l x\n").error().starts_with("2: "));
}

TEST_CASE("cache mounts") {
    auto [target, cache] = mount_of<CacheMount>("type=cache,target=/root/.cache/");
    CHECK(target == "/root/.cache");
    CHECK(cache.id == "/root/.cache");
    CHECK(cache.sharing == mabplan::CacheSharing::Shared);
    CHECK(cache.from == FileOrigin(RootFiles{}));
    CHECK_FALSE(cache.read_only);
    CHECK_FALSE(cache.mode);
    auto [relative, full] = mount_of<CacheMount>("type=cache,id=npm,target=c,sharing=locked,mode=0700,uid=1,gid=2,ro,from=seed,source=s");
    CHECK(relative == "/w/c");
    CHECK(full.id == "npm");
    CHECK(full.sharing == mabplan::CacheSharing::Locked);
    CHECK(full.read_only);
    CHECK(*full.mode == 0700);
    CHECK(*full.uid == 1);
    CHECK(full.source == "/s");
    CHECK(std::get<RootFiles>(full.from).root);
    Project space("FROM base\nRUN --mount=type=cache,target=/c x\n");
    const auto run = actions_of<RunAction>(space.argument("BUILDKIT_CACHE_MOUNT_NS", "team").plan())[0];
    CHECK(std::get<CacheMount>(run.mounts[0].what).id == "team//c");
}

TEST_CASE("tmpfs, secret and ssh mounts") {
    CHECK(mount_of<TmpfsMount>("type=tmpfs,target=/t,size=1m").second.size == 1U << 20U);
    auto [target, secret] = mount_of<SecretMount>("type=secret,id=dir/token");
    CHECK(target == "/run/secrets/token");
    CHECK(secret == SecretMount{"dir/token", std::nullopt, false, 0400, 0, 0});
    CHECK(mount_of<SecretMount>("type=secret,target=/x/key").second.id == "key");
    auto [none, variable] = mount_of<SecretMount>("type=secret,id=token,env=TOKEN,required,mode=0444,uid=5");
    CHECK(none.empty());
    CHECK(variable == SecretMount{"token", "TOKEN", true, 0444, 5, 0});
    const RunAction agents = run_of("RUN --mount=type=ssh --mount=type=ssh,id=other,required=true x");
    CHECK(agents.mounts == std::vector<mabplan::Mount>{{"/run/buildkit/ssh_agent.0", SshMount{"default", false, 0600, 0, 0}},
                                                       {"/run/buildkit/ssh_agent.1", SshMount{"other", true, 0600, 0, 0}}});
}

TEST_CASE("options of mounts are expanded, from is not, and mistakes are at the mount") {
    CHECK(mount_of<TmpfsMount>("type=tmpfs,target=$T", "ENV T=/there").first == "/there");
    CHECK(error_of("RUN --mount=type=tmpfs,target=/ x").starts_with("2: invalid mount target \"/\""));
    CHECK(error_of("RUN --mount=type=cash,target=/c x").starts_with("2: unsupported mount type \"cash\""));
    CHECK(error_of("RUN --mount=from=$X,target=/c x").starts_with("2: from=$X holds a variable"));
    CHECK(error_of("RUN --mount=type=ssh,source=x x") == "2: an ssh mount has no source");
    CHECK(Project("FROM b\nRUN --mount=from=later,target=/x y\nFROM c AS later\n").stage("0").error() ==
          "2: cannot mount from stage \"later\", it needs to be defined before current stage \"stage-0\"");
}

TEST_CASE("WORKDIR makes a layer, but for the root") {
    CHECK(actions_of<MakeDirectoryAction>(compile_text("FROM scratch\nUSER me\nWORKDIR a/../b\n")) ==
          std::vector<MakeDirectoryAction>{{std::nullopt, "/b", "me"}});
    CHECK(actions_of<MakeDirectoryAction>(compile_text("FROM scratch\nWORKDIR /\n")).empty());
    CHECK(history_of(compile_text("FROM scratch\nWORKDIR /x\nWORKDIR /\n")) == Texts{"+ WORKDIR /x", "  WORKDIR /"});
}

TEST_CASE("what the matrix says of commands: hosts, limits, shared memory, time") {
    Project project("FROM base\nRUN x\n");
    compiler::Build& build = project.matrix.targets[0].cells[0].build;
    build.extra_hosts = {{"db", "10.0.0.7", {}}, {"six", "fd00::1", {}}};
    build.ulimits = {{"nofile", 10, 20, {}}, {"core", -1, -1, {}}};
    build.shm_size = 4096;
    build.timeout_ms = 1500;
    const RunAction run = actions_of<RunAction>(project.plan()).back();
    CHECK(run.extra_hosts == std::vector<ExtraHost>{{"db", "10.0.0.7"}, {"six", "fd00::1"}});
    CHECK(run.ulimits == std::vector<mabplan::Ulimit>{{"nofile", 10, 20}, {"core", -1, -1}});
    CHECK(run.mounts == std::vector<mabplan::Mount>{{"/dev/shm", TmpfsMount{4096}}});
    CHECK(run.timeout_ms == 1500);
}

TEST_CASE("a mount of the command's own at /dev/shm counts more than the matrix") {
    Project project("FROM base\nRUN --mount=type=tmpfs,target=/dev/shm,size=1 x\n");
    project.matrix.targets[0].cells[0].build.shm_size = 4096;
    CHECK(actions_of<RunAction>(project.plan()).back().mounts == std::vector<mabplan::Mount>{{"/dev/shm", TmpfsMount{1}}});
}

TEST_CASE("host-gateway stays what it is until the command runs, where there is a network") {
    Project project("FROM base\nRUN x\n");
    compiler::Build& build = project.matrix.targets[0].cells[0].build;
    build.extra_hosts = {{"host.docker.internal", "host-gateway", {}}};
    CHECK(actions_of<RunAction>(project.plan()).back().extra_hosts == std::vector<ExtraHost>{{"host.docker.internal", "host-gateway"}});
    build.network = compiler::NetworkMode::None;
    CHECK(project.error().find("commands without a network don't reach it") != std::string::npos);
}

TEST_CASE("hosts without address, limits that are none") {
    const auto error = [](const std::function<void(compiler::Build&)>& change) {
        Project project("FROM base\nRUN x\n");
        change(project.matrix.targets[0].cells[0].build);
        return project.error();
    };
    CHECK(error([](compiler::Build& build) {
              build.extra_hosts = {{"h", "host-gate", {}}};
          }).find("the host \"h\" has no address: found \"host-gate\"") != std::string::npos);
    CHECK(error([](compiler::Build& build) { build.extra_hosts = {{"h", "1.2.3.256", {}}}; }).find("has no address") != std::string::npos);
    CHECK(error([](compiler::Build& build) {
              build.ulimits = {{"files", 1, 1, {}}};
          }).find("there is no resource limit \"files\"") != std::string::npos);
    CHECK(error([](compiler::Build& build) {
              build.ulimits = {{"nofile", 3, 2, {}}};
          }).find("the soft limit of \"nofile\" lies above the hard one") != std::string::npos);
}

TEST_CASE("secrets and agents that the matrix grants are sources in the plan") {
    Project project("FROM base\nRUN x\n");
    project.matrix.secrets = {{"npmrc", "~/.npmrc", {}, {}}, {"token", {}, "TOKEN", {}}};
    compiler::Build& build = project.matrix.targets[0].cells[0].build;
    build.secrets.resize(2);
    build.secrets[0].source = "npmrc";
    build.secrets[1].source = "token";
    build.secrets[1].target = "known-as";
    build.ssh = {{"default", "", {}}, {"deploy", "agent.sock", {}}, {"keys", "one,two", {}}};
    const Plan plan = project.plan();
    CHECK(plan.secrets == std::vector<mabplan::SecretSource>{{"npmrc", "~/.npmrc", {}}, {"known-as", {}, "TOKEN"}});
    CHECK(plan.agents == std::vector<AgentSource>{{"default", {}}, {"deploy", {"agent.sock"}}, {"keys", {"one", "two"}}});
    build.secrets[1].target = "npmrc";
    CHECK(project.error().find("the secret \"npmrc\" comes from two places") != std::string::npos);
    build.secrets[1].source = "nobody";
    CHECK(project.error().find("the secret \"nobody\" is not declared") != std::string::npos);
    build.secrets.pop_back();
    build.secrets[0].uid = 7;
    CHECK(project.error().find("owner and mode of a secret are said where it is used") != std::string::npos);
}

TEST_CASE("an absolute WORKDIR is kept as written in the configuration, and cleaned where it is used") {
    const Plan plan = compile_text("FROM base\nWORKDIR /root/\nRUN x\nCOPY --from=image /a b/\n");
    CHECK(config_of(plan)["WorkingDir"] == "/root/");
    CHECK(actions_of<RunAction>(plan)[0].cwd == "/root");
    CHECK(actions_of<MakeDirectoryAction>(plan)[0].path == "/root");
    CHECK(actions_of<CopyAction>(plan)[0].destination == "/root/b/");
    Project inherited("FROM base\nUSER a\n");
    inherited.images.configs["base"] = R"({"WorkingDir":"/srv/"})";
    CHECK(config_of(inherited.plan())["WorkingDir"] == "/srv/");
}
