#include "plans/tree/selection.h"

#include "plans/tree/ignoring_reader.h"
#include "tests/support/memory_tree.h"

#include <doctest/doctest.h>

using namespace mabplan;

namespace {

tests::MemoryTree sample() {
    tests::MemoryTree tree;
    tree.add_file(".dot", "d");
    tree.add_file("top.txt", "t");
    tree.add_file("dir/a.txt", "a");
    tree.add_file("dir/b.txt", "b");
    tree.add_file("dir/sub/c.txt", "c");
    tree.add_file("dir/sub/deep/keep", "k");
    tree.add_file("d2/a.txt", "a2");
    tree.add_symlink("link.txt", "dir/a.txt");
    tree.add_symlink("linkdir", "/dir");
    tree.add_symlink("dir/inner", "../top.txt");
    return tree;
}

SelectionOptions keeping_parents() {
    SelectionOptions options;
    options.parents = ParentDirectories::Keep;
    return options;
}

SelectionOptions excluding(const std::vector<std::string>& patterns) {
    SelectionOptions options;
    options.excludes = PatternList::compile(patterns).value();
    return options;
}

// "0:dir{a.txt b.txt}" for the contents of a directory, "0:top.txt=top.txt" for an entry under its name; (x) is only a parent.
std::string select(TreeReader& tree, const std::vector<std::string>& sources, const SelectionOptions& options = {}) {
    const auto selection = select_sources(tree, sources, options);
    if (!selection) return selection.error().message + (selection.error().hint.empty() ? "" : " | " + selection.error().hint);
    std::string out;
    for (const SelectedSource& source : *selection) {
        out += out.empty() ? "" : " ";
        out += format("{}:{}", source.word, source.path);
        if (source.kind == SourceKind::Entry) {
            out += "=" + source.entries[0].path;
            continue;
        }
        std::string below;
        for (const ListedEntry& listed : source.entries) {
            const bool parent = listed.role == EntryRole::Parent;
            below += (below.empty() ? "" : " ") + (parent ? "(" + listed.path + ")" : listed.path);
        }
        out += "{" + below + "}";
    }
    return out;
}

}  // namespace

TEST_CASE("files are taken under their names, directories give their contents") {
    tests::MemoryTree tree = sample();
    CHECK(select(tree, {"top.txt", "./dir/sub/", "/d2"}) == "0:top.txt=top.txt 1:dir/sub{c.txt deep deep/keep} 2:d2{a.txt}");
    CHECK(select(tree, {"dir/."}) == "0:dir{a.txt b.txt inner sub sub/c.txt sub/deep sub/deep/keep}");
    CHECK(select(tree, {"../../d2"}) == "0:d2{a.txt}");
    tests::MemoryTree small;
    small.add_file("a/x", "");
    small.add_file("a-b", "");
    small.add_file("a0", "");
    CHECK(select(small, {"."}) == "0:.{a a-b a/x a0}");
}

TEST_CASE("wildcards match by component") {
    tests::MemoryTree tree = sample();
    CHECK(select(tree, {"*.txt"}) == "0:dir/a.txt=link.txt 0:top.txt=top.txt");
    CHECK(select(tree, {"d?r/?.txt"}) == "0:dir/a.txt=a.txt 0:dir/b.txt=b.txt");
    CHECK(select(tree, {"dir/[^a].txt"}) == "0:dir/b.txt=b.txt");
    CHECK(select(tree, {"d*"}) == "0:d2{a.txt} 0:dir{a.txt b.txt inner sub sub/c.txt sub/deep sub/deep/keep}");
    CHECK(select(tree, {"*/sub"}) == "0:dir/sub{c.txt deep deep/keep}");  // linkdir is no directory to a wildcard
    CHECK(select(tree, {"linkdir/*.txt"}) == "0:dir/a.txt=a.txt 0:dir/b.txt=b.txt");
    CHECK(select(tree, {"no*", "*/no?"}).empty());
    CHECK(select(tree, {"top.txt/*"}).empty());
    CHECK(select(tree, {"missing/*.txt"}) == "\"/missing\": not found");
    CHECK(select(tree, {"[a"}) == "malformed pattern \"[a\": a class \"[\" is not closed");

    SelectionOptions literal;
    literal.wildcards = SourceWildcards::Literal;
    tree.add_file("*.txt", "star");
    CHECK(select(tree, {"*.txt"}, literal) == "0:*.txt=*.txt");
}

