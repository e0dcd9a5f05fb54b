#include "plans/base/url_parts.h"

#include <doctest/doctest.h>

using namespace mabplan;

TEST_CASE("a URL is cut into its parts") {
    const UrlParts parts = cut_url("HTTPS://ann:p@w@host:8080/a%20b?x=1?y#part#2");
    CHECK(parts.scheme == "HTTPS");
    CHECK(parts.has_authority);
    CHECK(parts.has_user);
    CHECK(parts.user == "ann:p@w");
    CHECK(parts.host == "host:8080");
    CHECK(parts.path == "/a%20b");
    CHECK(parts.has_query);
    CHECK(parts.query == "x=1?y");
    CHECK(parts.fragment == "part#2");
}

TEST_CASE("parts that are not there") {
    CHECK(cut_url("https://host").path.empty());
    CHECK_FALSE(cut_url("https://host/#f").has_query);
    CHECK(cut_url("https://host/?").has_query);
    CHECK(cut_url("https://host?q@x").host == "host");
    CHECK_FALSE(cut_url("https://host/a@b").has_user);
    CHECK(cut_url("https://@host").has_user);
    const UrlParts mail = cut_url("mailto:x");
    CHECK(mail.scheme == "mailto");
    CHECK_FALSE(mail.has_authority);
    CHECK(mail.path == "x");
}

TEST_CASE("what is no scheme is path") {
    CHECK(cut_url("1a://x").scheme.empty());
    CHECK(cut_url("git@host:path").path == "git@host:path");
    CHECK(cut_url("//host/x").host == "host");
    CHECK_FALSE(cut_url("///x").has_authority);
    CHECK(cut_url("file:///x").has_authority);
    CHECK(cut_url("file:///x").path == "/x");
    CHECK(cut_url("").path.empty());
}

TEST_CASE("users and passwords are left out") {
    CHECK(without_user("https://ann:pw@host/x?y#z") == "https://host/x?y#z");
    CHECK(without_user("https://host/a@b") == "https://host/a@b");
    CHECK(without_user("https://@host") == "https://host");
    CHECK(without_user("git@host:path") == "git@host:path");
}

TEST_CASE("percent-encoding is decoded, or refused where it is none") {
    CHECK(decode_percent("%41b%2F") == "Ab/");
    CHECK_FALSE(decode_percent("%4"));
    CHECK_FALSE(decode_percent("100%"));
    CHECK_FALSE(decode_percent("%zz"));
}
