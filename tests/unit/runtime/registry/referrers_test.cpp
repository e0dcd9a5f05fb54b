// Where a list of referrers goes on. The rest is asked of servers: tests/e2e/referrers.sh.
#include "runtime/registry/referrers.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

// The target of the next page; "none", or why it is not followed.
std::string next_of(const std::vector<std::string>& links) {
    HttpResponse answer;
    for (const std::string& link : links) answer.headers.push_back({"link", link});
    const auto next = next_page(parse_url("https://reg.io:8443/v2/a/referrers/sha256:1").value(), answer);
    if (!next) return next.error().message;
    return *next ? format_url(**next) : "none";
}

}  // namespace

TEST_CASE("of several links the next one is followed, in whatever form it is written") {
    CHECK(next_of({}) == "none");
    CHECK(next_of({"</v2/x?n=2>; rel=\"next\""}) == "https://reg.io:8443/v2/x?n=2");
    CHECK(next_of({"</first>; rel=\"first\", </v2/x?a=1,2>; rel=next"}) == "https://reg.io:8443/v2/x?a=1,2");
    CHECK(next_of({"</first>; rel=first", "</second>; title=\"a, <b>; c\"; REL=\"last NEXT\""}) == "https://reg.io:8443/second");
    CHECK(next_of({"</prev>; rel=\"prev\""}) == "none");
    CHECK(next_of({"</x>; notrel=\"next\""}) == "none");
    CHECK(next_of({"nothing <"}) == "none");
}

TEST_CASE("a registry that calls itself by another scheme is the same one, another host is not") {
    CHECK(next_of({"<http://reg.io/v2/x?n=2>; rel=\"next\""}) == "https://reg.io:8443/v2/x?n=2");
    CHECK(next_of({"<https://evil.io/v2/x>; rel=\"next\""}) == "reg.io:8443 says that its list goes on at evil.io");
    CHECK(next_of({"<ftp://reg.io/x>; rel=\"next\""}).find("http") != std::string::npos);
}
