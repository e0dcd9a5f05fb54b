// Secrets by id, limits by name, logs by size.
#include "runtime/grants/secrets.h"
#include "runtime/step/log_limit.h"
#include "runtime/step/resource_limits.h"

#include "runtime/sys/file.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/resource.h>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

SecretMount needing(const std::string& id, bool required) {
    SecretMount secret;
    secret.id = id;
    secret.required = required;
    return secret;
}

}  // namespace

TEST_CASE("the first source of an id counts; files are found from the folder") {
    const TemporaryDirectory folder;
    REQUIRE(write_file(folder / "one", "1\n"));
    Secrets secrets({{"a", "one", {}}, {"a", "missing", {}}}, folder.path());
    CHECK(secrets.find("a") == nullptr);
    REQUIRE(secrets.load(needing("a", true)));
    CHECK(*secrets.find("a") == "1\n");
}

TEST_CASE("variables are those that were given, and none of this process") {
    ::setenv("MABPLAN_TEST_SET", "of the environment", 1);
    UserEnvironment user;
    user.variables = {{"GIVEN", "value"}};
    Secrets secrets({{"a", {}, "GIVEN"}, {"b", {}, "MABPLAN_TEST_SET"}}, "/", user);
    REQUIRE(secrets.load(needing("a", true)));
    CHECK(*secrets.find("a") == "value");
    CHECK_FALSE(secrets.load(needing("b", true)));
    ::unsetenv("MABPLAN_TEST_SET");
}

TEST_CASE("a file may be named from the user's folder") {
    const TemporaryDirectory folder;
    REQUIRE(write_file(folder / "key", "1\n"));
    UserEnvironment user;
    user.home = folder.path();
    Secrets secrets({{"a", "~/key", {}}}, "/", user);
    CHECK(secrets.check_files());
    REQUIRE(secrets.load(needing("a", true)));
    CHECK(*secrets.find("a") == "1\n");
    CHECK_FALSE(Secrets({{"a", "~/key", {}}}, "/").check_files());
}

TEST_CASE("a file that is not there is an error, whatever is going to read it") {
    const TemporaryDirectory folder;
    REQUIRE(write_file(folder / "one", "1\n"));
    CHECK(Secrets({{"a", "one", {}}, {"a", "missing", {}}, {"v", {}, "MABPLAN_TEST_NO_SUCH"}}, folder.path()).check_files());
    const auto missing = Secrets({{"a", "missing", {}}}, folder.path()).check_files();
    REQUIRE_FALSE(missing);
    CHECK(missing.error().kind == ErrorKind::Input);
    CHECK(missing.error().message.find("missing") != std::string::npos);
    CHECK_FALSE(Secrets({{"a", ".", {}}}, folder.path()).check_files());
    REQUIRE(write_file(folder / "large", std::string(600U << 10U, 'x')));
    CHECK(Secrets({{"a", "large", {}}}, folder.path()).check_files().error().message == "the secret \"a\" is larger than 500 KiB");
}

TEST_CASE("a variable; an empty one is a value, one that is not set is none") {
    UserEnvironment user;
    user.variables = {{"MABPLAN_TEST_SECRET", ""}};
    Secrets secrets({{"a", {}, "MABPLAN_TEST_SECRET"}, {"b", {}, "MABPLAN_TEST_UNSET"}}, "/", user);
    REQUIRE(secrets.load(needing("a", true)));
    CHECK(secrets.find("a")->empty());
    CHECK(secrets.load(needing("b", true)).error().message == "the secret \"b\": the environment has no variable MABPLAN_TEST_UNSET");
    REQUIRE(secrets.load(needing("b", false)));
    CHECK(secrets.find("b")->empty());
    CHECK(secrets.load(needing("b", true)).error().message == "the secret \"b\": the environment has no variable MABPLAN_TEST_UNSET");
}

TEST_CASE("what is not given is an error only where it is required; what is given must be readable") {
    Secrets secrets({{"there", "/nowhere/at/all", {}}}, "/");
    CHECK(secrets.load(needing("other", false)));
    CHECK(secrets.find("other") == nullptr);
    CHECK(secrets.load(needing("other", true)).error().message == "the secret \"other\" is needed and not given");
    CHECK_FALSE(secrets.load(needing("there", false)));
}

TEST_CASE("limits by the names that docker knows") {
    const auto limits = resource_limits({{"nofile", 10, 20}, {"core", -1, -1}});
    REQUIRE(limits);
    CHECK((*limits)[0].resource == RLIMIT_NOFILE);
    CHECK((*limits)[0].hard == 20);
    CHECK((*limits)[1].soft == RLIM_INFINITY);
    CHECK(resource_limits({{"nofiles", 1, 1}}).error().hint == "did you mean \"nofile\"?");
}

TEST_CASE("a log is passed on up to its bound, then cut off with one line") {
    LogLimit limit;
    std::string passed;
    const auto pass = [&](std::string_view bytes) { passed += bytes; };
    limit.add("first", pass);
    CHECK(passed == "first");
    const std::string much(LogLimit::kBytes, 'x');
    for (int i = 0; i < 3; ++i) limit.add(much, pass);
    CHECK(passed.size() == LogLimit::kBytes + LogLimit::kNote.size());
    CHECK(passed.ends_with(LogLimit::kNote));
}
