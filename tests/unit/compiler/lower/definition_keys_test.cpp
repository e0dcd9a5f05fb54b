// Which changes of a project change the keys of its actions, one change at a time.
#include "tests/support/fake_ports.h"

#include <doctest/doctest.h>

#include <functional>

using namespace mabplan;
using namespace mabplan::tests;

namespace {

using Keys = std::vector<Digest>;

Keys keys(Project project) {
    Keys out;
    for (const Action& action : project.plan().actions) out.push_back(action.definition_key);
    return out;
}

Project with_two_files(const std::string& dockerfile) {
    Project project(dockerfile);
    project.files.add(".", "a", "a");
    project.files.add(".", "b", "b");
    return project;
}

Keys keys(const std::string& dockerfile) { return keys(with_two_files(dockerfile)); }

const std::string kDockerfile = "FROM base AS one\nENV A=1\nCOPY a /d/\nRUN make\nFROM base\nWORKDIR /w\nCOPY --from=one /x /y\n";

Keys keys_with(const std::function<void(Project&)>& change) {
    Project project = with_two_files(kDockerfile);
    change(project);
    return keys(std::move(project));
}

}  // namespace

TEST_CASE("the way a Dockerfile is written is in no key") {
    const Keys before = keys(kDockerfile);
    CHECK(before.size() == 5);
    CHECK(
        keys("# comment\nFROM base AS one\n\n# another\nENV A=1\nCOPY a /d/\nRUN make\n\nFROM base\nWORKDIR /w\nCOPY --from=one /x /y\n") ==
        before);
    CHECK(keys("from base as ONE\nenv A 1\ncopy a \\\n  /d/\nrun make\nfrom base\nworkdir /w\ncopy --from=0 /x /y\n") == before);
    CHECK(keys("ARG B=base\nFROM $B AS two\nENV A='1'\nCOPY \"a\" /d/\nRUN make\nFROM $B AS end\nWORKDIR //w/.\nCOPY --from=TWO /x /y\n") ==
          before);
}

TEST_CASE("what only the image says is in no key") {
    for (const char* line : {"LABEL a=b", "EXPOSE 80", "VOLUME /v", "STOPSIGNAL 9", "CMD [\"c\"]", "ENTRYPOINT [\"e\"]", "HEALTHCHECK NONE",
                             "ONBUILD RUN x", "MAINTAINER m"}) {
        CAPTURE(line);
        CHECK(keys(std::string("FROM base\n") + line + "\nRUN x\nCOPY a /\n") == keys("FROM base\nRUN x\nCOPY a /\n"));
    }
}

TEST_CASE("names, tags, outputs and labels of the target are in no key") {
    const Keys before = keys(kDockerfile);
    CHECK(keys_with([](Project& project) { project.matrix.targets[0].names = {"app:1"}; }) == before);
    CHECK(keys_with([](Project& project) { project.matrix.targets[0].outputs = {{"tar", {{"dest", "x"}}, {}}}; }) == before);
    CHECK(keys_with([](Project& project) { project.matrix.targets[0].cells[0].build.labels = {{"a", "b", {}}}; }) == before);
    CHECK(keys_with([](Project& project) {
              project.matrix.targets[0].cells[0].build.annotations = {compiler::parse_annotation("a", "b").value()};
          }) == before);
    CHECK(keys_with([](Project& project) { project.matrix.reproducible.compression = Compression::Zstd; }) == before);
    CHECK(keys_with([](Project& project) { project.files.add(".", "not-copied", "x"); }) == before);
}

TEST_CASE("a changed file changes its copy and what stands on it, not the base") {
    const Keys before = keys(kDockerfile);
    const Keys after = keys_with([](Project& project) { project.files.add(".", "a", "changed"); });
    REQUIRE(after.size() == before.size());
    CHECK(after[0] == before[0]);  // the base
    CHECK(after[1] != before[1]);  // COPY a
    CHECK(after[2] != before[2]);  // RUN on it
    CHECK(after[3] == before[3]);  // WORKDIR of the other stage
    CHECK(after[4] != before[4]);  // COPY --from
}

