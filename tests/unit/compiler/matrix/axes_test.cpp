// The matrix of a target: product, exclude, include, names.
#include "tests/unit/compiler/matrix/matrix_text.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

// A target "t" with two axes and two platforms, and what is added to its matrix.
std::string with(const std::string& more) {
    return "platforms: [linux/amd64, linux/arm64]\ntargets:\n  t:\n    matrix: {a: [\"1\", \"2\"], b: [x, y]" + more + "}\n";
}

}  // namespace

TEST_CASE("the first axis varies slowest") {
    CHECK(targets_text(read_good({with("")})) ==
          "t-1-x: linux/amd64 linux/arm64\n"
          "t-1-y: linux/amd64 linux/arm64\n"
          "t-2-x: linux/amd64 linux/arm64\n"
          "t-2-y: linux/amd64 linux/arm64\n");
}

TEST_CASE("exclude matches by subset, with the platform as one more value") {
    CHECK(targets_text(read_good({with(", exclude: [{a: \"1\"}, {b: y, platform: linux/arm64/v8}]")})) ==
          "t-2-x: linux/amd64 linux/arm64\n"
          "t-2-y: linux/amd64\n");
    CHECK(targets_text(read_good({with(", exclude: [{a: \"1\"}, {a: \"1\", b: x}]")})) ==
          "t-2-x: linux/amd64 linux/arm64\n"
          "t-2-y: linux/amd64 linux/arm64\n");
}

TEST_CASE("exclude holds for platforms that the command line asks for") {
    CHECK(targets_text(read_good({with(", exclude: [{a: \"1\", platform: linux/arm64}]"), {}, {"linux/arm64"}})) ==
          "t-2-x: linux/arm64\n"
          "t-2-y: linux/arm64\n");
}

TEST_CASE("include adds a cell, or a platform of a cell") {
    CHECK(targets_text(read_good({with(", exclude: [{a: \"1\"}], include: [{a: \"3\", b: z}, {b: x, a: \"1\", platform: linux/arm64}, {a: "
                                       "\"2\", b: y, platform: linux/386}]")})) ==
          "t-1-x: linux/arm64\n"
          "t-2-x: linux/amd64 linux/arm64\n"
          "t-2-y: linux/amd64 linux/arm64 linux/386\n"
          "t-3-z: linux/amd64 linux/arm64\n");
}

TEST_CASE("values become part of names, and platforms may depend on them") {
    const Matrix matrix =
        read_good({"targets: {t: {matrix: {img: [\"a/b:1\", c], arch: [amd64]}, platforms: [\"linux/${matrix.arch}\"]}}\n"});
    CHECK(targets_text(matrix) == "t-a-b-1-amd64: linux/amd64\nt-c-amd64: linux/amd64\n");
    CHECK(settings_text(matrix.targets[0].axes) == "img=a/b:1 arch=amd64");
}

TEST_CASE("an exclude that matches nothing, an include that adds nothing, nothing left") {
    CHECK(read_bad({with(", exclude: [{a: \"9\", platform: linux/arm64}]")}) ==
          "m.yaml:4:50: error: \"exclude\" {a: 9, platform: linux/arm64} matches no cell of \"t\"\n"
          "     2 | targets:\n"
          "     3 |   t:\n"
          ">    4 |     matrix: {a: [\"1\", \"2\"], b: [x, y], exclude: [{a: \"9\", platform: linux/arm64}]}\n"
          "       |                                                  ^\n"
          "  hint: remove it, or look at the values of the axes and at the platforms of the target\n");
    CHECK(read_bad_briefly({with(", include: [{a: \"1\", b: x}]")}) ==
          "m.yaml:4:50: error: \"include\" {a: 1, b: x} adds nothing: the cell is there already\n");
    CHECK(read_bad_briefly({with(", include: [{a: \"1\"}]")}) ==
          "m.yaml:4:50: error: \"include\" adds a cell: it needs a value for the axis \"b\"\n");
    CHECK(read_bad_briefly({with(", exclude: [{b: x}, {b: y}]")}) ==
          "m.yaml:3:3: error: nothing is left of the target \"t\": all its cells are excluded\n");
    CHECK(read_bad_briefly({with(", exclude: [{c: x}]")}) == "m.yaml:4:51: error: the matrix has no axis \"c\"\n");
    CHECK(read_bad_briefly({with(", exclude: [{}]")}) ==
          "m.yaml:4:50: error: an item of \"exclude\" must be a map of axes to values, found an empty map\n");
}

