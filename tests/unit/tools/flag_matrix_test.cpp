// What the flags of `build` and the grants of a run mean, as values. Nothing is opened.
#include "tools/mabplan/flag_matrix.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/model/output.h"
#include "tools/mabplan/grants.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <functional>

using namespace mabplan;
using namespace mabplan::tools;

namespace {

using Words = std::vector<std::string>;

const Platform kHost{"linux", "amd64", {}, {}, {}};

compiler::Target target_of(const BuildOptions& options, const StandardInput& input = {}) {
    auto matrix = matrix_of_flags(options, input, kHost);
    if (!matrix) FAIL(format_error(matrix.error()));
    REQUIRE(matrix->targets.size() == 1);
    return matrix->targets[0];
}
compiler::Build build_of(const std::function<void(BuildOptions&)>& set, const StandardInput& input = {}) {
    BuildOptions options;
    set(options);
    return target_of(options, input).cells.at(0).build;
}
// "message | hint"; "taken" where nothing is wrong.
std::string refused(const std::function<void(BuildOptions&)>& set, const StandardInput& input = {}) {
    BuildOptions options;
    set(options);
    const auto matrix = matrix_of_flags(options, input, kHost);
    if (matrix) return "taken";
    CHECK(matrix.error().kind == ErrorKind::Input);
    return matrix.error().message + (matrix.error().hint.empty() ? "" : " | " + matrix.error().hint);
}
std::string settings(const compiler::Settings& all) {
    Words words;
    for (const compiler::Setting& setting : all) words.push_back(setting.name + "=" + setting.value);
    return format("{}", join(words, " "));
}

Grants grants_of(const GrantOptions& options) {
    auto grants = parse_grants(options);
    if (!grants) FAIL(format_error(grants.error()));
    return *std::move(grants);
}
std::string refused_grant(const GrantOptions& options) {
    const auto grants = parse_grants(options);
    if (grants) return "taken";
    CHECK(grants.error().kind == ErrorKind::Input);
    return grants.error().message + (grants.error().hint.empty() ? "" : " | " + grants.error().hint);
}
GrantOptions secrets(Words texts) { return {std::move(texts), {}, {}, {}}; }

// "id file:PATH" or "id env:NAME".
std::string shown(const SecretSource& secret) {
    return secret.id + (secret.environment ? " env:" + *secret.environment : " file:" + secret.file.value_or("none"));
}
std::string secret(const std::string& text) { return shown(grants_of(secrets({text})).secrets.at(0)); }

}  // namespace

TEST_CASE("without flags one target is built for what its last stage is for, and stays in the store") {
    const compiler::Target target = target_of({});
    CHECK(target.name == "default");
    CHECK(target.names.empty());
    REQUIRE(target.outputs.size() == 1);
    CHECK(target.outputs[0].type == CacheOnlyOutput::kType);
    REQUIRE(target.cells.size() == 1);
    CHECK(target.cells[0].platform_source == compiler::PlatformSource::LastStage);
    CHECK(target.cells[0].platform == kHost);
    CHECK(target.cells[0].build.context.kind == compiler::ContextKind::Directory);
    CHECK(target.cells[0].build.dockerfile.empty());
    CHECK_FALSE(target.cells[0].build.dockerfile_inline);
}

TEST_CASE("each platform that is asked for is one, once, in their order") {
    BuildOptions options;
    options.platforms = {"linux/arm64", "local", "linux/arm64/v8", " linux/amd64 "};
    const compiler::Target target = target_of(options);
    REQUIRE(target.cells.size() == 2);
    CHECK(target.cells[0].platform.architecture == "arm64");
    CHECK(target.cells[1].platform == kHost);
    CHECK(target.cells[1].platform_source == compiler::PlatformSource::Asked);
    const auto unknown = parse_platforms({"linux/amd46"}, kHost);
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().context == Words{"reading --platform"});
}

TEST_CASE("a build argument without a value has the environment's, and is left out where there is none") {
    ::setenv("MABPLAN_TEST_SET", "given", 1);
    ::unsetenv("MABPLAN_TEST_UNSET");
    const auto build = build_of([](BuildOptions& options) {
        options.build_args = {"A=1", "B=", "MABPLAN_TEST_SET", "MABPLAN_TEST_UNSET", "C=x=y"};
    });
    CHECK(settings(build.args) == "A=1 B= MABPLAN_TEST_SET=given C=x=y");
    ::unsetenv("MABPLAN_TEST_SET");
    for (const char* wrong : {"", "=x"})
        CHECK(refused([&](BuildOptions& options) { options.build_args = {wrong}; }) ==
              format("--build-arg \"{}\": it has no name, expected NAME=value or NAME", wrong));
}

TEST_CASE("a label without a value is an empty one, whatever the environment has") {
    ::setenv("MABPLAN_TEST_SET", "given", 1);
    CHECK(settings(build_of([](BuildOptions& options) {
                       options.labels = {"MABPLAN_TEST_SET", "a=b"};
                   }).labels) == "MABPLAN_TEST_SET= a=b");
    ::unsetenv("MABPLAN_TEST_SET");
    CHECK(refused([](BuildOptions& options) { options.labels = {"=x"}; }) == "--label \"=x\": it has no name, expected NAME=value or NAME");
}

