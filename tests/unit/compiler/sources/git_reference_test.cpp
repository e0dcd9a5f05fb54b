#include "compiler/sources/git_reference.h"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

GitReference parsed(std::string_view text) {
    const auto reference = parse_git_reference(text);
    REQUIRE_MESSAGE(reference.has_value(), text);
    REQUIRE_MESSAGE(reference->has_value(), text);
    return **reference;
}

// "remote short_name ref subdir", a dash for what is empty.
std::string told(std::string_view text) {
    const GitReference reference = parsed(text);
    const auto shown = [](const std::string& part) { return part.empty() ? "-" : part; };
    return reference.remote + " " + shown(reference.short_name) + " " + shown(reference.ref) + " " + shown(reference.subdir);
}

std::string error(std::string_view text) {
    const auto reference = parse_git_reference(text);
    return reference ? "no error" : reference.error().message;
}

}  // namespace

TEST_CASE("addresses of repositories") {
    CHECK(told("https://example.com/a/tool.git") == "https://example.com/a/tool.git tool - -");
    CHECK(told("HTTPS://example.com/tool.git") == "https://example.com/tool.git tool - -");
    CHECK(told("ssh://git@example.com:2222/a/tool") == "ssh://git@example.com:2222/a/tool tool - -");
    CHECK(told("git://example.com/tool") == "git://example.com/tool tool - -");
    CHECK(told("git@example.com:a/tool.git") == "git@example.com:a/tool.git tool - -");
    CHECK(told("me_1@10.0.0.1:tool") == "me_1@10.0.0.1:tool tool - -");
    CHECK(told("github.com/a/tool") == "github.com/a/tool tool - -");
    CHECK(told("https://ann:pw@example.com/tool.git") == "https://ann:pw@example.com/tool.git tool - -");
    CHECK(told("https://example.com/a%20b.git") == "https://example.com/a%20b.git a%20b - -");
}

TEST_CASE("fragments name a ref and a folder") {
    CHECK(told("https://x/a.git#v1") == "https://x/a.git a v1 -");
    CHECK(told("https://x/a.git#") == "https://x/a.git a - -");
    CHECK(told("https://x/a.git#release/1.2:docs/img") == "https://x/a.git a release/1.2 docs/img");
    CHECK(told("https://x/a.git#:docs") == "https://x/a.git a - docs");
    CHECK(told("https://x/a.git#v1:") == "https://x/a.git a v1 -");
    CHECK(told("https://x/a.git#v1:/docs/../src/") == "https://x/a.git a v1 src");
    CHECK(told("https://x/a.git#v1:../..") == "https://x/a.git a v1 -");
    CHECK(told("https://x/a.git#a%20b") == "https://x/a.git a a b -");
    CHECK(told("git@x:a#v1:docs") == "git@x:a a v1 docs");
    CHECK(told("github.com/a/b#v1:docs") == "github.com/a/b b v1 docs");
}

TEST_CASE("queries name the rest") {
    CHECK(told("https://x/a.git?ref=v1&subdir=/docs") == "https://x/a.git a v1 /docs");
    CHECK(told("https://x/a.git?tag=v1") == "https://x/a.git a refs/tags/v1 -");
    CHECK(told("https://x/a.git?tag=refs/tags/v1") == "https://x/a.git a refs/tags/v1 -");
    CHECK(told("https://x/a.git?branch=main") == "https://x/a.git a refs/heads/main -");
    CHECK(told("https://x/a.git?ref=v1#v1") == "https://x/a.git a v1 -");
    CHECK(told("https://x/a.git?ref=a%2Bb+c") == "https://x/a.git a a+b c -");
    CHECK(told("git@x:a.git?branch=main#:docs") == "git@x:a.git a refs/heads/main docs");
    CHECK(told("github.com/a/b?tag=v1") == "github.com/a/b b refs/tags/v1 -");
    CHECK(told("https://x/a.git?") == "https://x/a.git a - -");
    CHECK(parsed("https://x/a.git?checksum=abc").checksum == "abc");
    CHECK(parsed("https://x/a.git?commit=abc").checksum == "abc");
    CHECK(parsed("https://x/a.git?commit=abc&checksum=abc").checksum == "abc");
    CHECK(parsed("https://x/a.git?mtime=commit").mtime == "commit");
    CHECK(parsed("https://x/a.git?mtime=checkout").mtime == "checkout");
}

