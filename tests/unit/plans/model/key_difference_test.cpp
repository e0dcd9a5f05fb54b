#include "plans/model/key_difference.h"

#include "plans/tree/selection.h"

#include <doctest/doctest.h>

#include <map>

using namespace mabplan;

namespace {

RunAction command() {
    RunAction run;
    run.argv = {"/bin/sh", "-c", "make"};
    run.env = {"PATH=/bin", "CFLAGS=-O2"};
    run.cwd = "/src";
    return run;
}

std::vector<KeyField> fields(const RunAction& run, const std::string& root = "sha256:below") {
    return explain_fields(run, LayerTime{1'700'000'000, 3}, {root, {}});
}

std::vector<std::string> changed_tags(const RunAction& before, const RunAction& now) {
    std::vector<std::string> tags;
    for (const FieldChange& change : compare_fields(fields(before), fields(now))) tags.push_back(change.tag);
    return tags;
}

// A selection of files by name and content, below one directory.
std::string selection_of(const std::map<std::string, std::string>& files) {
    SelectedSource source;
    source.kind = SourceKind::Contents;
    for (const auto& [path, content] : files) {
        ListedEntry listed;
        listed.path = path;
        listed.entry.size = content.size();
        listed.entry.mode = 0644;
        listed.digest = Digest::of(content);
        source.entries.push_back(listed);
    }
    return write_selection({source});
}

}  // namespace

TEST_CASE("equal keys have no changed field, and other keys have one") {
    const RunAction run = command();
    CHECK(compare_fields(fields(run), fields(run)).empty());
    CHECK(compare_fields(fields(run), fields(run, "sha256:other")) == std::vector<FieldChange>{{"root", "sha256:below", "sha256:other"}});
}

TEST_CASE("a changed variable is named, with what it was and is") {
    RunAction now = command();
    now.env[1] = "CFLAGS=-O3";
    CHECK(compare_fields(fields(command()), fields(now)) == std::vector<FieldChange>{{"env CFLAGS", "CFLAGS=-O2", "CFLAGS=-O3"}});
}

TEST_CASE("fields come and go") {
    RunAction now = command();
    now.env.pop_back();
    now.argv.push_back("all");
    const auto changes = compare_fields(fields(command()), fields(now));
    CHECK(changed_tags(command(), now) ==
          std::vector<std::string>{"argv.count", "argv[3]", "env.names.count", "env.names[1]", "env CFLAGS"});
    CHECK(changes[1] == FieldChange{"argv[3]", std::nullopt, "all"});
    CHECK(changes.back() == FieldChange{"env CFLAGS", "CFLAGS=-O2", std::nullopt});
}

TEST_CASE("what became another kind of action differs in all that only one of them has") {
    const auto before = explain_fields(MakeDirectoryAction{{}, "/a", "0"}, LayerTime{}, {"scratch", {}});
    const auto now = explain_fields(FetchAction{"https://example.com/a", "", "a"}, std::nullopt, {});
    const auto changes = compare_fields(before, now);
    CHECK(changes.front() == FieldChange{"kind", "make-directory", "fetch"});
    CHECK(changes.back() == FieldChange{"owner", "0", std::nullopt});
}

TEST_CASE("of a tree whose listings are at hand the files are named") {
    std::map<std::string, std::string> kept;
    const auto keep = [&](const std::string& text) { return kept[Digest::of(text).text()] = text, Digest::of(text).text(); };
    const std::string before = keep(selection_of({{"main.c", "1"}, {"old", ""}}));
    const std::string now = keep(selection_of({{"main.c", "2"}, {"new", ""}}));
    const auto find = [&](const std::string& digest) {
        const auto found = kept.find(digest);
        return found == kept.end() ? std::nullopt : std::optional(found->second);
    };
    const FieldChange change{"part[0].files", before, now};
    CHECK(describe_files(change, find).value() == std::vector<std::string>{"main.c: content", "new: added", "old: removed"});
    CHECK(describe_files(change, find, 1).value() == std::vector<std::string>{"main.c: content", "and 2 more"});
    CHECK(describe_files({"part[0].files", before, Digest::of("another").text()}, find).value().empty());
    CHECK(describe_files({"part[0].files", std::nullopt, now}, find).value().empty());
    kept[now] = "listing 1\n";
    CHECK(describe_files(change, find).error().kind == ErrorKind::Input);
}
