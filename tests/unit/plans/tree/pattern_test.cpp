#include "plans/tree/pattern.h"

#include "plans/tree/ignore_lines.h"

#include <doctest/doctest.h>

#include <chrono>

using namespace mabplan;

namespace {

bool ignores(const std::vector<std::string>& patterns, std::string_view path) {
    const auto list = PatternList::compile(patterns);
    REQUIRE_MESSAGE(list.has_value(), patterns.front());
    return list->matches(path);
}

std::string problem(const std::string& pattern) {
    const auto list = PatternList::compile({pattern});
    return list ? "compiled" : list.error().message;
}

}  // namespace

TEST_CASE("single patterns of an ignore list") {
    struct Row {
        const char* pattern;
        const char* path;
        bool expected;
    };
    const Row rows[] = {
        {"*.go", "a.go", true},
        {"*.go", "dir/a.go", false},
        {"*.go", ".", false},
        {"dir", "dir/deep/file", true},
        {"dir", "dirs", false},
        {"dir/*", "dir", false},
        {"dir/**", "dir", false},
        {"dir/**", "dir/deep/file", true},
        {"**", "any/thing", true},
        {"**/", "file", true},
        {"**/**", "a/b", true},
        {"**/*.txt", "x.txt", true},
        {"**/*.txt", "a/b/x.txt", true},
        {"**/*.txt", "a/x.txt.old", false},
        {"**/.foo", "bar.foo", false},
        {"**/.foo", ".foo", true},
        {"**file", "dir/afile", true},    // compared as an ending
        {"**file*", "dir/afile", false},  // begins a name
        {"a**/*.txt", "a/dir/dir/file.txt", true},
        {"a**b", "ab", true},
        {"a**b", "ax/b", true},
        {"a**b", "axb", false},
        {"**/dir2/*", "x/dir2/y", true},
        {"**/dir2/*", "dir/dir2/file/", true},
        {"*/node_modules/**/x?", "a/node_modules/b/c/xy", true},
        {"*/node_modules/**/x?", "a/b/node_modules/xy", false},
        {"a[b-d]e", "ace", true},
        {"a[^b-d]e", "ace", false},
        {"a[^b-d]e", "aze", true},
        {"[[]x]", "[x]", true},
        {"[*]", "*", true},
        {"[*]", "x", false},
        {"[\\]]", "]", true},
        {"a\\*b", "a*b", true},
        {"a\\*b", "axb", false},
        {"\\d", "d", true},  // an escaped letter is that letter
        {"a.b", "axb", false},
        {"a(b)+|{1}$^", "a(b)+|{1}$^", true},
        {"?", "\xe2\x98\xba", true},  // one character, not one byte
        {"??", "\xe2\x98\xba", false},
        {"?\xff", "a\xff", true},
        {"[\xce\xb1-\xce\xb3]", "\xce\xb2", true},
        {"\xff*", "\xfe", false},
        {"a/../b/./c/", "b/c", true},
        {"  spaced  ", "spaced", true},
    };
    for (const Row& row : rows) {
        CAPTURE(row.pattern);
        CAPTURE(row.path);
        CHECK(ignores({row.pattern}, row.path) == row.expected);
    }
}

TEST_CASE("the last pattern that matches decides") {
    CHECK_FALSE(ignores({"docs", "!docs/README.md"}, "docs/README.md"));
    CHECK(ignores({"docs", "!docs/README.md"}, "docs/other"));
    CHECK(ignores({"**", "!util/web", "util/web/foo"}, "util/web/foo"));
    CHECK_FALSE(ignores({"**", "!util/web", "util/web/foo"}, "util/web/bar"));
    CHECK_FALSE(ignores({"*", "!src/**"}, "src/a/b"));
    CHECK(ignores({"!a", "a"}, "a"));
    CHECK_FALSE(ignores({}, "a"));
}

TEST_CASE("a walk and a direct question agree") {
    const std::vector<std::vector<std::string>> lists = {
        {"x/*", "!x"}, {"x", "!x/y", "x/y/z"}, {"**/n", "!a/n", "a/n/b"}, {"*", "!*/keep", "*/keep/not"}, {"!x/y", "x"}};
    const char* paths[] = {"x", "x/y", "x/y/z", "a", "a/n", "a/n/b", "a/n/b/c", "q/keep", "q/keep/not", "q/keep/other"};
    for (const auto& patterns : lists) {
        const PatternList list = PatternList::compile(patterns).value();
        for (const std::string path : paths) {
            CAPTURE(path);
            CAPTURE(patterns.front());
            PatternList::State state;
            for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1))
                state = list.matches(path.substr(0, slash), state);
            CHECK(list.matches(path) == list.matches(path, state).excluded);
            CHECK(list.matches(path) == list.excludes(path, state));
        }
    }
}