TEST_CASE("symlinks: the top one is followed, those below are entries") {
    tests::MemoryTree tree = sample();
    CHECK(select(tree, {"link.txt"}) == "0:dir/a.txt=link.txt");
    CHECK(select(tree, {"linkdir/sub"}) == "0:dir/sub{c.txt deep deep/keep}");
    tree.add_symlink("out", "../../../etc/passwd");
    CHECK(select(tree, {"out"}) == "\"/out\": not found | it is a symbolic link to \"../../../etc/passwd\", which is not there");
    tree.add_symlink("loop", "loop");
    CHECK(select(tree, {"loop"}) == "\"loop\" leads through more than 255 symbolic links");

    SelectionOptions keep;
    keep.top_symlinks = TopSymlinks::Keep;
    CHECK(select(tree, {"link.txt", "loop"}, keep) == "0:link.txt=link.txt 1:loop=loop");
    const Selection selection = select_sources(tree, {"dir"}, {}).value();
    CHECK(selection.at(0).entries[2].entry.link_target == "../top.txt");
}

TEST_CASE("a missing source is named, with what was meant") {
    tests::MemoryTree tree = sample();
    CHECK(select(tree, {"missing"}) == "\"/missing\": not found");
    CHECK(select(tree, {"dir/a.tx"}) == "\"/dir/a.tx\": not found | did you mean \"/dir/a.txt\"?");
    CHECK(select_sources(tree, {"missing"}, {}).error().kind == ErrorKind::Input);

    IgnoringReader ignoring(tree, PatternList::compile({"dir"}).value());
    SelectionOptions options;
    options.unfiltered = &tree;
    CHECK(select(ignoring, {"dir/a.txt"}, options) == "\"/dir/a.txt\": not found | it is there, but .dockerignore excludes it");
    options.own = PatternList::compile({"dir/a.txt"}).value();
    CHECK(select(ignoring, {"dir/a.txt"}, options) ==
          "\"/dir/a.txt\": not found | the build itself writes it (an output, --iidfile, --metadata-file, the plan, the store): that is no "
          "part of the context");
    CHECK(select(ignoring, {"link.txt"}, options) ==
          "\"/link.txt\": not found | it is a symbolic link to \"dir/a.txt\", which is not there");
    CHECK(select(ignoring, {"."}) == "0:.{.dot d2 d2/a.txt link.txt linkdir top.txt}");
}

TEST_CASE("excludes are relative to the source") {
    tests::MemoryTree tree = sample();
    CHECK(select(tree, {"dir"}, excluding({"*.txt"})) == "0:dir{inner sub sub/c.txt sub/deep sub/deep/keep}");
    CHECK(select(tree, {"dir"}, excluding({"**/*.txt", "sub/deep"})) == "0:dir{inner sub}");
    CHECK(select(tree, {"dir"}, excluding({"sub", "!sub/deep/keep"})) == "0:dir{a.txt b.txt inner (sub) (sub/deep) sub/deep/keep}");
    CHECK(select(tree, {"dir"}, excluding({"*"})) == "0:dir{}");
    CHECK(select(tree, {"*.txt"}, excluding({"top*"})) == "0:dir/a.txt=link.txt");  // matches of a wildcard by their names
    CHECK(select(tree, {"top.txt"}, excluding({"top*"})) == "0:top.txt=top.txt");   // what is named itself is meant

    tree.lists.clear();
    CHECK(select(tree, {"."}, excluding({"dir", "d2"})) == "0:.{.dot link.txt linkdir top.txt}");
    CHECK(tree.lists == std::vector<std::string>{"."});
}

TEST_CASE("parents are kept from the pivot on") {
    tests::MemoryTree tree = sample();
    const SelectionOptions options = keeping_parents();
    CHECK(select(tree, {"dir/sub/c.txt", "./d2/a.txt"}, options) == "0:.{(dir) (dir/sub) dir/sub/c.txt} 1:.{(d2) d2/a.txt}");
    CHECK(select(tree, {"dir/sub"}, options) == "0:.{(dir) dir/sub dir/sub/c.txt dir/sub/deep dir/sub/deep/keep}");
    CHECK(select(tree, {"./dir/./sub/*.txt"}, options) == "0:dir{(sub) sub/c.txt}");
    CHECK(select(tree, {"linkdir/./sub/c.txt"}, options) == "0:dir{(sub) sub/c.txt}");
    CHECK(select(tree, {"dir/**/keep"}, options) == "0:.{(dir) (dir/sub) (dir/sub/deep) dir/sub/deep/keep}");
    CHECK(select(tree, {"d*/./a.txt"}, options) == "0:d2{a.txt} 0:dir{a.txt}");
    CHECK(select(tree, {"d2/./"}, options) == "0:d2{a.txt}");
    CHECK(select(tree, {"no*"}, options) == "0:.{}");
    CHECK(select(tree, {"dir/nothing"}, options) == "\"/dir/nothing\": not found");
    CHECK(select(tree, {"dir/./sub/c.tx"}, options) == "\"/dir/sub/c.tx\": not found | did you mean \"/dir/sub/c.txt\"?");

    SelectionOptions both = keeping_parents();
    both.excludes = PatternList::compile({"dir/sub/deep"}).value();
    CHECK(select(tree, {"dir/sub"}, both) == "0:.{(dir) dir/sub dir/sub/c.txt}");

    tree.lists.clear();
    CHECK_FALSE(select(tree, {"d2/a.txt"}, options).empty());
    CHECK(tree.lists == std::vector<std::string>{".", "d2"});
}

