#include "compiler/sources/remote_file.h"

#include <doctest/doctest.h>

using namespace mabplan::compiler;

TEST_CASE("files of the web are http URLs that name no git repository") {
    for (const char* text :
         {"http://example.com/a", "https://example.com/a.tar.gz", "https://example.com/a.git/", "https://example.com/%zz.git"})
        CHECK_MESSAGE(is_http_source(text), text);
    for (const char* text : {"https://example.com/a.git", "https://example.com/a.git#v1", "https://example.com/a.git?bad=1",
                             "git@example.com:a", "ftp://example.com/a", "HTTP://example.com/a", "http:/a", "a"})
        CHECK_MESSAGE(!is_http_source(text), text);
}

TEST_CASE("the name of a file of the web") {
    CHECK(remote_file_name("https://example.com/dir/a.tar.gz?x=/y#/z") == "a.tar.gz");
    CHECK(remote_file_name("https://example.com/dir/") == "dir");
    CHECK(remote_file_name("https://example.com/a%20b") == "a b");
    CHECK(remote_file_name("https://example.com/a%2Fb") == "b");
    for (const char* text : {"https://example.com", "https://example.com/", "https://example.com//", "https://example.com/.",
                             "https://example.com/a/..", "https://example.com/%zz", "https://example.com/a%00b"})
        CHECK_MESSAGE(remote_file_name(text) == "__unnamed__", text);
}
