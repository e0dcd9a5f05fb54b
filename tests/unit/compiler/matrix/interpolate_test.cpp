#include "compiler/matrix/interpolate.h"

#include "tests/unit/compiler/matrix/map_environment.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

const MapEnvironment kEnvironment({{"SET", "value"}, {"EMPTY", ""}, {"DOLLAR", "$SET"}});

std::string replaced(const std::string& text, const Variables& variables) {
    std::vector<UnsetVariable> unset;
    const auto result = interpolate(text, variables, unset);
    if (!result) return "error: " + result.error().error.message + " [" + result.error().expression + "]";
    std::string out = *result;
    for (const UnsetVariable& variable : unset) out += " !" + variable.name;
    return out;
}

std::string replaced(const std::string& text) { return replaced(text, Variables(kEnvironment)); }

}  // namespace

TEST_CASE("every form of compose") {
    const std::vector<std::pair<std::string, std::string>> expected = {
        {"plain", "plain"},
        {"${SET}", "value"},
        {"a${SET}b", "avalueb"},
        {"$SET/x", "value/x"},
        {"$SETX", " !SETX"},
        {"${EMPTY}", ""},
        {"${UNSET}", " !UNSET"},
        {"${SET:-x}", "value"},
        {"${EMPTY:-x}", "x"},
        {"${UNSET:-x}", "x"},
        {"${SET-x}", "value"},
        {"${EMPTY-x}", ""},
        {"${UNSET-x}", "x"},
        {"${UNSET:-}", ""},
        {"${SET:+x}", "x"},
        {"${EMPTY:+x}", ""},
        {"${UNSET:+x}", ""},
        {"${SET+x}", "x"},
        {"${EMPTY+x}", "x"},
        {"${UNSET+x}", ""},
        {"${SET:?m}", "value"},
        {"${EMPTY?m}", ""},
        {"${EMPTY:?must be set}", "error: EMPTY is empty: must be set [${EMPTY:?must be set}]"},
        {"${UNSET:?must be set}", "error: UNSET is not set: must be set [${UNSET:?must be set}]"},
        {"${UNSET?}", "error: UNSET is not set [${UNSET?}]"},
        {"$$", "$"},
        {"$$SET $${SET}", "$SET ${SET}"},
        {"${DOLLAR}", "$SET"},
        {"${UNSET:-a:-b-c}", "a:-b-c"},
        {"${UNSET:-${SET}}", "value"},
        {"${UNSET:-${EMPTY:-<${SET}>}}!", "<value>!"},
        {"${UNSET:-$$x}", "$x"},
        {"${SET:-${UNSET:?not reached}}", "value"},
    };
    for (const auto& [text, value] : expected) {
        const std::string& input = text;  // clang 14 captures no structured binding
        CAPTURE(input);
        CHECK(replaced(text) == value);
    }
}

TEST_CASE("what is no expression is an error, not text") {
    CHECK(replaced("5 $") == "error: a lone dollar sign [$]");
    CHECK(replaced("$5") == "error: a lone dollar sign [$]");
    CHECK(replaced("a ${SET") == "error: \"${\" without its \"}\" [${]");
    CHECK(replaced("${}") == "error: \"\" does not begin with a name [${}]");
    CHECK(replaced("${5}") == "error: \"5\" does not begin with a name [${5}]");
    CHECK(replaced("${SET/a/b}") == "error: \"/a/b\" is not understood after the name \"SET\" [${SET/a/b}]");
    CHECK(replaced("${SET:}") == "error: \":\" is not understood after the name \"SET\" [${SET:}]");
    std::string deep = "x";
    for (int i = 0; i < 20; ++i) deep = "${UNSET:-" + deep + "}";
    CHECK(replaced(deep).starts_with("error: expressions are nested deeper than 16 levels"));
}

TEST_CASE("axes and the parts of a platform have names with a dot") {
    const Settings axes = {{"libc", "musl", {}}, {"go", "1.23", {}}};
    const Platform arm{"linux", "arm", "v7", {}, {}}, amd{"linux", "amd64", "", {}, {}};
    const Variables here = Variables(kEnvironment).with_axes(axes);
    const Variables both = here.with_platform(arm);
    CHECK(replaced("${matrix.libc}-go${matrix.go}", here) == "musl-go1.23");
    CHECK(replaced("${platform.os}/${platform.arch}${platform.variant:+/}${platform.variant}", both) == "linux/arm/v7");
    CHECK(replaced("${platform.arch}${platform.variant:+/}${platform.variant}", here.with_platform(amd)) == "amd64");
    CHECK(replaced("${matrix.libcc}", here) == "error: the matrix has no axis \"libcc\" [${matrix.libcc}]");
    CHECK(replaced("${matrix.libc:-x}") == "error: ${matrix.libc} has no value here: the target has no matrix [${matrix.libc:-x}]");
    CHECK(replaced("${platform.arch}", here) ==
          "error: ${platform.arch} has no value here: this is said once for all platforms [${platform.arch}]");
    CHECK(replaced("${platform.cpu}", both) == "error: a platform has no \"cpu\" [${platform.cpu}]");
    CHECK(replaced("${target.name}", both) == "error: there is no variable \"target.name\" [${target.name}]");
}

TEST_CASE("in a tree, keys stay and faults have the place of the expression") {
    const auto text = std::make_shared<SourceText>("m.yaml", "${SET}: [\"${SET}\", {a: \"x ${NO:?say}\"}]\nb: \"is $NONE here\"\n");
    const auto node = parse_yaml(text);
    REQUIRE(node);
    Mistakes mistakes;
    const YamlNode replaced_node = interpolated(*node, Variables(kEnvironment), mistakes);
    CHECK(replaced_node.entries[0].key == "${SET}");
    CHECK(replaced_node.entries[0].value.items[0].text == "value");
    CHECK(replaced_node.entries[1].value.text == "is  here");
    const Errors errors = mistakes.take_errors();
    const std::vector<Warning> warnings = mistakes.take_warnings();
    REQUIRE(errors.size() == 1);
    CHECK(format_error(errors[0]) ==
          "m.yaml:1:27: error: NO is not set: say\n"
          ">    1 | ${SET}: [\"${SET}\", {a: \"x ${NO:?say}\"}]\n"
          "       |                           ^^^^^^^^^^\n"
          "     2 | b: \"is $NONE here\"\n");
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].message == "NONE is not set: it is taken as empty");
    CHECK(format_place(warnings[0].place) == "m.yaml:2:8");
}
