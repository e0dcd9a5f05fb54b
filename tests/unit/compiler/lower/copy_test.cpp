// COPY and ADD as actions.
#include "tests/support/fake_ports.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::tests;

namespace {

using Texts = std::vector<std::string>;

Project with_files(const std::string& dockerfile) {
    Project project(dockerfile);
    project.files.add(".", "a.txt", "a");
    project.files.add(".", "b.txt", "b");
    project.files.add(".", "dir/c.o", "c");
    return project;
}

CopyAction copy_of(const std::string& instruction) {
    return actions_of<CopyAction>(with_files("FROM scratch\n" + instruction + "\n").plan()).back();
}
std::string error_of(const std::string& instruction) { return with_files("FROM scratch\n" + instruction + "\n").error(); }

}  // namespace

TEST_CASE("sources and destination are expanded; the destination is absolute and keeps its slash") {
    const CopyAction copy = copy_of("ENV D=data\nWORKDIR /w\nCOPY ${D#dat}.txt b.txt $D/");
    CHECK(copy.parts[0].sources == Texts{"a.txt", "b.txt"});
    CHECK(copy.destination == "/w/data/");
    CHECK(copy_of("WORKDIR /w\nCOPY a.txt .").destination == "/w/");
    CHECK(copy_of("WORKDIR /w\nCOPY a.txt ./x/.").destination == "/w/x/");
    CHECK(copy_of("WORKDIR /w\nCOPY a.txt $NOTHING").destination == "/w/");
    CHECK(copy_of("WORKDIR /w\nCOPY a.txt /x/../y").destination == "/y");
    CHECK(copy_of("COPY a.txt /").destination == "/");
}

TEST_CASE("flags of COPY: owner, mode, excludes, parents, link") {
    const CopyAction copy = copy_of("ARG U=5\nCOPY --chown=$U:6 --chmod=u=rwX --exclude=*.o --exclude=x --parents . /d/");
    CHECK(copy.chown == "5:6");
    CHECK(copy.chmod == "u=rwX");
    CHECK(copy.excludes == Texts{"*.o", "x"});
    CHECK(copy.parents);
    CHECK_FALSE(copy.link);
    CHECK(copy_of("COPY --link a.txt /").link);
    CHECK_FALSE(copy_of("COPY --link --chmod=644 a.txt /").link);
}

TEST_CASE("the digest of what is chosen is that of what is left") {
    const auto tree = [](const std::string& text) { return std::get<ContextFiles>(copy_of(text).parts[0].from).tree; };
    CHECK(tree("COPY --exclude=*.o dir /d/") != tree("COPY dir /d/"));
    CHECK(tree("COPY --parents dir/c.o /d/") != tree("COPY dir/c.o /d/"));
    CHECK(tree("COPY dir /d/") == tree("COPY dir /e/"));
}

TEST_CASE("modes are checked when compiling") {
    CHECK(error_of("COPY --chmod=9999 a.txt /").starts_with("2: invalid chmod parameter: '9999'"));
    CHECK(error_of("COPY --chmod=77777 a.txt /").starts_with("2: invalid chmod parameter"));
    CHECK(error_of("COPY --chmod=u=rwz a.txt /") != "compiled");
    CHECK(error_of("COPY --chmod=0755 a.txt /") == "compiled");
}

TEST_CASE("here-documents are files of the plan; unquoted ones are expanded") {
    const CopyAction copy = copy_of("ENV N=v\nCOPY <<one <<-\"two\" /d/\n$N \\$N '$N' \"q\"\none\n\t$N\ntwo");
    REQUIRE(copy.parts.size() == 1);
    CHECK(copy.parts[0].from == FileOrigin(InlineFiles{{{"one", "v $N 'v' \"q\"\n", 0644}, {"two", "$N\n", 0644}}}));
    CHECK(copy.parts[0].sources.empty());
    CHECK(copy_of("COPY a.txt <<EOF /d/\nx\nEOF").parts.size() == 2);
    CHECK(error_of("COPY <<a/b /d/\nx\na/b") == "2: the here-document \"a/b\" gives its name to a file: it can't hold a slash");
}

TEST_CASE("COPY refuses what only ADD takes") {
    CHECK(error_of("COPY https://example.com/x /") == "2: source can't be a URL for COPY");
    CHECK(error_of("COPY https://example.com/x.git /") == "2: source can't be a git ref for COPY");
    CHECK(error_of("COPY --from=$X a.txt /") == "2: variable expansion is not supported for --from");
    CHECK(error_of("COPY --from=7 a.txt /") == "2: invalid stage index 7: the file has 1 stages, counted from 0");
}

TEST_CASE("a missing source is an error at the instruction") { CHECK(error_of("RUN x\nCOPY nothing /") == "3: \"/nothing\": not found"); }

TEST_CASE("ADD: files are unpacked unless said otherwise, URLs are fetched, git addresses checked out, in their order") {
    CHECK(copy_of("ADD a.txt /").parts[0].unpack);
    CHECK_FALSE(copy_of("ADD --unpack=false a.txt /").parts[0].unpack);
    CHECK_FALSE(copy_of("COPY a.txt /").parts[0].unpack);
    const Plan plan =
        with_files("FROM scratch\nADD a.txt https://example.com/f%20x.tar?q b.txt https://example.com/r.git#main /d/\n").plan();
    const CopyAction add = actions_of<CopyAction>(plan).back();
    REQUIRE(add.parts.size() == 4);
    CHECK(add.parts[0].sources == Texts{"a.txt"});
    CHECK(add.parts[1].sources == Texts{"/f x.tar"});
    CHECK_FALSE(add.parts[1].unpack);
    CHECK(add.parts[2].sources == Texts{"b.txt"});
    CHECK(add.parts[3].sources == Texts{"/"});
    CHECK(actions_of<FetchAction>(plan)[0] == FetchAction{"https://example.com/f%20x.tar?q", "", "f x.tar"});
    CHECK(actions_of<GitAction>(plan)[0].ref == "main");
    CHECK(actions_of<FetchAction>(with_files("FROM scratch\nADD https://example.com/ /d/\n").plan())[0].name == "__unnamed__");
}

