#include "runtime/http/url.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

std::string resolved(const std::string& location) {
    const Url base = parse_url("https://reg.io:8443/v2/a/blobs/x?y=1").value();
    const Result<Url> url = resolve_url(base, location);
    return url ? format_url(*url) : url.error().message;
}

}  // namespace

TEST_CASE("addresses are read strictly") {
    CHECK(parse_url("HTTPS://Reg.IO/v2/?a=b#frag").value() == Url{"https", "reg.io", 443, "/v2/?a=b"});
    CHECK(parse_url("http://[::1]:5000").value() == Url{"http", "[::1]", 5000, "/"});
    CHECK(parse_url("http://h?q").value().target == "/?q");
    CHECK(parse_url("ftp://h/x").error().message == "\"ftp://h/x\" is not an address that is asked: only http and https are");
    CHECK(parse_url("http://user:secret@h/").error().message.find("it names a user") != std::string::npos);
    for (const char* bad : {"http://", "http:///x", "http://h:0/", "http://h:99999/", "http://h:x/", "http://h/a b", "http://h/\r\nX: y",
                            "http://[::zz]/", "http://a\\b/", "//h/x", "file:///etc/passwd", "http://h%41/"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_url(bad));
    }
    CHECK(shown_url(parse_url("https://h/blob?sig=secret").value()) == "https://h/blob");
}

TEST_CASE("a location is resolved against the address that named it") {
    CHECK(resolved("https://cdn.io/x?sig=1") == "https://cdn.io/x?sig=1");
    CHECK(resolved("/up") == "https://reg.io:8443/up");
    CHECK(resolved("next?u=http://z") == "https://reg.io:8443/v2/a/blobs/next?u=http://z");
    CHECK(resolved("?n=2") == "https://reg.io:8443/v2/a/blobs/x?n=2");
    CHECK(resolved("//other/x") == "https://other/x");
}

TEST_CASE("a query is begun, or goes on") {
    Url url = parse_url("https://h/token").value();
    add_query(url, "service=a");
    add_query(url, "scope=b");
    CHECK(url.target == "/token?service=a&scope=b");
}

TEST_CASE("private addresses in all their spellings") {
    for (const char* host :
         {"localhost",         "a.localhost",       "127.0.0.1",  "127.9.9.9", "10.1.2.3", "172.16.0.1", "192.168.1.1",
          "169.254.169.254",   "100.64.0.1",        "0.0.0.0",    "[::1]",     "[::]",     "[fe80::1]",  "[fd00::1]",
          "[::ffff:10.0.0.1]", "[64:ff9b::7f00:1]", "2130706433", "0x7f.1",    "127.1",    "10.0.0.1.",  "017700000001"}) {
        CAPTURE(host);
        CHECK(is_private(host));
    }
    for (const char* host : {"registry.io", "8.8.8.8", "172.32.0.1", "[2001:db8::1]", "10.example.com", "[64:ff9b::808:808]"}) {
        CAPTURE(host);
        CHECK_FALSE(is_private(host));
    }
}