TEST_CASE("sockets are left out and told, a socket alone is an error") {
    tests::MemoryTree tree = sample();
    tree.add("d2/agent.sock", FileType::Socket, 0600);
    tree.add("d2/only/agent.sock", FileType::Socket, 0600);
    const Selection whole = select_sources(tree, {"d2"}, {}).value();
    CHECK(whole.at(0).sockets == std::vector<std::string>{"d2/agent.sock", "d2/only/agent.sock"});
    CHECK(whole.at(0).entries.size() == 2);  // a.txt and the folder of a socket
    SelectionOptions excluding;
    excluding.excludes = PatternList::compile({"*.sock", "only"}).value();
    CHECK(select_sources(tree, {"d2"}, excluding).value().at(0).sockets.empty());
    CHECK(select(tree, {"d2/agent.sock"}) == "\"/d2/agent.sock\" is a socket: no layer can hold it");
}

TEST_CASE("all files are digested in one call, from where they lie") {
    tests::MemoryTree tree = sample();
    const Selection selection = select_sources(tree, {"link.txt", "d2", "linkdir/sub"}, {}).value();
    CHECK(tree.digest_calls == 1);
    CHECK(tree.digested == std::vector<std::string>{"dir/a.txt", "d2/a.txt", "dir/sub/c.txt", "dir/sub/deep/keep"});
    CHECK(selection.at(0).entries[0].digest == Digest::of("a"));
    CHECK(selection.at(2).entries[2].digest == Digest::of("k"));
    CHECK(source_path(selection.at(0), selection.at(0).entries[0]) == "dir/a.txt");
    CHECK(source_path(selection.at(2), selection.at(2).entries[0]) == "dir/sub/c.txt");
}

TEST_CASE("the digest of a selection tells copies apart and nothing else") {
    tests::MemoryTree tree = sample();
    const auto digest = [&](const std::vector<std::string>& sources, const SelectionOptions& options = {}) {
        return selection_digest(select_sources(tree, sources, options).value());
    };
    const Digest whole = digest({"dir"});
    CHECK(digest({"./dir/"}) == whole);
    CHECK(digest({"linkdir"}) == whole);
    CHECK(digest({"dir/a.txt", "dir/b.txt"}) == digest({"dir/?.txt"}));
    CHECK(digest({"dir/a.txt", "dir/b.txt"}) != digest({"dir/b.txt", "dir/a.txt"}));
    CHECK(digest({"link.txt"}) != digest({"dir/a.txt"}));  // another name
    CHECK(digest({"d2"}) != digest({"d2/a.txt"}));
    CHECK(digest({"dir/sub"}, keeping_parents()) != digest({"dir/./sub"}, keeping_parents()));

    tree.add_directory("dir", 0700);  // the top directory's own metadata is not copied
    CHECK(digest({"dir"}) == whole);
    tree.add_file("dir/a.txt", "a").mtime_s = 5;
    CHECK(digest({"dir"}) == whole);
    tree.add_file("dir/a.txt", "changed");
    CHECK(digest({"dir"}) != whole);
}

TEST_CASE("a selection's text and its flat form") {
    tests::MemoryTree tree;
    tree.add_file("d/x", "1");
    tree.add_file("y", "2");
    const Selection selection = select_sources(tree, {"y", "d", "d"}, {}).value();
    CHECK(write_selection(selection) ==
          "selection 1\n"
          "source entry\nlisting 1\nf 644 0 0 1 " +
              Digest::of("2").hex() +
              " - - y\n"
              "source contents\nlisting 1\nf 644 0 0 1 " +
              Digest::of("1").hex() +
              " - - x\n"
              "source contents\nlisting 1\nf 644 0 0 1 " +
              Digest::of("1").hex() + " - - x\n");
    CHECK(selection_digest(selection) == Digest::of(write_selection(selection)));
    CHECK(selection_digest({}) == Digest::of("selection 1\n"));
    const std::vector<ListedEntry> flat = flatten_selection(selection);
    REQUIRE(flat.size() == 2);
    CHECK(flat[0].path == "d/x");
    CHECK(flat[1].path == "y");
}

TEST_CASE("an error about a source says as its cause which one") {
    tests::MemoryTree tree = sample();
    tree.add("dir/agent.sock", FileType::Socket, 0755);
    const auto refused = [&](const std::string& source) {
        const auto selected = select_sources(tree, {"dir", source}, {});
        REQUIRE_FALSE(selected);
        const auto* cause = std::get_if<RefusedSource>(&selected.error().cause);
        return cause == nullptr ? std::string("nothing") : cause->path;
    };
    CHECK(refused("./missing") == "/missing");
    CHECK(refused("/dir/agent.sock") == "/dir/agent.sock");
    CHECK(refused("missing/*.txt") == "/missing");
    CHECK(refused("[") == "nothing");
}