TEST_CASE("--checksum and --keep-git-dir of ADD") {
    const std::string digest = Digest::of("x").text();
    const auto fetched = actions_of<FetchAction>(with_files("FROM scratch\nADD --checksum=" + digest + " http://h/f /\n").plan());
    CHECK(fetched[0].checksum == digest);
    CHECK(error_of("ADD --checksum=" + digest + " a.txt /") == "2: checksum requires HTTP(S) or Git sources");
    CHECK(error_of("ADD --checksum=" + digest + " http://h/f http://h/g /") == "2: checksum can't be specified for multiple sources");
    CHECK(error_of("ADD --checksum=nonsense http://h/f /").starts_with("2: "));
    const auto git = actions_of<GitAction>(with_files("FROM scratch\nADD --keep-git-dir --checksum=0123abc https://h/r.git /\n").plan());
    CHECK(git[0].keep_git_dir);
    CHECK(git[0].checksum == "0123abc");
    CHECK(error_of("ADD --keep-git-dir=false https://h/r.git?keep-git-dir=true /").starts_with("2: inconsistent keep-git-dir"));
}

TEST_CASE("files that the ignore list excludes are not there; that of the Dockerfile goes before the context's") {
    Project project = with_files("FROM scratch\nCOPY a.txt /\n");
    project.files.add(".", ".dockerignore", "*.txt\n");
    CHECK(project.error().starts_with("2: \"/a.txt\": not found"));
    project.files.add(".", "Dockerfile.dockerignore", "b.txt\n");
    CHECK(project.error() == "compiled");
    CHECK(project.plan().contexts[0].ignore == Texts{"dist", "!dist/**", "b.txt", "dist/app"});
}

TEST_CASE("what several platforms have in common is one action") {
    Project project("FROM base\nCOPY a.txt /\nRUN x\n", {"linux/amd64", "linux/arm64"});
    project.files.add(".", "a.txt", "a");
    const Plan plan = project.plan();
    CHECK(actions_of<ImageAction>(plan).size() == 2);
    CHECK(actions_of<RunAction>(plan).size() == 2);
    Project scratch("FROM scratch\nCOPY a.txt /\n", {"linux/amd64", "linux/arm64"});
    scratch.files.add(".", "a.txt", "a");
    CHECK(actions_of<CopyAction>(scratch.plan()).size() == 1);
}

TEST_CASE("all sources that are missing are told at once, each where it stands") {
    Project project = with_files(
        "FROM b AS one\nCOPY x.txt y.txt a.txt /d/\nCOPY a.txt /\nADD z.txt /\nFROM b\nCOPY --from=one /x /\nCOPY nothing /\nSTOPSIGNAL "
        "NONE\n");
    const auto compiled = project.compile();
    REQUIRE(!compiled.has_value());
    Texts places;
    for (const Error& error : compiled.error()) places.push_back(format_place(*error.place));
    CHECK(places == Texts{"Dockerfile:2:6", "Dockerfile:2:12", "Dockerfile:4:5", "Dockerfile:7:6", "Dockerfile:8:12"});
}

TEST_CASE("platforms share their mistakes, and what others depend on ends the search") {
    Project several("FROM b\nCOPY x /\nCOPY y /\n", {"linux/amd64", "linux/arm64"});
    several.files.add(".", "a", "a");
    CHECK(several.compile().error().size() == 2);
    Project argument("FROM b\nARG A=${x\nCOPY x /\n");
    argument.files.add(".", "a", "a");
    CHECK(argument.compile().error().size() == 1);
}

TEST_CASE("a pattern of --exclude that is none is told where it stands") {
    CHECK(error_of("COPY --exclude=x --exclude=[a- . /").starts_with("2: malformed pattern \"[a-\""));
}

TEST_CASE("a linked copy knows no names") {
    CHECK(error_of("COPY --link --chown=:daemon a.txt /").ends_with("no /etc/group says what it stands for"));
    CHECK(error_of("COPY --link --chown=0:daemon a.txt /").ends_with("no /etc/group says what it stands for"));
    CHECK(error_of("COPY --link --chown=app:daemon a.txt /").ends_with("no /etc/passwd says what it stands for"));
    CHECK(error_of("COPY --link --chown=app a.txt /") ==
          "2: --chown=app is a name, and a linked copy does not read the base: no /etc/passwd says what it stands for");
    CHECK(error_of("COPY --link --chown=1:staff a.txt /") != "compiled");
    for (const char* owner : {"root", "root:root", "1", "1:2", "0:root"})
        CHECK(error_of(format("COPY --link --chown={} a.txt /", owner)) == "compiled");
    CHECK(error_of("COPY --link --chmod=644 --chown=app a.txt /") == "compiled");  // is not linked
    CHECK(error_of("COPY --chown=app a.txt /") == "compiled");
}

TEST_CASE("a malformed pattern is a mistake wherever it looks") {
    CHECK(error_of("COPY --from=image /[a /") != "compiled");
    CHECK(error_of("COPY --from=image /[a]* /") == "compiled");
}
