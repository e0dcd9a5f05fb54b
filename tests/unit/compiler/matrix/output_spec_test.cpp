#include "compiler/matrix/output_spec.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

std::string show(const Result<OutputSpec>& spec) {
    if (!spec) return "error: " + spec.error().message;
    std::string out = spec->type;
    for (const auto& [key, value] : spec->attrs) out += " " + key + "=<" + value + ">";
    return out;
}
std::string parsed(std::string_view csv) { return show(parse_output_spec(csv)); }

}  // namespace

TEST_CASE("outputs in buildx's spelling") {
    CHECK(parsed("type=oci,dest=x,tar=false") == "oci dest=<x> tar=<false>");
    CHECK(parsed("type=registry") == "registry");
    CHECK(parsed("dest=out, Type=local") == "local dest=<out>");
    CHECK(parsed("out/dir") == "local dest=<out/dir>");
    CHECK(parsed("-") == "tar dest=<->");
    CHECK(parsed("type=oci,\"dest=a,b\"\"c\"") == "oci dest=<a,b\"c>");
    CHECK(parsed("type=image,name=a=b") == "image name=<a=b>");
    CHECK(parsed("type=image,name=") == "image name=<>");
}

TEST_CASE("outputs that are refused") {
    CHECK(parsed("") == "error: an output is empty");
    CHECK(parsed("dest=x") == "error: a type is missing");
    CHECK(parsed("type=,dest=x") == "error: a type is missing");
    CHECK(parsed("type=oci,dest") == "error: \"dest\" is no KEY=VALUE");
    CHECK(parsed("type=oci,") == "error: \"\" is no KEY=VALUE");
    CHECK(parsed("type=oci,=x") == "error: \"=x\" has no key before its =");
    CHECK(parsed("type=oci,TYPE=tar") == "error: the key \"type\" is there twice");
    CHECK(parsed("\"type=oci") == "error: a double quote that does not end in \"\\\"type=oci\"");
    CHECK(parsed("\"type=oci\"x") == "error: text behind a closing quote in \"\\\"type=oci\\\"x\"");
    CHECK(parsed("type=\"oci\"") == "error: a double quote inside a field of \"type=\\\"oci\\\"\"");
}

TEST_CASE("a cache may be a reference alone") {
    CHECK(show(parse_cache_spec("ghcr.io/acme/cache")) == "registry ref=<ghcr.io/acme/cache>");
    CHECK(show(parse_cache_spec("type=gha,mode=max")) == "gha mode=<max>");
    CHECK(show(parse_cache_spec(" ")) == "error: a cache is empty");
}
