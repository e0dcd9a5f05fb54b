#include "plans/base/digest.h"
#include "plans/base/json.h"

#include <doctest/doctest.h>

using namespace mabplan;

TEST_CASE("SHA-256 of the vectors of FIPS 180-4") {
    CHECK(Digest::of("").hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(Digest::of("abc").text() == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("a digest is sha256 and 64 lower-case digits") {
    const std::string good = Digest::of("x").text();
    CHECK(Digest::parse(good)->text() == good);
    CHECK_FALSE(Digest::parse("sha256:ABC"));
    CHECK_FALSE(Digest::parse(good + "0"));
    CHECK_FALSE(Digest::parse("sha512:" + good.substr(7)));
    CHECK(Digest::parse("../../etc").error().kind == ErrorKind::Input);
}

TEST_CASE("JSON from outside is bounded and has no key twice") {
    CHECK(parse_json(R"({"b":1,"a":[true]})", "x").value().dump() == R"({"a":[true],"b":1})");
    CHECK(parse_json(R"({"a":1,"a":2})", "the config").error().message == "the config has the key \"a\" twice");
    CHECK_FALSE(parse_json(std::string(200, '[') + std::string(200, ']'), "x"));
    CHECK_FALSE(parse_json("{", "x"));
    CHECK_FALSE(parse_json("[1,2]", "x", ErrorKind::Input, {.max_bytes = 3, .max_depth = 9}));
}
