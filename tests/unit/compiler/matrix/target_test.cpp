// The keys of one target: forms, defaults, overrides per platform, extends.
#include "tests/unit/compiler/matrix/matrix_text.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

const Build& only_build(const Matrix& matrix) { return matrix.targets.at(0).cells.at(0).build; }

}  // namespace

TEST_CASE("without platforms: the root's, else the host's; the command line goes before both") {
    CHECK(targets_text(read_good({"targets: {a: {}}\n"})) == "a: linux/amd64\n");
    CHECK(targets_text(read_good({"targets: {a: {}, b: {platforms: [linux/386]}}\nplatforms: [linux/arm64]\n"})) ==
          "a: linux/arm64\nb: linux/386\n");
    const char* const two = "targets: {a: {platforms: [{platform: linux/arm64, args: {X: \"1\"}}, linux/386]}}\n";
    const Matrix matrix = read_good({two, {}, {"linux/s390x", "linux/arm64", "linux/arm64/v8"}});
    CHECK(targets_text(matrix) == "a: linux/s390x linux/arm64\n");
    CHECK(settings_text(build_of(matrix, "a", "linux/arm64").args) == "X=1");
}

TEST_CASE("local is the platform of the host, as a word and in a map") {
    CHECK(targets_text(read_good({"targets: {a: {platforms: [local, linux/arm64]}, b: {platforms: [{platform: local}]}}\n"})) ==
          "a: linux/amd64 linux/arm64\nb: linux/amd64\n");
}

TEST_CASE("list forms and map forms are one") {
    const Matrix matrix = read_good({R"(targets:
  a:
    args: [A=1, B, "C=x=y", D, E=]
    labels: [l=1, m]
    annotations: [a=v, "index,manifest-descriptor:b=x=y", "manifest[linux/amd64]:c="]
    additional_contexts: [base=docker-image://alpine, src=../src]
    ssh: [default, key=/id]
    extra_hosts: ["one:10.0.0.1", "two=::1", "three:[::2]"]
    cache_from: [ghcr.io/acme/cache, {type: gha, Scope: x}]
    output: [out, {type: oci, dest: x.tar, tar: true}]
)",
                                     {{"B", "from env"}}});
    const Build& build = only_build(matrix);
    CHECK(settings_text(build.args) == "A=1 B=from env C=x=y E=");
    CHECK(settings_text(build.labels) == "l=1 m=");
    CHECK(annotations_text(build.annotations) == "a=v b=x=y(2) c=");
    CHECK(format_place(build.annotations[1].place.value()) == "m.yaml:5:24");
    CHECK(contexts_text(build.additional_contexts) == "base=docker-image://alpine src=../src");
    CHECK(settings_text(build.ssh) == "default= key=/id");
    CHECK(settings_text(build.extra_hosts) == "one=10.0.0.1 two=::1 three=::2");
    CHECK(outputs_text(build.cache_from) == "registry(ref=ghcr.io/acme/cache) gha(scope=x)");
    CHECK(outputs_text(matrix.targets[0].outputs) == "local(dest=out) oci(dest=x.tar tar=true)");
    CHECK(format_place(matrix.targets[0].outputs[1].place.value()) == "m.yaml:10:19");
}

TEST_CASE("annotations keep their platforms, and know those that are left out") {
    const char* const two =
        "targets: {a: {platforms: [linux/amd64, linux/arm64], annotations: {\"manifest[linux/arm64]:k\": \"${platform.arch}\"}}}\n";
    const Matrix all = read_good({two});
    CHECK(annotations_text(build_of(all, "a", "linux/arm64").annotations) == "k=arm64");
    CHECK(all.targets[0].left_out.empty());
    const Matrix one = read_good({two, {}, {"linux/amd64"}});
    REQUIRE(one.targets[0].left_out.size() == 1);
    CHECK(format_platform(one.targets[0].left_out[0]) == "linux/arm64");
}

