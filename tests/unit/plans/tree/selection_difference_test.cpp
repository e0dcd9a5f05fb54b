#include "plans/tree/selection_difference.h"

#include "plans/tree/selection.h"

#include <doctest/doctest.h>

using namespace mabplan;

namespace {

ListedEntry file(const std::string& path, const std::string& content) {
    ListedEntry listed;
    listed.path = path;
    listed.entry.size = content.size();
    listed.entry.mode = 0644;
    listed.digest = Digest::of(content);
    return listed;
}

SelectedSource source(SourceKind kind, const std::vector<ListedEntry>& entries) {
    SelectedSource made;
    made.kind = kind;
    for (const ListedEntry& entry : entries) made.entries.push_back(entry);
    return made;
}

std::vector<std::string> difference(const Selection& before, const Selection& now) {
    return describe_selection_difference(write_selection(before), write_selection(now)).value();
}

}  // namespace

TEST_CASE("equal selections have no difference") {
    const Selection same{source(SourceKind::Entry, {file("a", "1")}), source(SourceKind::Contents, {file("b", "1")})};
    CHECK(difference(same, same).empty());
    CHECK(difference({}, {}).empty());
}

TEST_CASE("a wildcard that matches one file more changes that file alone") {
    const SelectedSource a = source(SourceKind::Entry, {file("a.c", "1")});
    const SelectedSource b = source(SourceKind::Entry, {file("b.c", "1")});
    const SelectedSource c = source(SourceKind::Entry, {file("c.c", "1")});
    CHECK(difference({a, c}, {a, b, c}) == std::vector<std::string>{"b.c: added"});
}

TEST_CASE("directories are compared in their order") {
    const SelectedSource before = source(SourceKind::Contents, {file("x", "1")});
    const SelectedSource now = source(SourceKind::Contents, {file("x", "2")});
    CHECK(difference({before, before}, {before, now}) == std::vector<std::string>{"x: content"});
    CHECK(difference({before}, {before, now}) == std::vector<std::string>{"x: added"});
}

TEST_CASE("what is no selection is refused") {
    const std::string good = write_selection({source(SourceKind::Entry, {file("a", "1")})});
    for (const std::string& bad : {std::string("listing 1\n"), std::string("selection 1\nlisting 1\n"),
                                   std::string("selection 1\nsource entry\nnothing"), good.substr(0, good.size() - 2)})
        CHECK(describe_selection_difference(good, bad).error().kind == ErrorKind::Input);
}
