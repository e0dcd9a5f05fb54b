// What mabplan.yaml refuses, and in which words.
#include "tests/unit/compiler/matrix/matrix_text.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

// The messages for a target with these keys.
std::string target(const std::string& keys, const std::string& more = "") {
    return read_bad_briefly({"targets: {t: {" + keys + "}}\n" + more});
}
// The hint of the only error of a target with these keys.
std::string hint(const std::string& keys) {
    const std::string text = read_bad({"targets: {t: {" + keys + "}}\n"});
    const std::size_t at = text.find("  hint: ");
    return at == std::string::npos ? "" : text.substr(at + 8, text.size() - at - 9);
}

}  // namespace

TEST_CASE("an unknown key is an error with a suggestion") {
    CHECK(read_bad({"version: 1\ntargets:\n  web:\n    cache-from: [x]\n"}) ==
          "m.yaml:4:5: error: \"cache-from\" is no key of the target \"web\"\n"
          "     2 | targets:\n"
          "     3 |   web:\n"
          ">    4 |     cache-from: [x]\n"
          "       |     ^^^^^^^^^^\n"
          "  hint: did you mean \"cache_from\"?\n");
    CHECK(hint("no-cache: true") == "did you mean \"no_cache\"?");
    CHECK(hint("dockerfile-inline: x") == "did you mean \"dockerfile_inline\"?");
    CHECK(hint("platfroms: [x]") == "did you mean \"platforms\"?");
    CHECK(hint("outputs: [x]") == "did you mean \"output\"?");
    CHECK(hint("inherits: [x]") == "did you mean \"extends\"?");
    CHECK(hint("contexts: {a: b}") == "did you mean \"additional_contexts\"?");
    CHECK(hint("build: {context: .}") == "the keys of compose's \"build\" stand in the target itself");
    CHECK(read_bad({"targets: {t: {}}\nservices: {}\n"}) ==
          "m.yaml:2:1: error: \"services\" is no key of mabplan.yaml\n"
          "     1 | targets: {t: {}}\n"
          ">    2 | services: {}\n"
          "       | ^^^^^^^^\n"
          "  hint: targets are declared under \"targets\"\n");
    CHECK(read_bad({"targets: {t: {}}\nwhatever: {}\n"}) ==
          "m.yaml:2:1: error: \"whatever\" is no key of mabplan.yaml\n"
          "     1 | targets: {t: {}}\n"
          ">    2 | whatever: {}\n"
          "       | ^^^^^^^^\n"
          "  hint: the keys of mabplan.yaml are version, name, platforms, targets, groups, secrets, registries, cache, reproducible, and "
          "x-…\n");
    CHECK(target("platforms: [{platform: linux/amd64, arg: {}}]") ==
          "m.yaml:1:51: error: \"arg\" is no key of an entry of \"platforms\"\n");
    CHECK(target("secrets: [{source: s, file: x}]", "secrets: {s: {file: x, env: y}}\n") ==
          "m.yaml:1:37: error: \"file\" is no key of a secret\nm.yaml:2:24: error: \"env\" is no key of a secret\n");
    CHECK(target("test: [{run: x, out: y}]") == "m.yaml:1:31: error: \"out\" is no key of a test\n");
    CHECK(target("", "registries: {r: {mirror: [x]}}\ncache: {size: 1}\n") ==
          "m.yaml:2:18: error: \"mirror\" is no key of a registry\nm.yaml:3:9: error: \"size\" is no key of \"cache\"\n");
}

