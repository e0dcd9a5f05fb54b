#include "plans/model/remote_source.h"

#include <doctest/doctest.h>

using namespace mabplan;

namespace {

const std::string kCommit(40, 'a');

GitAction git(const std::string& ref, const std::string& checksum = {}) { return GitAction{"https://h/r.git", ref, {}, checksum}; }

std::string mistake(const GitAction& action) {
    const auto checked = check_git_words(action);
    return checked ? "none" : checked.error().message;
}

}  // namespace

TEST_CASE("what is pinned: a file by its digest, a repository by a whole commit") {
    CHECK_FALSE(is_pinned(FetchAction{"https://h/f", {}, "f"}));
    CHECK(is_pinned(FetchAction{"https://h/f", Digest::of("x").text(), "f"}));
    CHECK_FALSE(is_pinned(git("main")));
    CHECK_FALSE(is_pinned(git("main", "aaaa")));
    CHECK(is_pinned(git("main", kCommit)));
    CHECK(is_pinned(git(kCommit)));
    CHECK(is_pinned(git("main", std::string(64, 'b'))));
    CHECK_FALSE(is_pinned(git(std::string(40, 'A'))));
    CHECK(pinned_commit(git(kCommit, "aa")) == kCommit);
    CHECK(pinned_commit(git("main", kCommit)) == kCommit);
}

TEST_CASE("words that git could read as something else are refused") {
    CHECK(mistake(git("")) == "none");
    for (const char* good : {"main", "feature/x", "refs/pull/1/head", "v1.0", "HEAD", "übung"}) CHECK(mistake(git(good)) == "none");
    for (const char* bad :
         {"-x", "--upload-pack=x", "a..b", "a:b", "+a^{}", "a b", "/a", "a/", "a//b", "a@{1}", "a\nb", "*", "a\\b", "a~1"}) {
        CAPTURE(bad);
        CHECK(mistake(git(bad)).ends_with("is no name of a branch, tag or commit"));
    }
    CHECK(mistake(git("main", "xyz")) == "\"xyz\" is no commit");
    CHECK(mistake(git(kCommit, "bb")) == "the commit " + kCommit + " is not the one that is asked for: expected bb");
    GitAction by_commit = git("main", "aa");
    by_commit.fetch_by_commit = true;
    CHECK(mistake(by_commit).starts_with("fetch-by-commit needs a full commit"));
    GitAction option = git("main");
    option.remote = "--upload-pack=touch /x";
    CHECK(mistake(option) == "the address of the repository can't be given to git");
}
