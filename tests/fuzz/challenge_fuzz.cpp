// Any text as a WWW-Authenticate header. What is read is in the form that others count on; written canonically, it reads the same; and
// what comes behind a challenge does not change it.
#include "plans/base/text.h"
#include "runtime/registry/challenge.h"
#include "tests/fuzz/oracle.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using mabplan::runtime::Challenge;
using mabplan::runtime::parse_challenges;
using mabplan::tests::must;

// RFC 9110, section 5.6.2, in lower case.
bool is_token(std::string_view word) {
    constexpr std::string_view kToken = "abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~";
    return !word.empty() && word.find_first_not_of(kToken) == std::string_view::npos;
}

std::string written(const Challenge& challenge) {
    std::string text = challenge.scheme;
    const char* between = " ";
    for (const auto& [name, value] : challenge.parameters) {
        text += between + name + "=\"";
        for (const char c : value) text += (c == '"' || c == '\\' ? std::string("\\") : std::string()) + c;
        text += "\"";
        between = ", ";
    }
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string header(reinterpret_cast<const char*>(bytes), size);
    const std::vector<Challenge> challenges = parse_challenges(header);
    std::string canonical;
    for (const Challenge& challenge : challenges) {
        must(is_token(challenge.scheme), "a scheme is a token in lower case");
        for (const auto& [name, value] : challenge.parameters) {
            must(is_token(name), "the name of a parameter is a token in lower case");
            must(value.size() <= size, "a value is of the header");
        }
        canonical += (canonical.empty() ? "" : ", ") + written(challenge);
    }
    must(parse_challenges(canonical) == challenges, "what is written canonically reads the same");
    must(parse_challenges(mabplan::to_upper(canonical)).size() == challenges.size(), "case makes no other challenges");
    std::vector<Challenge> more = challenges;
    more.push_back({"basic", {{"realm", "x"}}});
    must(parse_challenges(canonical + ",basic realm=x") == more, "a challenge does not depend on what follows");
    return 0;
}