TEST_CASE("axes that are wrong") {
    const auto axis = [](const std::string& matrix) { return read_bad_briefly({"targets: {t: {matrix: " + matrix + "}}\n"}); };
    CHECK(axis("{}") == "m.yaml:1:15: error: \"matrix\" has no axis\n");
    CHECK(axis("[a]") == "m.yaml:1:23: error: \"matrix\" must be a map, found a list\n");
    CHECK(axis("{a: x}") == "m.yaml:1:27: error: \"a\" must be a list, found the text \"x\"\n");
    CHECK(axis("{a: []}") == "m.yaml:1:27: error: the axis \"a\" has no values\n");
    CHECK(axis("{a: [x, x]}") == "m.yaml:1:31: error: the axis \"a\" has the value \"x\" twice\n");
    CHECK(axis("{a: [x, {}]}") == "m.yaml:1:31: error: an item of \"a\" must be a text, found a map\n");
    CHECK(axis("{a-b: [x]}") == "m.yaml:1:24: error: \"a-b\" can't name an axis\n");
    CHECK(axis("{platform: [x]}") ==
          "m.yaml:1:15: error: \"matrix\" has no axis\nm.yaml:1:24: error: \"platform\" is no axis of a matrix\n");
    CHECK(axis("{a: [x/y, x-y]}") == "m.yaml:1:15: error: two cells of the matrix would both be named \"t-x-y\"\n");
    std::string wide = "{";
    for (char c = 'a'; c < 'l'; ++c) wide += std::string(c == 'a' ? "" : ", ") + c + ": [x, y]";
    CHECK(axis(wide + "}") == "m.yaml:1:15: error: the axes have more than 1024 combinations\n");
}

TEST_CASE("cells of one matrix must not publish or write the same") {
    CHECK(read_bad({"targets:\n  t:\n    image: acme/t\n    tags: [\"acme/t:${matrix.a}\", \"acme/t:x\"]\n    output: "
                    "[\"type=oci,dest=t.tar\", \"type=local,dest=out\"]\n    matrix: {a: [x, y]}\n"}) ==
          "m.yaml:3:5: error: several cells of the matrix would publish \"acme/t\"\n"
          "     1 | targets:\n"
          "     2 |   t:\n"
          ">    3 |     image: acme/t\n"
          "       |     ^^^^^\n"
          "     4 |     tags: [\"acme/t:${matrix.a}\", \"acme/t:x\"]\n"
          "     5 |     output: [\"type=oci,dest=t.tar\", \"type=local,dest=out\"]\n"
          "  hint: put ${matrix.a} into it\n"
          "m.yaml:4:5: error: several cells of the matrix would publish \"acme/t:x\"\n"
          "     2 |   t:\n"
          "     3 |     image: acme/t\n"
          ">    4 |     tags: [\"acme/t:${matrix.a}\", \"acme/t:x\"]\n"
          "       |     ^^^^\n"
          "     5 |     output: [\"type=oci,dest=t.tar\", \"type=local,dest=out\"]\n"
          "     6 |     matrix: {a: [x, y]}\n"
          "  hint: put ${matrix.a} into it\n"
          "m.yaml:5:5: error: several cells of the matrix would write \"t.tar\"\n"
          "     3 |     image: acme/t\n"
          "     4 |     tags: [\"acme/t:${matrix.a}\", \"acme/t:x\"]\n"
          ">    5 |     output: [\"type=oci,dest=t.tar\", \"type=local,dest=out\"]\n"
          "       |     ^^^^^^\n"
          "     6 |     matrix: {a: [x, y]}\n"
          "  hint: put ${matrix.a} into it\n");
}

TEST_CASE("one target may write the same place twice, and cells without an image name the tags") {
    CHECK(targets_text(read_good({"targets: {t: {output: [\"type=oci,dest=x\", \"type=tar,dest=x\"], tags: [a, a]}}\n"})) ==
          "t: linux/amd64\n");
    CHECK(read_bad_briefly({"targets:\n  t:\n    tags: [acme/t]\n    matrix: {a: [x, y]}\n"}) ==
          "m.yaml:3:5: error: several cells of the matrix would publish \"acme/t\"\n");
}
