// How targets find each other: `target:` contexts, depends_on, groups, and names on a command line.
#include "tests/unit/compiler/matrix/matrix_text.h"

#include <doctest/doctest.h>

#include <array>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

const char* const kPaired = R"(targets:
  base: {matrix: {libc: [glibc, musl]}}
  app: {matrix: {libc: [glibc, musl], go: ["1", "2"]}, additional_contexts: {base: "target:base"}, depends_on: [base]}
  one: {additional_contexts: {base: "target:base-musl"}, depends_on: [app]}
)";

std::string selected(const Matrix& matrix, const std::vector<std::string>& names) {
    const auto targets = select_targets(matrix, names);
    if (!targets) return format_error(targets.error());
    std::string out;
    for (const Target* target : *targets) out += (out.empty() ? "" : " ") + target->name;
    return out;
}

}  // namespace

TEST_CASE("targets pair equal axis values") {
    const Matrix matrix = read_good({kPaired});
    CHECK(contexts_text(build_of(matrix, "app-musl-2", "linux/amd64").additional_contexts) == "base=target:base-musl");
    CHECK(contexts_text(build_of(matrix, "app-glibc-1", "linux/amd64").additional_contexts) == "base=target:base-glibc");
    CHECK(find_target(matrix, "app-glibc-1")->depends_on == std::vector<std::string>{"base-glibc"});
    CHECK(contexts_text(build_of(matrix, "one", "linux/amd64").additional_contexts) == "base=target:base-musl");
    CHECK(find_target(matrix, "one")->depends_on == std::vector<std::string>{"app-glibc-1", "app-glibc-2", "app-musl-1", "app-musl-2"});
}

