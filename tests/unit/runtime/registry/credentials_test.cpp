#include "runtime/registry/credentials.h"
#include "plans/base/base64.h"
#include "runtime/registry/challenge.h"
#include "runtime/sys/file.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;

TEST_CASE("base64 both ways") {
    for (const std::string text : {"", "f", "fo", "foo", "foob", "fooba", "foobar"}) CHECK(from_base64(to_base64(text)) == text);
    CHECK(to_base64("fo") == "Zm8=");
    CHECK(to_base64("\xff\xfe\xfd") == "//79");
    CHECK(from_base64("Zm8") == "fo");
    CHECK_FALSE(from_base64("Z"));
    CHECK_FALSE(from_base64("Zm8*"));
}

TEST_CASE("the files that are looked into") {
    CHECK(auth_files({"/d", "/r.json", "/run/1", "", "/h"}) ==
          std::vector<std::string>{"/d/config.json", "/r.json", "/run/1/containers/auth.json", "/h/.config/containers/auth.json"});
    CHECK(auth_files({"", "", "/run/1", "/c", "/h"}) ==
          std::vector<std::string>{"/run/1/containers/auth.json", "/c/containers/auth.json", "/h/.docker/config.json"});
    CHECK(auth_files({}).empty());
}

TEST_CASE("the longest name wins; docker's spellings are understood") {
    const tests::TemporaryDirectory folder;
    const std::string file = folder / "config.json";
    REQUIRE(write_file(file, R"({"auths":{"reg.io":{"auth":")" + to_base64("all:one") + R"("},"reg.io/team":{"auth":")" +
                                 to_base64(std::string("team:two\0", 9)) +
                                 R"("},"https://index.docker.io/v1/":{"username":"hub","password":"three"},)"
                                 R"("az.io":{"auth":")" +
                                 to_base64("<token>:refresh") + R"("},"old.io":{}}})"));
    const std::vector<std::string> files{folder / "missing.json", file};
    CHECK(find_credentials({files}, "reg.io", "x/y").value()->user == "all");
    CHECK(find_credentials({files}, "reg.io", "team/app").value()->password == "two");
    CHECK(find_credentials({files}, "docker.io", "library/python").value()->password == "three");
    CHECK(find_credentials({files}, "az.io", "x").value()->identity_token == "refresh");
    CHECK_FALSE(find_credentials({files}, "old.io", "x").value());
    CHECK_FALSE(find_credentials({files}, "reg.io:5000", "x").value());
    CHECK(basic_authorization({"a", "b", ""}) == "Basic YTpi");
}

TEST_CASE("a file that cannot be understood is named, its secrets are not") {
    const tests::TemporaryDirectory folder;
    const std::string file = folder / "config.json";
    REQUIRE(write_file(file, R"({"auths":{"reg.io":{"auth":"c2VjcmV0"}}})"));
    const Error error = find_credentials({{file}}, "reg.io", "x").error();
    CHECK(error.kind == ErrorKind::Input);
    CHECK(error.message == file + ": \"auth\" of \"reg.io\" is not base64 of \"user:password\"");
}

TEST_CASE("challenges are read from one header or several") {
    using List = std::vector<Challenge>;
    CHECK(parse_challenges(R"(Bearer realm="https://a/t?x=1,2",service="s",scope="repository:a:pull,push")") ==
          List{{"bearer", {{"realm", "https://a/t?x=1,2"}, {"service", "s"}, {"scope", "repository:a:pull,push"}}}});
    CHECK(parse_challenges(R"(Negotiate, Basic Realm = "a \"b\"", BEARER realm=x)") ==
          List{{"negotiate", {}}, {"basic", {{"realm", "a \"b\""}}}, {"bearer", {{"realm", "x"}}}});
    CHECK(parse_challenges("").empty());
    CHECK(parse_challenges(R"(Bearer realm="open)") == List{{"bearer", {}}});
    CHECK(parse_challenges("=x").empty());
}