TEST_CASE("annotations have a key and a value") {
    CHECK(build_of([](BuildOptions& options) { options.annotations = {"a=b", "index:c=d"}; }).annotations.size() == 2);
    for (const char* wrong : {"a", "=b"})
        CHECK(refused([&](BuildOptions& options) { options.annotations = {wrong}; }) ==
              format("--annotation \"{}\": expected NAME=value", wrong));
}

TEST_CASE("hosts are a name and an address, in the forms of docker") {
    CHECK(settings(build_of([](BuildOptions& options) {
                       options.extra_hosts = {"a:10.0.0.1", "b=10.0.0.2", "c:[::1]", "d:fe80::1", "e:host-gateway"};
                   }).extra_hosts) == "a=10.0.0.1 b=10.0.0.2 c=::1 d=fe80::1 e=host-gateway");
    for (const char* wrong : {"", "a", "a:", ":10.0.0.1", "a:[]"})
        CHECK(refused([&](BuildOptions& options) { options.extra_hosts = {wrong}; }) ==
              format("--add-host \"{}\": expected NAME:ADDRESS", wrong));
}

TEST_CASE("limits are one number or two, of which -1 is none") {
    const auto limits = build_of([](BuildOptions& options) { options.ulimits = {"nofile=1024", "core=0:-1"}; }).ulimits;
    REQUIRE(limits.size() == 2);
    CHECK(limits[0].soft == 1024);
    CHECK(limits[0].hard == 1024);
    CHECK(limits[1].soft == 0);
    CHECK(limits[1].hard == -1);
    for (const char* wrong : {"nofile", "nofile=", "nofile=x", "nofile=1:", "nofile=-2", "nofile=1:2:3", "nofile=99999999999999999999"})
        CHECK(refused([&](BuildOptions& options) { options.ulimits = {wrong}; }) ==
              format("--ulimit \"{}\": expected NAME=SOFT[:HARD]", wrong));
}

TEST_CASE("sizes and networks are those that are known") {
    CHECK(build_of([](BuildOptions& options) { options.shm_size = "64m"; }).shm_size == 64U << 20U);
    CHECK_FALSE(build_of([](BuildOptions&) {}).shm_size);
    CHECK(refused([](BuildOptions& options) { options.shm_size = "much"; }) == "--shm-size \"much\": expected a size like 64m");
    CHECK(build_of([](BuildOptions& options) { options.network_mode = "none"; }).network == compiler::NetworkMode::None);
    CHECK(build_of([](BuildOptions& options) { options.network_mode = "host"; }).network == compiler::NetworkMode::Host);
    CHECK(build_of([](BuildOptions& options) { options.network_mode = "default"; }).network == compiler::NetworkMode::Default);
    CHECK(refused([](BuildOptions& options) { options.network_mode = "lan"; }) == "--network \"lan\": expected default, none or host");
    CHECK(refused([](BuildOptions& options) {
              options.network_mode = "bridge";
          }).starts_with("--network \"bridge\": expected default, none or host | that is what default is"));
}

TEST_CASE("named contexts have a name and a place") {
    const auto contexts = build_of([](BuildOptions& options) {
                              options.build_contexts = {"files=../there", "img=docker-image://alpine"};
                          }).additional_contexts;
    REQUIRE(contexts.size() == 2);
    CHECK(contexts[0].name == "files");
    CHECK(contexts[0].source.kind == compiler::ContextKind::Directory);
    for (const char* wrong : {"files", "=x"})
        CHECK(refused([&](BuildOptions& options) { options.build_contexts = {wrong}; }) ==
              format("--build-context \"{}\": expected NAME=WHERE", wrong));
}

TEST_CASE("of the context and the Dockerfile one may come from the standard input") {
    const StandardInput text{{}, "FROM scratch\n"}, archive{Digest::of("archive"), {}};
    const auto alone = build_of([](BuildOptions& options) { options.context = "-"; }, text);
    CHECK(alone.context.kind == compiler::ContextKind::Nothing);
    CHECK(alone.dockerfile_inline == "FROM scratch\n");
    const auto beside = build_of([](BuildOptions& options) { options.file = "-"; }, text);
    CHECK(beside.context.kind == compiler::ContextKind::Directory);
    CHECK(beside.dockerfile_inline == "FROM scratch\n");
    const auto packed = build_of([](BuildOptions& options) { options.context = "-"; }, archive);
    CHECK(packed.context.kind == compiler::ContextKind::StandardInput);
    CHECK_FALSE(packed.dockerfile_inline);
    CHECK(build_of([](BuildOptions& options) { options.context = options.file = "-", options.file = "Other"; }, archive).dockerfile ==
          "Other");
    CHECK(refused([](BuildOptions& options) { options.context = options.file = "-"; }, text) ==
          "the standard input can't be the Dockerfile and the build context");
    CHECK(refused([](BuildOptions& options) { options.context = "-", options.file = "Other"; }, text) ==
          "-f names a Dockerfile, and another one came on the standard input");
    CHECK_FALSE(reads_standard_input({}));
    BuildOptions options;
    options.file = "-";
    CHECK(reads_standard_input(options));
}