TEST_CASE("a target is built for the platforms it is needed for, through others as well") {
    CHECK(targets_text(read_good({R"(targets:
  top: {platforms: [linux/arm64, linux/s390x], additional_contexts: {m: "target:middle"}}
  middle: {platforms: [linux/arm64], additional_contexts: {b: "target:bottom"}}
  bottom: {platforms: [linux/amd64], args: {P: "${platform.slug}"}}
)"})) == "top: linux/arm64 linux/s390x\n"
         "middle: linux/arm64 (needed: linux/s390x)\n"
         "bottom: linux/amd64 (needed: linux/arm64 linux/s390x)\n");
}

TEST_CASE("targets that are not there, not one, or in a circle") {
    CHECK(read_bad({"targets:\n  base: {}\n  app: {additional_contexts: {b: \"target:bse\"}}\n"}) ==
          "m.yaml:3:34: error: there is no target \"bse\"\n"
          "     1 | targets:\n"
          "     2 |   base: {}\n"
          ">    3 |   app: {additional_contexts: {b: \"target:bse\"}}\n"
          "       |                                  ^^^^^^^^^^^^\n"
          "  hint: did you mean \"base\"?\n");
    CHECK(read_bad({"targets:\n  base: {matrix: {a: [x, y]}}\n  app: {additional_contexts: {b: \"target:base\"}}\n"}) ==
          "m.yaml:3:34: error: \"target:base\" could be any of base-x, base-y\n"
          "     1 | targets:\n"
          "     2 |   base: {matrix: {a: [x, y]}}\n"
          ">    3 |   app: {additional_contexts: {b: \"target:base\"}}\n"
          "       |                                  ^^^^^^^^^^^^^\n"
          "  hint: name one of them, or give this target the same axes: equal values are paired\n");
    CHECK(read_bad_briefly(
              {"targets:\n  base: {matrix: {a: [x]}}\n  app: {matrix: {a: [z]}, additional_contexts: {b: \"target:base\"}}\n"}) ==
          "m.yaml:3:52: error: no cell of the target \"base\" has a: z\n");
    CHECK(read_bad_briefly(
              {"targets:\n  base: {matrix: {a: [x], exclude: [{platform: linux/arm64}]}, platforms: [linux/amd64, linux/arm64]}\n"
               "  app: {platforms: [linux/arm64], additional_contexts: {b: \"target:base\"}}\n"}) ==
          "m.yaml:3:60: error: the target \"base-x\" is needed for linux/arm64, which its matrix excludes\n");
    CHECK(read_bad_briefly({"targets:\n  a: {additional_contexts: {x: \"target:b\"}}\n  b: {depends_on: [c]}\n  c: {additional_contexts: "
                            "{x: \"target:a\"}}\n"}) == "m.yaml:4:32: error: targets need each other: a -> b -> c -> a\n");
    CHECK(read_bad_briefly({"targets: {a: {additional_contexts: {x: \"target:a\"}}}\n"}) ==
          "m.yaml:1:40: error: targets need each other: a -> a\n");
    CHECK(read_bad_briefly({"targets: {a: {depends_on: [b]}}\n"}) == "m.yaml:1:15: error: there is no target \"b\"\n");
}

TEST_CASE("extends that leads nowhere or in a circle") {
    CHECK(read_bad({"targets:\n  web: {}\n  a: {extends: wep}\n"}) ==
          "m.yaml:3:16: error: there is no target \"wep\" to extend\n"
          "     1 | targets:\n"
          "     2 |   web: {}\n"
          ">    3 |   a: {extends: wep}\n"
          "       |                ^^^\n"
          "  hint: did you mean \"web\"?\n");
    CHECK(read_bad_briefly({"targets:\n  a: {extends: b}\n  b: {extends: [c]}\n  c: {extends: a}\n"}) ==
          "m.yaml:4:16: error: targets extend each other: a -> b -> c -> a\n");
    CHECK(read_bad_briefly({"targets: {a: {extends: {b: c}}}\n"}) ==
          "m.yaml:1:24: error: \"extends\" must be the name of a target or a list of such names\n");
    std::string chain = "targets:\n  t0: {}\n";
    for (int i = 1; i < 70; ++i) chain += "  t" + std::to_string(70 - i) + ": {extends: t" + std::to_string(69 - i) + "}\n";
    CHECK(read_bad_briefly({chain}) == "m.yaml:67:3: error: \"extends\" is nested deeper than 64 targets\n");
}

TEST_CASE("groups hold targets, cells and groups") {
    const Matrix matrix = read_good({std::string(kPaired) + "groups: {all: [musl, one], musl: [base-musl, app], default: [one]}\n"});
    REQUIRE(matrix.groups.size() == 3);
    CHECK(matrix.groups[0].targets ==
          std::vector<std::string>{"base-musl", "app-glibc-1", "app-glibc-2", "app-musl-1", "app-musl-2", "one"});
    CHECK(matrix.groups[1].targets == std::vector<std::string>{"base-musl", "app-glibc-1", "app-glibc-2", "app-musl-1", "app-musl-2"});
    CHECK(selected(matrix, {}) == "one");
    CHECK(selected(matrix, {"one", "base"}) == "base-glibc base-musl one");
    CHECK(selected(matrix, {"musl", "app-musl-1"}) == "base-musl app-glibc-1 app-glibc-2 app-musl-1 app-musl-2");
    CHECK(selected(matrix, {"on"}) == "error: there is no target or group \"on\"\n  hint: did you mean \"one\"?\n");
    CHECK(selected(read_good({"targets: {a: {}, b: {}}\n"}), {}) == "a b");
    CHECK(selected(read_good({"targets: {a: {}, b: {}}\n"}), {"nothing"}) ==
          "error: there is no target or group \"nothing\"\n  hint: there are a, b\n");
}

TEST_CASE("groups that are wrong") {
    const auto groups = [](const std::string& text) { return read_bad_briefly({"targets: {web: {}}\ngroups: " + text + "\n"}); };
    CHECK(read_bad({"targets: {web: {}}\ngroups: {g: [wbe]}\n"}) ==
          "m.yaml:2:14: error: there is no target or group \"wbe\"\n"
          "     1 | targets: {web: {}}\n"
          ">    2 | groups: {g: [wbe]}\n"
          "       |              ^^^\n"
          "  hint: did you mean \"web\"?\n");
    CHECK(groups("{g: [h], h: [g]}") == "m.yaml:2:22: error: groups hold each other: g -> h -> g\n");
    CHECK(groups("{web: [web]}") ==
          "m.yaml:2:10: error: \"web\" is a group and a target\nm.yaml:2:16: error: groups hold each other: web -> web\n");
    CHECK(groups("{g: web}") == "m.yaml:2:13: error: \"g\" must be a list, found the text \"web\"\n");
    CHECK(groups("{g: []}") == "m.yaml:2:13: error: the group \"g\" is empty\n");
    CHECK(groups("{g: [[web]]}") == "m.yaml:2:14: error: a member of a group must be a name, found a list\n");
    CHECK(groups("[web]") == "m.yaml:2:9: error: \"groups\" must be a map, found a list\n");
}
