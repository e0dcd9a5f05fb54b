#include "compiler/lower/annotations.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

const SourcePlace kPlace{std::make_shared<SourceText>("m.yaml", "one\ntwo\n"), 2, 1, 3, 0};
using Pairs = std::initializer_list<std::pair<std::string, std::string>>;

std::vector<AnnotationSpec> annotations(Pairs pairs) {
    std::vector<AnnotationSpec> out;
    for (const auto& [name, value] : pairs) out.push_back(parse_annotation(name, value, kPlace).value());
    return out;
}

// On amd64 and arm64, into one layout.
struct Annotated {
    compiler::Target target;
    mabplan::Target lowered;

    explicit Annotated(Pairs pairs) {
        lowered.outputs.resize(1);
        for (const char* arch : {"amd64", "arm64"}) {
            target.cells.emplace_back().platform = {"linux", arch, "", "", {}};
            target.cells.back().build.annotations = annotations(pairs);
            lowered.cells.emplace_back().platform = target.cells.back().platform;
        }
    }
    std::string refusal() {
        const Status status = lower_annotations(target, lowered);
        if (status) return "good";
        CHECK(status.error().kind == ErrorKind::Input);
        CHECK(status.error().place->line == 2);
        return status.error().message + " | " + status.error().hint;
    }
};

}  // namespace

TEST_CASE("each level has its pairs") {
    Annotated it{{"a", "1"}, {"manifest-descriptor:b", "2"}, {"index:c", "3"}, {"index-descriptor:d", "4"}};
    REQUIRE(it.refusal() == "good");
    for (const mabplan::Cell& cell : it.lowered.cells) {
        CHECK(cell.annotations == Annotations{{"a", "1"}});
        CHECK(cell.descriptor_annotations == Annotations{{"b", "2"}});
    }
    CHECK(it.lowered.annotations == Annotations{{"c", "3"}});
    CHECK(it.lowered.descriptor_annotations == Annotations{{"d", "4"}});
    CHECK(annotates_index(it.target));
    CHECK_FALSE(annotates_index(Annotated{{"a", "1"}}.target));
}

TEST_CASE("what is said of one platform goes before what is said of all; else the last one holds") {
    Annotated it{{"manifest[linux/amd64]:a", "own"}, {"a", "first"}, {"manifest,index:a", "last"}};
    REQUIRE(it.refusal() == "good");
    CHECK(it.lowered.cells[0].annotations == Annotations{{"a", "own"}});
    CHECK(it.lowered.cells[1].annotations == Annotations{{"a", "last"}});
    CHECK(it.lowered.annotations == Annotations{{"a", "last"}});
}

TEST_CASE("an optional platform that is left out has no manifest to annotate") {
    Annotated it{{"manifest[linux/amd64]:a", "1"}};
    it.lowered.cells.erase(it.lowered.cells.begin());
    CHECK(it.refusal() == "good");
    CHECK(it.lowered.cells[0].annotations.empty());
}

TEST_CASE("a platform that is not built is refused, unless this run leaves it out") {
    Annotated it{{"manifest[linux/s390x]:a", "1"}};
    CHECK(it.refusal() == "annotation \"a\" is for linux/s390x, which is not built | the platforms are linux/amd64, linux/arm64");
    it.target.left_out = {{"linux", "s390x", "", "", {}}};
    CHECK(it.refusal() == "good");
}

TEST_CASE("the index is annotated only where one is written") {
    Annotated it{{"index:a", "1"}};
    for (const Output& output : {Output{FolderOutput{"x"}}, Output{TarOutput{"x"}}, Output{DockerOutput{"x"}}}) {
        it.lowered.outputs[0] = output;
        CHECK(it.refusal() == "annotation \"a\" is of the index, and no output has one | write type=oci, or leave the annotation out");
    }
    it.lowered.outputs.push_back(LayoutOutput{});
    CHECK(it.refusal() == "good");
    it.lowered.outputs = {CacheOnlyOutput{}};
    CHECK(it.refusal() == "good");
}

TEST_CASE("the one index can't have values that differ by platform") {
    Annotated it{{"manifest:a", "1"}};
    it.target.cells[1].build.annotations = annotations({{"manifest:a", "2"}});
    REQUIRE(it.refusal() == "good");
    CHECK(it.lowered.cells[1].annotations == Annotations{{"a", "2"}});
    it.target.cells[0].build.annotations = annotations({{"index:a", "1"}});
    it.target.cells[1].build.annotations = annotations({{"index:a", "2"}});
    CHECK(it.refusal() ==
          "annotation \"a\" of the index is \"1\" for linux/amd64 and \"2\" for linux/arm64 | "
          "platforms share one index: annotate manifest or manifest-descriptor");
}
