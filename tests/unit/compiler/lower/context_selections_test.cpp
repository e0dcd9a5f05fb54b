#include "compiler/lower/context_selections.h"

#include "tests/support/fake_ports.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

using Texts = std::vector<std::string>;

struct Folder {
    tests::MemoryFiles files;
    ContextSelections selections;

    Folder() {
        files.add("src", "a.txt", "a");
        files.add("src", "b.txt", "b");
        files.add("src", "dir/c.o", "c");
    }
    Result<Digest> ask(const Texts& sources, const Texts& ignore = {}, SelectionOptions options = {}, const std::string& folder = "src") {
        return selections.choose(files, folder, PatternList::compile(ignore).value(), sources, std::move(options))
            .map([](const ContextSelections::Chosen& chosen) { return chosen.tree; });
    }
    int questions() { return files.folder("src").digest_calls; }
};

SelectionOptions excluding(const Texts& patterns) {
    SelectionOptions options;
    options.excludes = PatternList::compile(patterns).value();
    return options;
}

}  // namespace

TEST_CASE("the disk is asked once for equal questions") {
    Folder folder;
    const Digest first = folder.ask({"a.txt"}).value();
    CHECK(folder.ask({"a.txt"}).value() == first);
    CHECK(folder.questions() == 1);
    CHECK(folder.ask({"b.txt"}).value() != first);
    CHECK(folder.questions() == 2);
}

TEST_CASE("every part of a question counts") {
    Folder folder;
    folder.files.add("other", "a.txt", "other");
    SelectionOptions with_parents;
    with_parents.parents = ParentDirectories::Keep;
    const std::set<Digest> answers{folder.ask({"a.txt", "dir"}).value(),
                                   folder.ask({"dir", "a.txt"}).value(),
                                   folder.ask({"a.txt", "dir"}, {"*.o", "**/*.o"}).value(),
                                   folder.ask({"a.txt", "dir"}, {}, with_parents).value(),
                                   folder.ask({"a.txt"}).value(),
                                   folder.ask({"a.txt"}, {}, {}, "other").value()};
    CHECK(answers.size() == 6);
}

TEST_CASE("a source is not taken for a pattern, nor a pattern for an exclude") {
    Folder folder;
    folder.files.add("src", "x", "x");
    const Digest all = folder.ask({".", "x"}).value();
    CHECK(folder.ask({"."}, {"x"}).value() != all);
    CHECK(folder.ask({"."}, {}, excluding({"x"})).value() == folder.ask({"."}, {"x"}).value());
    CHECK(folder.questions() == 3);
}

TEST_CASE("files that are ignored or excluded change nothing, others do") {
    const auto digest = [](const std::string& ignored, const std::string& excluded, const std::string& taken) {
        Folder folder;
        folder.files.add("src", "d/ignored", ignored);
        folder.files.add("src", "d/excluded", excluded);
        folder.files.add("src", "d/taken", taken);
        return folder.ask({"d"}, {"d/ignored"}, excluding({"excluded"})).value();
    };
    CHECK(digest("1", "1", "1") == digest("2", "2", "1"));
    CHECK(digest("1", "1", "1") != digest("1", "1", "2"));
}

TEST_CASE("mistakes are not remembered as answers") {
    Folder folder;
    CHECK(folder.ask({"late.txt"}).error().message == "\"/late.txt\": not found");
    folder.files.add("src", "late.txt", "now");
    CHECK(folder.ask({"late.txt"}));
    CHECK(folder.ask({"a.txt"}, {}, {}, "missing").error().message == "there is no folder \"missing\"");
}

TEST_CASE("platforms and stages that copy the same ask once") {
    tests::Project project("FROM base AS one\nCOPY a.txt /\nFROM base\nCOPY a.txt /else\nCOPY --from=one /x /\n",
                           {"linux/amd64", "linux/arm64", "linux/arm/v7"});
    project.files.add(".", "a.txt", "a");
    project.plan();
    CHECK(project.files.folder(".").digest_calls == 1);
}