TEST_CASE("switches") {
    const GitReference plain = parsed("https://x/a.git");
    CHECK(!plain.keep_git_dir.has_value());
    CHECK(!plain.submodules.has_value());
    CHECK(!plain.fetch_by_commit);
    for (const char* on : {"", "=", "=1", "=true", "=T"}) {
        CAPTURE(on);
        CHECK(parsed("https://x/a.git?keep-git-dir" + std::string(on)).keep_git_dir == true);
        CHECK(parsed("https://x/a.git?submodules" + std::string(on)).submodules == true);
        CHECK(parsed("https://x/a.git?fetch-by-commit" + std::string(on)).fetch_by_commit);
    }
    CHECK(parsed("https://x/a.git?keep-git-dir=0&submodules=False").keep_git_dir == false);
    CHECK(parsed("https://x/a.git?keep-git-dir=0&submodules=False").submodules == false);
    CHECK(!parsed("https://x/a.git?fetch-by-commit=false").fetch_by_commit);
    CHECK(error("https://x/a.git?submodules=yes") == "invalid submodules value: \"yes\"");
}

TEST_CASE("what an address says of itself") {
    CHECK(parsed("http://x/a.git").unencrypted_tcp);
    CHECK(parsed("git://x/a").unencrypted_tcp);
    CHECK(!parsed("https://x/a.git").unencrypted_tcp);
    CHECK(!parsed("ssh://x/a").unencrypted_tcp);
    CHECK(!parsed("git@x:a").unencrypted_tcp);
    CHECK(parsed("github.com/a/b").could_be_local_path);
    CHECK(!parsed("https://github.com/a/b.git").could_be_local_path);
}

TEST_CASE("what is no git address") {
    for (const char* text : {"",
                             ".",
                             ".git",
                             "./a.git",
                             "../a.git",
                             "/a.git",
                             "a.git",
                             "C:\\a",
                             "example.com/a.git",
                             "https://x/",
                             "https://x/a",
                             "https://x/a.git/",
                             "https://x/a.git.b",
                             "http://x/a.git:#b",
                             "https://x/a?b=.git",
                             "ftp://x/a.git",
                             "git+ssh://x/a",
                             "a@b/c",
                             "a b@c:d",
                             "@x:a",
                             "a@:b",
                             "git@x:a\nb",
                             "https://x/%zz.git",
                             "github.com",
                             "host:path"}) {
        const auto reference = parse_git_reference(text);
        CHECK_MESSAGE((reference && !*reference), text);
    }
}

TEST_CASE("mistakes in a git address") {
    const std::vector<std::pair<std::string, std::string>> expected = {
        {"?ref=v1#v2", "ref conflicts: \"v2\" vs \"v1\""},
        {"?ref=v1&tag=v2", "ref conflicts: \"v1\" vs \"refs/tags/v2\""},
        {"?branch=a#b", "ref conflicts: \"b\" vs \"refs/heads/a\""},
        {"?tag=v1&branch=v1", "branch conflicts with tag"},
        {"?subdir=a#:b", "subdir conflicts: \"b\" vs \"a\""},
        {"?commit=a&checksum=b", "checksum conflicts: \"b\" vs \"a\""},
        {"?ref=a&ref=a", "query \"ref\" has multiple values"},
        {"?ref", "query \"ref\" has no value"},
        {"?subdir=", "query \"subdir\" has no value"},
        {"?mtime=now", "invalid mtime value: \"now\" (must be \"checkout\" or \"commit\")"},
        {"?reff=a", "unexpected query \"reff\""},
        {"?ref=%zz", "malformed query \"ref=%zz\""},
        {"?ref=a;tag=b", "malformed query \"ref=a;tag=b\""},
    };
    for (const auto& [settings, message] : expected) {
        for (const std::string address : {"https://x/a.git", "git@x:a", "github.com/a/b"}) {
            CAPTURE(address + settings);
            CHECK(error(address + settings) == message);
        }
    }
    CHECK(parse_git_reference("https://x/a.git?reff=a").error().hint == "did you mean \"ref\"?");
}

TEST_CASE("a password is not shown") {
    const Error failure = parse_git_reference("https://ann:secret@x/a.git?no=1").error();
    CHECK(format_error(failure).find("secret") == std::string::npos);
}

TEST_CASE("the short form") {
    const auto shown = [](std::string_view text) { return format_git_fragment(parsed(text), SubdirForm::Shown); };
    CHECK(shown("https://x/a.git") == "https://x/a.git");
    CHECK(shown("https://x/a.git?tag=v1&subdir=/docs/") == "https://x/a.git#refs/tags/v1:docs");
    CHECK(shown("https://x/a.git?subdir=docs") == "https://x/a.git#:docs");
    CHECK(shown("github.com/a/b?branch=main") == "github.com/a/b#refs/heads/main");
    CHECK(format_git_fragment(parsed("https://x/a.git#v1:docs"), SubdirForm::Left) == "https://x/a.git#v1");
    CHECK(format_git_fragment(parsed("https://x/a.git#:docs"), SubdirForm::Left) == "https://x/a.git");
}
