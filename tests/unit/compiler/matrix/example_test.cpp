// The example that documents mabplan.yaml, read whole.
#include "tests/unit/compiler/matrix/matrix_text.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

const char* const kShop = R"(# yaml-language-server: $schema=./mabplan.schema.json
version: 1
name: shop
x-go: &go {CGO_ENABLED: "0", GO_VERSION: "1.23"}
platforms: [linux/amd64, linux/arm64]        # default of every target
targets:
  base:                                      # intermediate: nothing is published
    context: .
    dockerfile: docker/base.Dockerfile
    output: [type=cacheonly]
  api:
    image: ghcr.io/acme/api                  # as in compose; `tags` adds more
    context: ./api
    target: prod                             # a stage of the Dockerfile
    args: {<<: *go, VERSION: "${VERSION:-dev}"}
    additional_contexts: {base: "target:base"}   # `FROM base`: an edge of the graph, same platform
    platforms:
      - linux/amd64
      - linux/arm64
      - platform: linux/arm/v7
        runner: qemu                         # auto (default) | native | qemu
        args: {GOARM: "7"}
        optional: true                       # may fail without sinking the index
    tags: ["ghcr.io/acme/api:${VERSION:-dev}"]
    labels: {org.opencontainers.image.source: "https://github.com/acme/shop"}
    annotations: {org.opencontainers.image.licenses: MIT}
    secrets: [npmrc]
    network: none                            # default | none | host; none = hermetic
    test:                                    # `mabplan test`: run in the built image, on every platform
      - {run: ["/app/api", "--version"], stdout: "api ${VERSION:-dev}"}
    output: ["type=oci,dest=dist/api", type=registry]
  cli:
    context: ./cli
    matrix:                                  # extra axes -> targets cli-glibc-1.23, cli-musl-1.22, …
      libc: [glibc, musl]
      go: ["1.22", "1.23"]
      exclude: [{libc: glibc, go: "1.22"}, {libc: musl, platform: linux/s390x}]
      include: [{libc: musl, go: "1.24rc1"}]
    platforms: [linux/amd64, linux/s390x]
    args: {LIBC: "${matrix.libc}", GO_VERSION: "${matrix.go}"}
    tags: ["ghcr.io/acme/cli:${VERSION:-dev}-${matrix.libc}-go${matrix.go}"]
groups: {default: [api], release: [api, cli]}
secrets: {npmrc: {file: ~/.npmrc}}           # or {environment: NPM_TOKEN}
registries:                                  # the keys of buildkitd.toml
  docker.io: {mirrors: [mirror.gcr.io]}
  registry.lan:5000: {http: true}
  harbor.corp: {ca: [certs/corp-root.pem]}
cache: {max_size: 20GB}
reproducible: {source_date_epoch: 315532800, lock: mabplan.lock, compression: gzip}
)";

}  // namespace

TEST_CASE("the smallest file") {
    const Matrix matrix = read_good({"targets: {web: {image: ghcr.io/acme/web, context: ., platforms: [linux/amd64, linux/arm64]}}\n"});
    CHECK(targets_text(matrix) == "web: linux/amd64 linux/arm64\n");
    CHECK(matrix.targets[0].names == std::vector<std::string>{"ghcr.io/acme/web"});
    const Build& build = build_of(matrix, "web", "linux/arm64");
    CHECK(build.context == ContextLocation{ContextKind::Directory, "."});
    CHECK(build.dockerfile.empty());
    CHECK(matrix.warnings.empty());
}

TEST_CASE("the whole example: targets and their cells") {
    const Matrix matrix = read_good({kShop});
    CHECK(targets_text(matrix) ==
          "base: linux/amd64 linux/arm64 (needed: linux/arm/v7)\n"
          "api: linux/amd64 linux/arm64 linux/arm/v7\n"
          "cli-glibc-1.23: linux/amd64 linux/s390x\n"
          "cli-musl-1.22: linux/amd64\n"
          "cli-musl-1.23: linux/amd64\n"
          "cli-musl-1.24rc1: linux/amd64 linux/s390x\n");
    CHECK(matrix.version == 1);
    CHECK(matrix.name == "shop");
    CHECK(matrix.warnings.empty());
}

