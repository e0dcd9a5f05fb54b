#include "compiler/matrix/annotation_spec.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

std::string show(const AnnotationScope& scope) {
    static const char* const kNames[] = {"manifest", "manifest-descriptor", "index", "index-descriptor"};
    return std::string(kNames[static_cast<int>(scope.level)]) + (scope.platform ? "[" + format_platform(*scope.platform) + "]" : "");
}

std::string parsed(std::string_view name) {
    const auto annotation = parse_annotation(name, "value");
    if (!annotation) return annotation.error().message + (annotation.error().hint.empty() ? "" : " | " + annotation.error().hint);
    CHECK(annotation->value == "value");
    std::string out;
    for (const AnnotationScope& scope : annotation->scopes) out += show(scope) + " ";
    return out + "<" + annotation->key + ">";
}

}  // namespace

TEST_CASE("an annotation without a type is for the manifests") {
    CHECK(parsed("org.opencontainers.image.title") == "manifest <org.opencontainers.image.title>");
}

TEST_CASE("types, several of them, with platforms") {
    CHECK(parsed("index:a") == "index <a>");
    CHECK(parsed("index,manifest,manifest-descriptor,index-descriptor:a") == "index manifest manifest-descriptor index-descriptor <a>");
    CHECK(parsed("manifest[linux/amd64]:a") == "manifest[linux/amd64] <a>");
    CHECK(parsed("manifest-descriptor[linux/arm64/v8],index:a") == "manifest-descriptor[linux/arm64] index <a>");
    CHECK(parsed("manifest[linux/arm]:a") == "manifest[linux/arm/v7] <a>");
    CHECK(parsed("manifest:urn:a") == "manifest <urn:a>");
}

TEST_CASE("unknown types are refused, with the nearest or all of them") {
    CHECK(parsed("indx:a") == "annotation \"indx:a\": unknown type \"indx\" | did you mean \"index\"?");
    CHECK(parsed("urn:a") ==
          "annotation \"urn:a\": unknown type \"urn\" | the types are manifest, manifest-descriptor, index, index-descriptor; "
          "a key that has a colon is written manifest:KEY");
    CHECK(parsed("manifest,:a").starts_with("annotation \"manifest,:a\": unknown type \"\""));
    CHECK(parsed(":a").starts_with("annotation \":a\": unknown type \"\""));
}

TEST_CASE("platforms are whole, in brackets, and of a manifest") {
    CHECK(parsed("manifest[amd64]:a") ==
          "annotation \"manifest[amd64]:a\": \"[amd64]\" is no platform in brackets | write os/arch or os/arch/variant in brackets: "
          "manifest[linux/arm64]:KEY");
    for (const char* name : {"manifest[linux/amd64:a", "manifest[]:a", "manifest[:a", "manifest[linux/amd64]x:a"}) {
        CAPTURE(name);
        CHECK(parsed(name).find("is no platform in brackets") != std::string::npos);
    }
    CHECK(parsed("manifest[linux/a/b/c]:a").find("more than three parts") != std::string::npos);
    CHECK(parsed("index[linux/amd64]:a") ==
          "annotation \"index[linux/amd64]:a\": an index has no platform of its own | "
          "write index:KEY, or manifest[linux/amd64]:KEY for the image of one platform");
    CHECK(parsed("index-descriptor[linux/amd64]:a").find("no platform of its own") != std::string::npos);
}

TEST_CASE("a key has something to it, and no white space") {
    for (const char* name : {"", "index:", "a b", "manifest:\ta"}) {
        CAPTURE(name);
        CHECK(parsed(name).find("its key is empty or has white space") != std::string::npos);
    }
}
