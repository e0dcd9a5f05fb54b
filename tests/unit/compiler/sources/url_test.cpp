#include "compiler/sources/url.h"
#include "compiler/sources/url_escapes.h"
#include "plans/base/url_parts.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

std::string address(std::string_view text) {
    const auto url = Url::parse(text);
    return url ? url->address() : "no URL";
}

}  // namespace

TEST_CASE("a URL in its parts") {
    const auto url = Url::parse("HTTPS://ann:pw@host.example:8080/a%20b/c?x=1&y#part%201");
    REQUIRE(url);
    CHECK(url->scheme == "https");
    CHECK(url->user == "ann:pw");
    CHECK(url->host == "host.example:8080");
    CHECK(url->path == "/a b/c");
    CHECK(url->raw_path == "/a%20b/c");
    CHECK(url->query == "x=1&y");
    CHECK(url->fragment == "part 1");
    CHECK(url->address() == "https://ann:pw@host.example:8080/a%20b/c");
}

TEST_CASE("the parts may be missing") {
    CHECK(address("https://example.com") == "https://example.com");
    CHECK(address("https://example.com?x#y") == "https://example.com");
    CHECK(address("https://example.com/#a?b") == "https://example.com/");
    CHECK(Url::parse("https://example.com/#a?b")->fragment == "a?b");
    CHECK(address("/only/a/path") == "/only/a/path");
    CHECK(address("example.com/a:b") == "example.com/a:b");
    CHECK(address("file:///etc/x") == "file:///etc/x");
    CHECK(address("http://[::1]:80/x") == "http://[::1]:80/x");
    CHECK(address("http://host:/x") == "http://host:/x");
}

TEST_CASE("what must be escaped is, when the URL is written again") {
    CHECK(address("https://x/a b") == "https://x/a%20b");
    CHECK(address("https://x/a%41b") == "https://x/a%41b");
    CHECK(address("https://x/\xc3\xa4") == "https://x/%C3%A4");
    CHECK(address("https://x/a[1]!") == "https://x/a[1]!");
    CHECK(address("https://a%40b:c%3a@x/") == "https://a%40b:c%3A@x/");
}

TEST_CASE("what is no URL") {
    for (const char* text :
         {"", ":", "://x", "a:b", "mailto:ann@example.com", "https://x/%zz", "https://x/%4", "https://x/a#%", "https://x:port/",
          "https://a b/", "https://x\n/", "https://[::1/", "https://us er@x/", "https://h%41/", "https://h\x7f/"})
        CHECK_MESSAGE(!Url::parse(text), text);
}

TEST_CASE("words of a query") {
    CHECK(decode_query_word("a+b%2Bc") == "a b+c");
    CHECK(decode_query_word("%") == std::nullopt);
    CHECK(decode_percent("a+b") == "a+b");
}