TEST_CASE("a wrong annotation is an error at its place, once for all platforms") {
    CHECK(read_bad({"targets:\n  a:\n    platforms: [linux/amd64, linux/arm64]\n    annotations:\n      indx:k: v\n"}) ==
          "m.yaml:5:7: error: annotation \"indx:k\": unknown type \"indx\"\n"
          "     3 |     platforms: [linux/amd64, linux/arm64]\n"
          "     4 |     annotations:\n"
          ">    5 |       indx:k: v\n"
          "       |       ^^^^^^\n"
          "  hint: did you mean \"index\"?\n");
}

TEST_CASE("every other key of a target") {
    const Matrix matrix = read_good({R"(targets:
  a:
    dockerfile_inline: |
      FROM scratch
      ENV A=$$B
    network: host
    no_cache: true
    pull: "true"
    shm_size: 64m
    timeout: 1h30m
    ulimits: {nofile: 1024, nproc: {soft: 10, hard: -1}}
    secrets: [one, {source: two, target: /run/x, uid: "103", gid: 104, mode: 0440}]
    test: [{run: "echo hi", stderr: "", exit_code: 3}]
    provenance: mode=max
    sbom: false
    cache_to: ["type=inline"]
    x-mine: {anything: [goes]}
secrets: {one: {environment: ONE}, two: {file: two.txt}}
x-more: ${NOT:?read}
)"});
    const Build& build = only_build(matrix);
    CHECK(build.dockerfile_inline == "FROM scratch\nENV A=$B\n");
    CHECK(build.network == NetworkMode::Host);
    CHECK(build.no_cache);
    CHECK(build.pull);
    CHECK(build.shm_size == 67'108'864);
    CHECK(build.timeout_ms == 5'400'000);
    REQUIRE(build.ulimits.size() == 2);
    CHECK(build.ulimits[0].soft == 1024);
    CHECK(build.ulimits[0].hard == 1024);
    CHECK(build.ulimits[1].hard == -1);
    REQUIRE(build.secrets.size() == 2);
    CHECK(build.secrets[1].target == "/run/x");
    CHECK(build.secrets[1].uid == 103);
    CHECK(build.secrets[1].gid == 104);
    CHECK(build.secrets[1].mode == 0440);
    REQUIRE(build.tests.size() == 1);
    CHECK(build.tests[0].argv == std::vector<std::string>{"/bin/sh", "-c", "echo hi"});
    CHECK_FALSE(build.tests[0].stdout_text);
    CHECK(build.tests[0].stderr_text == "");
    CHECK(build.tests[0].exit_code == 3);
    CHECK(build.provenance == "mode=max");
    CHECK(build.sbom == "false");
    CHECK(outputs_text(build.cache_to) == "inline()");
    CHECK(build.places.size() == 12);
    CHECK(matrix.warnings.empty());
}

TEST_CASE("scalars stay text where text is meant") {
    const Matrix matrix = read_good({"targets: {a: {args: {V: 1.10, P: 22:22, M: 0440, Y: yes, T: true}, tags: [1.10]}}\n"});
    CHECK(settings_text(only_build(matrix).args) == "V=1.10 P=22:22 M=0440 Y=yes T=true");
    CHECK(matrix.targets[0].names == std::vector<std::string>{"1.10"});
}

TEST_CASE("an entry of platforms overrides what it names and adds its arguments") {
    const Matrix matrix = read_good({R"(targets:
  a:
    dockerfile: Dockerfile
    target: all
    args: {A: "1", B: "1", WHERE: "${platform.os}/${platform.arch}${platform.variant:+/}${platform.variant} ${platform.slug}"}
    additional_contexts: {one: dir1, two: dir2}
    platforms:
      - linux/amd64
      - {platform: linux/arm/v6, dockerfile: arm.Dockerfile, target: small, args: [B=2, C=3], additional_contexts: {two: "docker-image://x:${platform.arch}"}}
)"});
    const Build& plain = build_of(matrix, "a", "linux/amd64");
    CHECK(settings_text(plain.args) == "A=1 B=1 WHERE=linux/amd64 linux-amd64");
    CHECK(plain.dockerfile == "Dockerfile");
    const Build& arm = build_of(matrix, "a", "linux/arm/v6");
    CHECK(settings_text(arm.args) == "A=1 B=2 WHERE=linux/arm/v6 linux-arm-v6 C=3");
    CHECK(arm.dockerfile == "arm.Dockerfile");
    CHECK(arm.stage == "small");
    CHECK(contexts_text(arm.additional_contexts) == "one=dir1 two=docker-image://x:arm");
    CHECK(format_place(arm.places.at("dockerfile")) == "m.yaml:9:34");
    CHECK(format_place(plain.places.at("dockerfile")) == "m.yaml:3:5");
}

TEST_CASE("extends: settings merge by name, all else is replaced, later bases win") {
    const Matrix matrix = read_good({R"(targets:
  one: {context: one, args: {A: "1", B: "1"}, tags: [t1], platforms: [linux/arm64], dockerfile: D}
  two: {extends: one, args: [B=2, C=2], tags: [t2], dockerfile_inline: FROM scratch}
  three: {context: three, pull: true}
  four: {extends: [two, three], args: {D: "4"}}
)"});
    CHECK(targets_text(matrix) == "one: linux/arm64\ntwo: linux/arm64\nthree: linux/amd64\nfour: linux/arm64\n");
    const Build& four = build_of(matrix, "four", "linux/arm64");
    CHECK(settings_text(four.args) == "A=1 B=2 C=2 D=4");
    CHECK(four.context.location == "three");
    CHECK(four.pull);
    CHECK(four.dockerfile_inline == "FROM scratch");
    CHECK(four.dockerfile.empty());
    CHECK(matrix.targets[3].names == std::vector<std::string>{"t2"});
}

TEST_CASE("a variable that is not set is empty, with a warning that stands once") {
    const Matrix matrix = read_good({"targets: {a: {args: {V: \"x${NOPE}\"}, platforms: [linux/amd64, linux/arm64]}}\n"});
    CHECK(settings_text(only_build(matrix).args) == "V=x");
    REQUIRE(matrix.warnings.size() == 1);
    CHECK(matrix.warnings[0].message == "NOPE is not set: it is taken as empty");
    CHECK(format_place(matrix.warnings[0].place) == "m.yaml:1:27");
}

TEST_CASE("reproducible is a switch or a map") {
    CHECK_FALSE(read_good({"targets: {a: {}}\nreproducible: off\n"}).reproducible.enabled);
    CHECK(read_good({"targets: {a: {}}\nreproducible: on\n"}).reproducible.enabled);
    const Reproducible read =
        read_good({"targets: {a: {}}\nreproducible: {source_date_epoch: \"${E}\", compression: zstd, lock: other}\n", {{"E", "7"}}})
            .reproducible;
    CHECK(read.source_date_epoch == 7);
    CHECK(read.compression == Compression::Zstd);
    CHECK(read.lock == "other");
    CHECK(read.noise == Noise::Drop);
    CHECK_FALSE(read.epoch_of_commit);
    const Reproducible commit = read_good({"targets: {a: {}}\nreproducible: {source_date_epoch: git, noise: keep}\n"}).reproducible;
    CHECK(commit.epoch_of_commit);
    CHECK_FALSE(commit.source_date_epoch);
    CHECK(commit.noise == Noise::Keep);
    CHECK(read_bad_briefly({"targets: {a: {}}\nreproducible: {noise: some}\n"}) ==
          "m.yaml:2:23: error: \"noise\" must be drop or keep, found the text \"some\"\n");
    CHECK(read_bad_briefly({"targets: {a: {}}\nreproducible: maybe\n"}) ==
          "m.yaml:2:15: error: \"reproducible\" must be on, off or a map, found the text \"maybe\"\n");
    CHECK(read_bad_briefly({"targets: {a: {}}\nreproducible: {source_date_epoch: soon, compression: lzma}\n"}) ==
          "m.yaml:2:35: error: \"source_date_epoch\" must be seconds since 1970, or git, found the text \"soon\"\n"
          "m.yaml:2:54: error: \"compression\" must be gzip, zstd or uncompressed, found the text \"lzma\"\n");
}
