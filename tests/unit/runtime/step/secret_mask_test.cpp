#include "runtime/step/secret_mask.h"

#include <doctest/doctest.h>

using namespace mabplan::runtime;

namespace {

// In pieces of every size.
std::string shown(const std::vector<std::string>& values, const std::string& text) {
    std::string whole;
    for (std::size_t size = 1; size <= text.size() + 1; ++size) {
        SecretMask mask(values);
        std::string out;
        for (std::size_t at = 0; at < text.size(); at += size) out += mask.pass(1, std::string_view(text).substr(at, size));
        out += mask.rest();
        if (whole.empty()) whole = out;
        CHECK(out == whole);
    }
    return whole;
}

}  // namespace

TEST_CASE("values are hidden wherever they stand") {
    CHECK(shown({"hunter2\n"}, "hunter2") == "***");
    CHECK(shown({"hunter2\n"}, "a hunter2, hunter2hunter2\nand hunter") == "a ***, ******\nand hunter");
    CHECK(shown({"aaab"}, "aaaaab aab") == "aa*** aab");
    CHECK(shown({"short", "shorter"}, "shorter short") == "*** ***");
    CHECK(shown({"other"}, "nothing of it") == "nothing of it");
}

TEST_CASE("long lines of a value are hidden too, short values are not") {
    CHECK(shown({"first line\nsecond line\nend\n"}, "second line / end") == "*** / end");
    CHECK(shown({"yes", "", "\n"}, "yes or no\n") == "yes or no\n");
}

TEST_CASE("streams do not touch each other") {
    SecretMask mask({"hunter2"});
    CHECK(mask.pass(1, "hun") == "");
    CHECK(mask.pass(2, "ter2") == "ter2");
    CHECK(mask.pass(1, "ter2 ") == "*** ");
    CHECK(mask.pass(2, "hunt") == "");
    CHECK(mask.rest() == "hunt");
}