TEST_CASE("a Dockerfile is named from the context where both are below here, and by its whole path elsewhere") {
    const auto named = [](const std::string& context, const std::string& file) {
        return build_of([&](BuildOptions& options) {
                   options.context = context;
                   options.file = file;
               })
            .dockerfile;
    };
    CHECK(named(".", "sub/Dockerfile") == "sub/Dockerfile");
    CHECK(named("app", "app/Dockerfile") == "Dockerfile");
    CHECK(named("app", "docker/Dockerfile") == "../docker/Dockerfile");
    CHECK(named("app", "/etc/Dockerfile") == "/etc/Dockerfile");
    CHECK(named("app", "https://example.com/Dockerfile") == "https://example.com/Dockerfile");
    CHECK(named("https://example.com/a.git", "sub/Dockerfile") == "sub/Dockerfile");
}

TEST_CASE("switches of the whole matrix") {
    BuildOptions options;
    CHECK(matrix_of_flags(options, {}, kHost)->reproducible.enabled);
    options.reproducible = "off";
    CHECK_FALSE(matrix_of_flags(options, {}, kHost)->reproducible.enabled);
    options.no_cache = true;
    options.tags = {"a:1", "b"};
    options.outputs = {"type=oci,dest=x"};
    const compiler::Target target = target_of(options);
    CHECK(target.cells[0].build.no_cache);
    CHECK(target.names == Words{"a:1", "b"});
    CHECK(target.outputs.at(0).type == "oci");
    CHECK(target.outputs.size() == 1);
}

TEST_CASE("where a secret is comes from its fields; with an id alone it is a variable that is set, else a file") {
    ::setenv("MABPLAN_TEST_SET", "given", 1);
    CHECK(secret("id=a,src=f") == "a file:" + absolute_path("f"));
    CHECK(secret("id=a,source=/f") == "a file:/f");
    CHECK(secret("ID=a,SRC=/f") == "a file:/f");
    CHECK(secret("id=a,env=V") == "a env:V");
    CHECK(secret("id=a,type=env,src=V") == "a env:V");
    CHECK(secret("id=a,type=file,src=/f") == "a file:/f");
    CHECK(secret("type=env,id=MABPLAN_TEST_SET") == "MABPLAN_TEST_SET env:MABPLAN_TEST_SET");
    CHECK(secret("id=MABPLAN_TEST_SET") == "MABPLAN_TEST_SET env:MABPLAN_TEST_SET");
    CHECK(secret("id=MABPLAN_TEST_SET,type=file") == "MABPLAN_TEST_SET file:" + absolute_path("MABPLAN_TEST_SET"));
    ::unsetenv("MABPLAN_TEST_SET");
    CHECK(secret("id=MABPLAN_TEST_SET") == "MABPLAN_TEST_SET file:" + absolute_path("MABPLAN_TEST_SET"));
}

TEST_CASE("what is wrong with a secret is said with its text") {
    const auto why = [](const std::string& text) { return refused_grant(secrets({text})); };
    CHECK(why("token") == "--secret \"token\": expected id=ID,src=FILE or id=ID,env=VARIABLE");
    CHECK(why("src=f") == "--secret \"src=f\": it has no id");
    CHECK(why("id=a,src=") == "--secret \"id=a,src=\": src is empty | without it the id names the file or the variable");
    CHECK(why("id=a,scr=f") == "--secret \"id=a,scr=f\": there is no field \"scr\" | did you mean \"src\"?");
    CHECK(why("id=a,type=vault") == "--secret \"id=a,type=vault\": there is no type \"vault\" | known are file and env");
}

TEST_CASE("agents, consents and sizes of a run") {
    const Grants grants = grants_of({{}, {"default", "deploy=a,/b"}, {"security.insecure", "network.host", "device", "device=x"}, "2GiB"});
    REQUIRE(grants.agents.size() == 2);
    CHECK(grants.agents[0].paths.empty());
    CHECK(grants.agents[1].paths == Words{absolute_path("a"), "/b"});
    CHECK(grants.insecure);
    CHECK(grants.devices == Words{"", "x"});
    CHECK(grants.max_layer_bytes == std::uint64_t{2} << 30U);
    CHECK_FALSE(grants_of({}).insecure);
    CHECK(grants_of({}).max_layer_bytes > std::uint64_t{1} << 30U);
    CHECK(refused_grant({{}, {"=a"}, {}, {}}) == "--ssh \"=a\": it has no id | --ssh default");
    CHECK(refused_grant({{}, {}, {"all"}, {}}) ==
          "--allow \"all\": there is nothing of this name to allow | known are security.insecure, device and network.host");
    for (const char* wrong : {"0", "much", "-1", "1XB"})
        CHECK(refused_grant({{}, {}, {}, wrong}) == format("--max-layer-size \"{}\": expected a size | for example 20GB or 512MiB", wrong));
}