TEST_CASE("a directory is skipped only if nothing below can be re-included") {
    const auto skips = [](const std::vector<std::string>& patterns, const char* directory) {
        return PatternList::compile(patterns).value().may_skip_directory(directory);
    };
    CHECK(skips({"a"}, "a"));
    CHECK_FALSE(skips({"a", "!a/b"}, "a"));
    CHECK(skips({"a", "!a/b"}, "a/c"));
    CHECK(skips({"a", "b", "!b/x"}, "a"));
    CHECK_FALSE(skips({"*", "!**/*.md"}, "a/b"));
    CHECK_FALSE(skips({"*", "!*/x/*.md"}, "a"));
    CHECK_FALSE(skips({"*", "!*/x/*.md"}, "a/x"));
    CHECK(skips({"*", "!*/x/*.md"}, "a/y"));
    CHECK(skips({"abc", "!ab"}, "abc"));

    const PatternList list = PatternList::compile({"src/**/keep", "!docs/x"}).value();
    CHECK(list.may_match_below("src/a/b"));
    CHECK_FALSE(list.may_match_below("docs"));
}

TEST_CASE("what is compiled: cleaned, without empty lines") {
    const PatternList list = PatternList::compile({"", "  ", "docs/", "!docs/./README.md  "}).value();
    CHECK(list.patterns() == std::vector<std::string>{"docs", "!docs/README.md"});
    CHECK(list.has_exceptions());
    CHECK_FALSE(list.empty());
    CHECK(PatternList().empty());
}

TEST_CASE("malformed patterns") {
    CHECK(problem("!") == "the pattern \"!\" re-includes nothing: a path must follow the exclamation mark");
    CHECK(problem("a[") == "malformed pattern \"a[\": a class \"[\" is not closed");
    CHECK(problem("[^") == "malformed pattern \"[^\": a class \"[\" is not closed");
    CHECK(problem("[a") == "malformed pattern \"[a\": a class \"[\" is not closed");
    CHECK(problem("[]") == "malformed pattern \"[]\": a class \"[\" has no character where one must stand (write \"\\-\" or \"\\]\")");
    CHECK(problem("[x-]") == "malformed pattern \"[x-]\": a class \"[\" has no character where one must stand (write \"\\-\" or \"\\]\")");
    CHECK(problem("[z-a]") == "malformed pattern \"[z-a]\": a range of a class runs backwards");
    CHECK(problem("x\\") == "malformed pattern \"x\\\\\": it ends with a backslash");
    CHECK(problem("]") == "compiled");
}

TEST_CASE("glob_match is filepath.Match") {
    CHECK(glob_match("*", "abc").value());
    CHECK_FALSE(glob_match("*", "a/b").value());
    CHECK_FALSE(glob_match("**", "a/b").value());
    CHECK(glob_match("a*/b", "abc/b").value());
    CHECK(glob_match("a*b?c*x", "abxbbxdbxebxczzx").value());
    CHECK_FALSE(glob_match("a*b?c*x", "abxbbxdbxebxczzy").value());
    CHECK(glob_match("[[]xyz]", "[xyz]").value());
    CHECK_FALSE(glob_match("[z-a]", "b").value());  // an empty range, no error
    CHECK_FALSE(glob_match("a", "ab").value());
    CHECK(glob_match("", "").value());
    CHECK(glob_match("[", "a").error().kind == ErrorKind::Input);

    CHECK(has_glob("a*"));
    CHECK(has_glob("[a]"));
    CHECK_FALSE(has_glob("a\\*b"));
    CHECK(has_glob("a\\\\*"));
}

TEST_CASE("a hostile pattern takes time in proportion to its length") {
    std::string pattern, path(4000, 'a');
    for (int i = 0; i < 200; ++i) pattern += "**a*?";
    const PatternList list = PatternList::compile({pattern + "b"}).value();
    const auto began = std::chrono::steady_clock::now();
    CHECK_FALSE(list.matches(path));
    CHECK_FALSE(list.matches(path + "/c/b"));
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(5));
}

TEST_CASE("the lines of an ignore file") {
    CHECK(read_ignore_lines("\xef\xbb\xbf# comment\r\n /a/b/ \r\n\n  # not at the column of a comment\n! /c/../d\n!\n/\nlast") ==
          std::vector<std::string>{"a/b", "# not at the column of a comment", "!d", "!", "/", "last"});
    CHECK(read_ignore_lines("").empty());
    const auto numbered = read_numbered_ignore_lines("# one\n\na\r\n!b\n");
    REQUIRE(numbered.size() == 2);
    CHECK(numbered[0].number == 3);
    CHECK(numbered[1].pattern == "!b");
}
