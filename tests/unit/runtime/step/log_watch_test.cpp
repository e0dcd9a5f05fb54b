#include "runtime/step/log_watch.h"

#include <doctest/doctest.h>

using namespace mabplan::runtime;

TEST_CASE("a text is seen in whatever pieces it comes") {
    const std::string output = "a line\nan other wanted line\n";
    for (std::size_t size = 1; size <= output.size(); ++size) {
        LogWatch watch("wanted");
        for (std::size_t at = 0; at < output.size(); at += size) {
            CHECK(watch.was_seen() == (at >= output.find("wanted") + 6));
            watch.add(std::string_view(output).substr(at, size));
            if (at + size >= output.find("wanted") + 6) break;
        }
        CHECK(watch.was_seen());
    }
}

TEST_CASE("what is not whole is not seen") {
    LogWatch watch("wanted");
    for (const char* piece : {"want", "", "an ed", "wa", "nte", "\n", "d"}) watch.add(piece);
    CHECK_FALSE(watch.was_seen());
    watch.add("wan");
    watch.add("ted");
    watch.add("more");
    CHECK(watch.was_seen());
}