TEST_CASE("the whole example: the target api") {
    const Matrix matrix = read_good({kShop, {{"VERSION", "2.0"}}});
    const Target& api = *find_target(matrix, "api");
    CHECK(api.names == std::vector<std::string>{"ghcr.io/acme/api", "ghcr.io/acme/api:2.0"});
    CHECK(outputs_text(api.outputs) == "oci(dest=dist/api) registry()");
    CHECK(api.cells[2].runner == Runner::Qemu);
    CHECK(api.cells[2].optional);
    CHECK(api.cells[0].runner == Runner::Auto);
    CHECK_FALSE(api.cells[0].optional);
    CHECK(format_place(api.cells[2].place) == "m.yaml:20:9");
    const Build& amd = api.cells[0].build;
    CHECK(settings_text(amd.args) == "CGO_ENABLED=0 GO_VERSION=1.23 VERSION=2.0");
    CHECK(settings_text(api.cells[2].build.args) == "CGO_ENABLED=0 GO_VERSION=1.23 VERSION=2.0 GOARM=7");
    CHECK(amd.stage == "prod");
    CHECK(amd.context.location == "./api");
    CHECK(contexts_text(amd.additional_contexts) == "base=target:base");
    CHECK(settings_text(amd.labels) == "org.opencontainers.image.source=https://github.com/acme/shop");
    CHECK(annotations_text(amd.annotations) == "org.opencontainers.image.licenses=MIT");
    CHECK(amd.network == NetworkMode::None);
    REQUIRE(amd.secrets.size() == 1);
    CHECK(amd.secrets[0].source == "npmrc");
    REQUIRE(amd.tests.size() == 1);
    CHECK(amd.tests[0].argv == std::vector<std::string>{"/app/api", "--version"});
    CHECK(amd.tests[0].stdout_text == "api 2.0");
    CHECK(format_place(amd.places.at("network")) == "m.yaml:28:5");
    CHECK(format_place(api.places.at("output")) == "m.yaml:31:5");
}

TEST_CASE("the whole example: axes in arguments and tags, and the base that others need") {
    const Matrix matrix = read_good({kShop});
    const Target& cli = *find_target(matrix, "cli-musl-1.24rc1");
    CHECK(cli.declared_name == "cli");
    CHECK(settings_text(cli.axes) == "libc=musl go=1.24rc1");
    CHECK(cli.names == std::vector<std::string>{"ghcr.io/acme/cli:dev-musl-go1.24rc1"});
    CHECK(settings_text(cli.cells[0].build.args) == "LIBC=musl GO_VERSION=1.24rc1");
    const Build& base = build_of(matrix, "base", "linux/arm/v7");
    CHECK(base.dockerfile == "docker/base.Dockerfile");
    CHECK(outputs_text(find_target(matrix, "base")->outputs) == "cacheonly()");
}

TEST_CASE("the whole example: all that is not a target") {
    const Matrix matrix = read_good({kShop});
    REQUIRE(matrix.groups.size() == 2);
    CHECK(matrix.groups[0].name == "default");
    CHECK(matrix.groups[0].targets == std::vector<std::string>{"api"});
    CHECK(matrix.groups[1].targets ==
          std::vector<std::string>{"api", "cli-glibc-1.23", "cli-musl-1.22", "cli-musl-1.23", "cli-musl-1.24rc1"});
    REQUIRE(matrix.secrets.size() == 1);
    CHECK(matrix.secrets[0].file == "~/.npmrc");
    CHECK_FALSE(matrix.secrets[0].environment);
    REQUIRE(matrix.registries.size() == 3);
    CHECK(matrix.registries[0].host == "docker.io");
    CHECK(matrix.registries[0].mirrors == std::vector<std::string>{"mirror.gcr.io"});
    CHECK_FALSE(matrix.registries[0].http);
    CHECK(matrix.registries[1].http);
    CHECK(matrix.registries[2].ca == std::vector<std::string>{"certs/corp-root.pem"});
    CHECK(matrix.cache_max_size == 20'000'000'000ULL);
    CHECK(matrix.reproducible.enabled);
    CHECK(matrix.reproducible.source_date_epoch == 315532800);
    CHECK(matrix.reproducible.lock == "mabplan.lock");
    CHECK(matrix.reproducible.compression == Compression::Gzip);
}
