#include "compiler/matrix/context_location.h"

#include <doctest/doctest.h>

#include <vector>

using namespace mabplan;
using namespace mabplan::compiler;

TEST_CASE("the name of the build context itself is taken") {
    CHECK(check_context_name("contexts"));
    CHECK(check_context_name("Context").error().message == "no build context may be named \"Context\": that is the build context itself");
    CHECK_FALSE(check_context_name(""));
}

TEST_CASE("contexts are told apart by their spelling, and written as they were") {
    const std::vector<std::pair<std::string, ContextLocation>> expected = {
        {".", {ContextKind::Directory, "."}},
        {"../app", {ContextKind::Directory, "../app"}},
        {"alpine:3.20", {ContextKind::Directory, "alpine:3.20"}},
        {"target:base", {ContextKind::Target, "base"}},
        {"docker-image://alpine:3.20", {ContextKind::Image, "alpine:3.20"}},
        {"oci-layout://bases/python:3.11", {ContextKind::OciLayout, "bases/python:3.11"}},
        {"oci-layout:///abs/path", {ContextKind::OciLayout, "/abs/path"}},
        {"https://example.com/a.tar.gz", {ContextKind::Http, "https://example.com/a.tar.gz"}},
        {"https://example.com/a.git#v1:sub", {ContextKind::Git, "https://example.com/a.git#v1:sub"}},
        {"https://example.com/a.git?ref=v1", {ContextKind::Git, "https://example.com/a.git?ref=v1"}},
        {"git@example.com:a/b", {ContextKind::Git, "git@example.com:a/b"}},
        {"deploy@example.com:a/b", {ContextKind::Git, "deploy@example.com:a/b"}},
        {"git@example.com", {ContextKind::Directory, "git@example.com"}},
        {"github.com/a/b#v1", {ContextKind::Git, "github.com/a/b#v1"}},
        {"./github.com/a/b", {ContextKind::Directory, "./github.com/a/b"}},
        {"ssh://git@example.com/a", {ContextKind::Git, "ssh://git@example.com/a"}},
    };
    for (const auto& [text, location] : expected) {
        const std::string& input = text;  // clang 14 captures no structured binding
        CAPTURE(input);
        const auto parsed = parse_context_location(text);
        REQUIRE(parsed);
        CHECK(*parsed == location);
        CHECK(format_context_location(*parsed) == text);
    }
}

TEST_CASE("contexts that are refused") {
    const auto error = [](std::string_view text) {
        const auto parsed = parse_context_location(text);
        return parsed ? std::string("no error") : parsed.error().message + " | " + parsed.error().hint;
    };
    const std::string known = " | a context is a directory, target:NAME, docker-image://REF, oci-layout://DIR, a git URL or an http(s) URL";
    CHECK(error("") == "a build context is empty" + known);
    CHECK(error("target:") == "nothing stands behind \"target:\"" + known);
    CHECK(error("s3://bucket/x") == "the scheme \"s3\" of a build context is not known" + known);
    CHECK(error("https://example.com/a.git?reff=v1") == "unexpected query \"reff\" | did you mean \"ref\"?");
    CHECK(error("service:base") == "\"service:base\" is compose's spelling | did you mean \"target:base\"?");
}
