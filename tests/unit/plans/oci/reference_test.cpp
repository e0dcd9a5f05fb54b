#include "plans/oci/reference.h"

#include <doctest/doctest.h>

using namespace mabplan;

namespace {

std::string full(std::string_view text) { return format_reference(parse_reference(text).value()); }
std::string why(std::string_view text) { return parse_reference(text).error().message; }
const std::string kHex(64, 'a');

}  // namespace

TEST_CASE("short names stand for Docker Hub") {
    CHECK(full("python:3.11") == "docker.io/library/python:3.11");
    CHECK(full("python") == "docker.io/library/python:latest");
    CHECK(full("me/app") == "docker.io/me/app:latest");
    CHECK(full("docker.io/python") == "docker.io/library/python:latest");
    CHECK(full("index.docker.io/me/app:1") == "docker.io/me/app:1");
    CHECK(full("localhost/app") == "localhost/app:latest");
    CHECK(full("localhost:5002/a/b-c/d__e.f:v1") == "localhost:5002/a/b-c/d__e.f:v1");
    CHECK(full("[::1]:5000/app") == "[::1]:5000/app:latest");
    CHECK(full("Registry/app") == "Registry/app:latest");
}

TEST_CASE("a digest alone leaves the tag empty") {
    const Reference reference = parse_reference("ghcr.io/a/b@sha256:" + kHex).value();
    CHECK(reference.tag.empty());
    CHECK(reference.digest->hex() == kHex);
    CHECK(full("a:1@sha256:" + kHex) == "docker.io/library/a:1@sha256:" + kHex);
}

TEST_CASE("a name that is given has no digest, and does not read as one") {
    CHECK(parse_image_name("app:1").value() == parse_reference("app:1").value());
    for (const std::string& name :
         {"app@sha256:" + kHex, "app:1@sha256:" + kHex, "sha256:" + kHex, std::string("sha256:1"), std::string("a b")}) {
        CAPTURE(name);
        CHECK(parse_image_name(name).error().kind == ErrorKind::Input);
    }
}

TEST_CASE("the familiar form") {
    CHECK(familiar_reference(parse_reference("docker.io/library/python:3").value()) == "python:3");
    CHECK(familiar_reference(parse_reference("docker.io/me/app:1").value()) == "me/app:1");
    CHECK(familiar_reference(parse_reference("ghcr.io/a/b").value()) == "ghcr.io/a/b:latest");
}

TEST_CASE("what is no reference is refused with a reason") {
    CHECK(why("") == "\"\" is not an image reference: it is empty");
    CHECK(why(":tag") == "\":tag\" is not an image reference: there is no name");
    CHECK(why("me/App") == "\"me/App\" is not an image reference: the name of a repository has no upper-case letters");
    CHECK(parse_reference("me/App").error().hint == "write me/app");
    CHECK(why("a//b") == "\"a//b\" is not an image reference: a part of the name is empty");
    CHECK(why("a___b") == "\"a___b\" is not an image reference: \"a___b\" cannot be part of a name");
    CHECK(why("a:") == "\"a:\" is not an image reference: \"\" is not a tag");
    CHECK(why("a:.b") == "\"a:.b\" is not an image reference: \".b\" is not a tag");
    CHECK(why("a:" + std::string(129, 'x')).find("is not a tag") != std::string::npos);
    CHECK(why("a@sha256:12").find("is not a digest") != std::string::npos);
    CHECK(why("-x.io/a") == "\"-x.io/a\" is not an image reference: \"-x.io\" is not a host name");
    CHECK(why("x.io:port/a") == "\"x.io:port/a\" is not an image reference: \"x.io:port\" is not a host name");
    CHECK(why(std::string(256, 'a')).find("longer than 255") != std::string::npos);
    CHECK(why(kHex).find("64 hex digits alone") != std::string::npos);
}