TEST_CASE("a wrong type says what was expected and what was found") {
    CHECK(target("image: [a]") == "m.yaml:1:22: error: \"image\" must be a text, found a list\n");
    CHECK(target("image: ") == "m.yaml:1:15: error: \"image\" must be a text, found nothing\n");
    CHECK(target("tags: acme/x") == "m.yaml:1:21: error: \"tags\" must be a list, found the text \"acme/x\"\n");
    CHECK(target("tags: [{a: b}]") == "m.yaml:1:22: error: an item of \"tags\" must be a text, found a map\n");
    CHECK(target("args: x") == "m.yaml:1:21: error: \"args\" must be a map, found the text \"x\"\n");
    CHECK(target("args: {A: [x]}") == "m.yaml:1:25: error: \"A\" must be a text, found a list\n");
    CHECK(target("args: [A=1, A=2]") == "m.yaml:1:27: error: \"A\" is there twice in \"args\": first at m.yaml:1:22\n");
    CHECK(target("args: [=1]") == "m.yaml:1:22: error: the text \"=1\" in \"args\" does not begin with a name\n");
    CHECK(target("args: [\"${X}=1\"]") == "m.yaml:1:22: error: the text \"${X}=1\" in \"args\" does not begin with a name\n");
    CHECK(target("labels: {A: {b: c}}") == "m.yaml:1:27: error: \"A\" in \"labels\" must be a text, found a map\n");
    CHECK(target("no_cache: yes") == "m.yaml:1:25: error: \"no_cache\" must be true or false, found the text \"yes\"\n");
    CHECK(target("network: mynet") == "m.yaml:1:24: error: \"network\" must be default, none or host, found the text \"mynet\"\n");
    CHECK(target("shm_size: much") == "m.yaml:1:25: error: \"shm_size\" must be a size like 64m, found the text \"much\"\n");
    CHECK(target("timeout: 10") == "m.yaml:1:24: error: \"timeout\" must be a duration like 10m or 1h30m, found the text \"10\"\n");
    CHECK(target("ulimits: {nofile: {soft: 1}}") == "m.yaml:1:33: error: \"nofile\" needs \"soft\" and \"hard\"\n");
    CHECK(target("ulimits: {nofile: lots}") ==
          "m.yaml:1:33: error: \"nofile\" must be a whole number, -1 for no limit, found the text \"lots\"\n");
    CHECK(target("extra_hosts: [one]") == "m.yaml:1:29: error: the host \"one\" needs an address\n");
    CHECK(target("secrets: [{target: x}]") == "m.yaml:1:25: error: a secret needs its \"source\": the name of one under \"secrets\"\n");
    CHECK(target("secrets: [{source: s, mode: 0999}]", "secrets: {s: {file: f}}\n") ==
          "m.yaml:1:43: error: \"mode\" must be an octal mode like 0440, found the text \"0999\"\n");
    CHECK(target("test: [x]") == "m.yaml:1:22: error: an item of \"test\" must be a map with \"run\", found the text \"x\"\n");
    CHECK(target("test: [{stdout: x}]") == "m.yaml:1:22: error: a test needs \"run\": the command to run in the image\n");
    CHECK(target("test: [{run: []}]") == "m.yaml:1:28: error: \"run\" must be a text or a list of words, found a list\n");
    CHECK(target("output: [\"dest=x\"]") == "m.yaml:1:24: error: a type is missing\n");
    CHECK(target("output: [[x]]") ==
          "m.yaml:1:24: error: an item of \"output\" must be a text like \"type=oci,dest=out.tar\" or a map, found a list\n");
    CHECK(target("output: type=oci") == "m.yaml:1:23: error: \"output\" must be a list, found the text \"type=oci\"\n");
    CHECK(read_bad_briefly({"targets: {t: [x]}\n"}) == "m.yaml:1:14: error: \"t\" must be a map, found a list\n");
    CHECK(read_bad_briefly({"targets:\n  t:\n"}) == "m.yaml:2:3: error: \"t\" must be a map, found nothing\n");
}

TEST_CASE("platforms and contexts that there cannot be are refused where they stand") {
    CHECK(target("platforms: [linux/amd46]") ==
          "m.yaml:1:27: error: \"linux/amd46\" is no platform that exists: Linux has no architecture \"amd46\"\n");
    CHECK(hint("platforms: [linux/amd46]") == "did you mean \"linux/amd64\"?");
    CHECK(targets_text(read_good({"targets: {t: {platforms: [arm64/v8, linux/arm32]}}\n"})) == "t: linux/arm64 linux/arm/v7\n");
    CHECK(target("additional_contexts: {context: .}") ==
          "m.yaml:1:37: error: no build context may be named \"context\": that is the build context itself\n");
}