TEST_CASE("the mode of a copied file counts, its time and owner in the context do not") {
    const auto with_entry = [](const std::function<void(TreeEntry&)>& change) {
        return keys_with([&](Project& project) { change(project.files.folder(".").add_file("a", "a")); });
    };
    const Keys before = keys(kDockerfile);
    CHECK(with_entry([](TreeEntry& entry) { entry.mtime_s = 77; }) == before);
    CHECK(with_entry([](TreeEntry& entry) { entry.mode = 0755; })[1] != before[1]);
}

TEST_CASE("the epoch changes all but base images") {
    const Keys before = keys(kDockerfile);
    const Keys after = keys_with([](Project& project) { project.matrix.reproducible.source_date_epoch = 1; });
    CHECK(after[0] == before[0]);
    for (std::size_t i = 1; i < before.size(); ++i) CHECK(after[i] != before[i]);
    CHECK(keys_with([](Project& project) { project.matrix.reproducible.enabled = false; })[1] != before[1]);
}

TEST_CASE("each of these makes another RUN") {
    const std::vector<std::string> different{"RUN x",
                                             "RUN [\"x\"]",
                                             "RUN x  y",
                                             "RUN x y",
                                             "ENV A=1\nRUN x",
                                             "ENV A=2\nRUN x",
                                             "ENV B=1\nRUN x",
                                             "ENV A=1 B=2\nRUN x",
                                             "ENV B=2 A=1\nRUN x",
                                             "USER 1\nRUN x",
                                             "USER 1:2\nRUN x",
                                             "SHELL [\"/bin/bash\",\"-c\"]\nRUN x",
                                             "RUN --network=none x",
                                             "RUN --network=host x",
                                             "RUN --security=insecure x",
                                             "RUN --mount=type=tmpfs,target=/t x",
                                             "RUN --mount=type=tmpfs,target=/u x",
                                             "RUN --mount=type=cache,target=/t x",
                                             "RUN --mount=target=/t x",
                                             "RUN --mount=target=/t,rw x"};
    std::map<Digest, std::string> seen;
    for (const std::string& text : different) {
        const Digest key = keys("FROM base\n" + text + "\n").back();
        CAPTURE(text);
        CAPTURE(seen[key]);
        CHECK(seen[key].empty());
        seen[key] = text;
    }
}

TEST_CASE("an argument is in the key of a RUN below it, whoever gives the value") {
    const Keys by_default = keys("FROM base\nRUN x\nARG A=1\nRUN y\n");
    Project given("FROM base\nRUN x\nARG A\nRUN y\n");
    CHECK(keys(given.argument("A", "1")) == by_default);
    CHECK(keys("FROM base\nRUN x\nENV A=1\nRUN y\n") == by_default);
    const Keys changed = keys("FROM base\nRUN x\nARG A=2\nRUN y\n");
    CHECK(changed[1] == by_default[1]);
    CHECK(changed[2] != by_default[2]);
}

TEST_CASE("an argument that a COPY does not use is not in its key") {
    CHECK(keys("FROM base\nARG A=1\nCOPY a /\n") == keys("FROM base\nARG A=2\nCOPY a /\n"));
    CHECK(keys("FROM base\nARG A=1\nWORKDIR /w\n") == keys("FROM base\nARG A=2\nWORKDIR /w\n"));
}

TEST_CASE("each of these makes another COPY") {
    const std::vector<std::string> different{"COPY a /",
                                             "COPY b /",
                                             "COPY a b /",
                                             "COPY b a /",
                                             "COPY a /d",
                                             "COPY a /d/",
                                             "COPY --chown=1 a /",
                                             "COPY --chown=1:1 a /",
                                             "COPY --chmod=600 a /",
                                             "COPY --link a /",
                                             "COPY --parents a /",
                                             "COPY --exclude=x a /",
                                             "COPY --from=0 a /",
                                             "COPY --from=image a /",
                                             "ADD a /"};
    std::map<Digest, std::string> seen;
    for (const std::string& text : different) {
        const Digest key = keys("FROM base\nRUN x\nFROM base\n" + text + "\n").back();
        CAPTURE(text);
        CAPTURE(seen[key]);
        CHECK(seen[key].empty());
        seen[key] = text;
    }
}

TEST_CASE("the owner of a WORKDIR is the user by then") {
    CHECK(keys("FROM base\nUSER 1\nWORKDIR /w\n").back() != keys("FROM base\nWORKDIR /w\n").back());
    CHECK(keys("FROM base\nWORKDIR /w\nUSER 1\n") == keys("FROM base\nWORKDIR /w\n"));
}
