#include "runtime/output/check_destinations.h"

#include "runtime/sys/file.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

// A project with the file "file" and the folder "folder".
struct Project {
    Project() { REQUIRE((write_file(root / "file", "x") && make_directories(root / "folder"))); }

    std::string refusal(const Output& output) const {
        Plan plan;
        plan.targets.push_back({"first", {}, {}, {}, {}, {}});
        plan.targets.push_back({"app", {}, {}, {}, {}, {CacheOnlyOutput{}, output}});
        const Status status = check_destinations(plan, root.path());
        if (status) return "good";
        CHECK(status.error().kind == ErrorKind::Input);
        CHECK(status.error().hint == "name another destination, or remove what is there");
        return status.error().message;
    }
    tests::TemporaryDirectory root;
};

}  // namespace

TEST_CASE("a file is no folder, and a folder is no file") {
    const Project project;
    CHECK(project.refusal(LayoutOutput{"file", false}) == "the target app is to write the folder \"file\", and a file is there");
    CHECK(project.refusal(FolderOutput{"file"}) == "the target app is to write the folder \"file\", and a file is there");
    CHECK(project.refusal(LayoutOutput{"folder", true}) == "the target app is to write the file \"folder\", and a folder is there");
    CHECK(project.refusal(DockerOutput{"folder"}) == "the target app is to write the file \"folder\", and a folder is there");
    CHECK(project.refusal(TarOutput{project.root / "folder"}) ==
          "the target app is to write the file \"" + project.root / "folder" + "\", and a folder is there");
}

TEST_CASE("what is there may be replaced by its like; what is not there, and standard output, are free") {
    const Project project;
    const std::vector<Output> good{
        LayoutOutput{"folder", false}, LayoutOutput{"file", true}, DockerOutput{"file"}, DockerOutput{"-"}, FolderOutput{"folder"},
        FolderOutput{"new/sub"},       TarOutput{"file"},          TarOutput{"-"},       CacheOnlyOutput{}};
    for (const Output& output : good) CHECK(project.refusal(output) == "good");
}