TEST_CASE("platforms that are malformed or come twice") {
    CHECK(read_bad({"targets: {t: {platforms: [linux/arm64, linux/arm64/v8]}}\n"}) ==
          "m.yaml:1:40: error: the platform linux/arm64 is there twice: first at m.yaml:1:27\n"
          ">    1 | targets: {t: {platforms: [linux/arm64, linux/arm64/v8]}}\n"
          "       |                                        ^^^^^^^^^^^^^^\n"
          "  hint: arm64 and arm64/v8 are one platform, arm and arm/v7 as well\n");
    CHECK(read_bad({"targets: {t: {platforms: [arm64]}}\n"}) ==
          "m.yaml:1:27: error: \"arm64\" is no platform\n"
          ">    1 | targets: {t: {platforms: [arm64]}}\n"
          "       |                           ^^^^^\n"
          "  hint: write os/arch or os/arch/variant: linux/amd64, linux/arm/v7\n");
    CHECK(target("platforms: [linux/a/b/c]").starts_with("m.yaml:1:27: error: \"linux/a/b/c\" is not a platform: "));
    CHECK(target("platforms: linux/amd64") == "m.yaml:1:26: error: \"platforms\" must be a list, found the text \"linux/amd64\"\n");
    CHECK(target("platforms: []") == "m.yaml:1:26: error: \"platforms\" is empty\n");
    CHECK(target("platforms: [{runner: qemu}]") == "m.yaml:1:27: error: an entry of \"platforms\" needs its \"platform\"\n");
    CHECK(target("platforms: [[linux/amd64]]") == "m.yaml:1:27: error: a platform must be a text, found a list\n");
    CHECK(target("platforms: [{platform: linux/amd64, runner: fast, optional: 1}]") ==
          "m.yaml:1:59: error: \"runner\" must be auto, native or qemu, found the text \"fast\"\n"
          "m.yaml:1:75: error: \"optional\" must be true or false, found the text \"1\"\n");
}

TEST_CASE("contexts, secrets and Dockerfiles that are wrong") {
    CHECK(target("context: target:base") == "m.yaml:1:24: error: \"target:base\" can't be the build context itself\n");
    CHECK(target("context: \"${NONE:-}\"") == "m.yaml:1:24: error: a build context is empty\n");
    CHECK(target("dockerfile: \"\"") == "m.yaml:1:27: error: \"dockerfile\" is empty\n");
    CHECK(target("additional_contexts: {b: service:base}") == "m.yaml:1:40: error: \"service:base\" is compose's spelling\n");
    CHECK(hint("additional_contexts: {b: service:base}") == "did you mean \"target:base\"?");
    CHECK(target("secrets: [npmcr]", "secrets: {npmrc: {file: x}}\n") == "m.yaml:1:25: error: there is no secret \"npmcr\"\n");
    CHECK(hint("secrets: [npmrc]") == "declare it at the top level: secrets: {npmrc: {file: PATH}}");
    CHECK(target("", "secrets: {a: {file: x, environment: Y}, b: {}}\n") ==
          "m.yaml:2:11: error: the secret \"a\" needs one of \"file\" and \"environment\"\n"
          "m.yaml:2:41: error: the secret \"b\" needs one of \"file\" and \"environment\"\n");
    CHECK(target("dockerfile: D, dockerfile_inline: FROM x") ==
          "m.yaml:1:30: error: the target \"t\" has \"dockerfile\" and \"dockerfile_inline\"\n");
}

TEST_CASE("variables that have no value here") {
    CHECK(read_bad({"targets: {t: {image: \"acme/t:${platform.arch}\"}}\n"}) ==
          "m.yaml:1:30: error: ${platform.arch} has no value here: this is said once for all platforms\n"
          ">    1 | targets: {t: {image: \"acme/t:${platform.arch}\"}}\n"
          "       |                              ^^^^^^^^^^^^^^^^\n"
          "  hint: it can stand in what is built per platform: args, labels, contexts, dockerfile, target, test\n");
    CHECK(read_bad({"targets: {t: {args: {A: \"${matrix.lib}\"}, matrix: {libc: [x]}}}\n"}) ==
          "m.yaml:1:26: error: the matrix has no axis \"lib\"\n"
          ">    1 | targets: {t: {args: {A: \"${matrix.lib}\"}, matrix: {libc: [x]}}}\n"
          "       |                          ^^^^^^^^^^^^^\n"
          "  hint: did you mean \"libc\"?\n");
    CHECK(target("args: {A: \"${NEEDED:?say which}\"}, platforms: [linux/amd64, linux/arm64]") ==
          "m.yaml:1:26: error: NEEDED is not set: say which\n");
    CHECK(read_bad_briefly({"name: ${NEEDED?}\ntargets: {t: {}}\n"}) == "m.yaml:1:7: error: NEEDED is not set\n");
}

TEST_CASE("the file as a whole") {
    CHECK(read_bad({""}) == "m.yaml: error: the file must hold a map with \"targets\", found nothing\n");
    CHECK(read_bad_briefly({"[a]\n"}) == "m.yaml:1:1: error: the file must hold a map with \"targets\", found a list\n");
    CHECK(read_bad_briefly({"name: x\n"}) == "m.yaml:1:1: error: \"targets\" is missing\n");
    CHECK(read_bad_briefly({"targets: {}\n"}) == "m.yaml:1:10: error: \"targets\" is empty\n");
    CHECK(read_bad_briefly({"version: 2\ntargets: {t: {}}\n"}) == "m.yaml:1:10: error: \"version\" must be 1, found the text \"2\"\n");
    CHECK(read_bad_briefly({"targets: {\"a b\": {}, -x: {}}\n"}) ==
          "m.yaml:1:11: error: \"a b\" can't name a target\nm.yaml:1:22: error: \"-x\" can't name a target\n");
    CHECK(read_bad_briefly({"targets: {t-x: {}, t: {matrix: {a: [x]}}}\n"}) ==
          "m.yaml:1:20: error: the name \"t-x\" means a cell of \"t-x\" and one of \"t\"\n");
    CHECK(read_bad_briefly({"targets: {t: {}}\ntargets: {}\n"}) ==
          "m.yaml:2:1: error: the key \"targets\" is there twice: first at m.yaml:1:1\n");
}

TEST_CASE("several mistakes are reported together, in the order of the text") {
    CHECK(read_bad_briefly({"version: 3\ntargets:\n  t: {imag: x, network: 1}\n  u: {tags: x}\ncache: {max_size: big}\n"}) ==
          "m.yaml:1:10: error: \"version\" must be 1, found the text \"3\"\n"
          "m.yaml:3:7: error: \"imag\" is no key of the target \"t\"\n"
          "m.yaml:3:25: error: \"network\" must be default, none or host, found the text \"1\"\n"
          "m.yaml:4:13: error: \"tags\" must be a list, found the text \"x\"\n"
          "m.yaml:5:19: error: \"max_size\" must be a size like 20GB, found the text \"big\"\n");
}

TEST_CASE("what a small file may grow to is bounded") {
    const auto repeated = [](int times, const auto& text) {
        std::string out;
        for (int i = 0; i < times; ++i) out += text(std::to_string(i), std::to_string(i - 1));
        return out;
    };
    const auto item = [](const std::string& i, const std::string&) { return "{a: v" + i + "}, "; };
    CHECK(target("matrix: {a: [x], include: [" + repeated(1025, item) + "]}") ==
          "m.yaml:1:32: error: \"include\" has more than 1024 items\n");
    const auto platform = [](const std::string& i, const std::string&) { return "linux/a" + i + ", "; };
    CHECK(target("platforms: [" + repeated(65, platform) + "]") == "m.yaml:1:26: error: \"platforms\" has more than 64 entries\n");
    const auto group = [](const std::string& i, const std::string& before) { return "  g" + i + ": [g" + before + ", g" + before + "]\n"; };
    CHECK(read_bad_briefly({"targets: {g-1: {}}\ngroups:\n" + repeated(40, group) + "  top: [nothing]\n"}) ==
          "m.yaml:43:9: error: there is no target or group \"nothing\"\n");
    const auto argument = [](const std::string& i, const std::string&) { return "A" + i + ": x, "; };
    const auto extending = [](const std::string& i, const std::string&) { return "  b" + i + ": {extends: a}\n"; };
    CHECK(read_bad_briefly({"targets:\n  a: {args: {" + repeated(20000, argument) + "}}\n" + repeated(60, extending)}) ==
          "m.yaml:52:3: error: with \"extends\" the targets have more than 1000000 values\n");
    const auto value = [](const std::string& i, const std::string&) { return i + ", "; };
    CHECK(target("args: {" + repeated(20000, argument) + "}, matrix: {a: [" + repeated(200, value) + "]}") ==
          "m.yaml:1:11: error: the cells of all targets have more than 4000000 values\n");
}
