// Any bytes as what a step says to an ssh agent, in pieces of any size. What the agent gets is compared with an own reading of the
// frames: those that list keys and sign as they came, each other one as one request without a meaning, nothing behind what is none.
#include "runtime/grants/agent_requests.h"
#include "tests/fuzz/oracle.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using mabplan::tests::must;

struct Passed {
    std::string bytes;
    bool refused = false;
    bool operator==(const Passed&) const = default;
};

constexpr std::size_t kHeadBytes = 5;  // the length, and the type of the request, which counts with the body
constexpr std::size_t kMostBytes = 256U << 10U;

// draft-ietf-sshm-ssh-agent, section 3 and 5: 11 lists identities, 13 signs.
Passed expected(std::string_view said) {
    Passed passed;
    while (said.size() >= kHeadBytes) {
        std::size_t length = 0;
        for (const char byte : said.substr(0, 4)) length = length * 256 + static_cast<unsigned char>(byte);
        if (length == 0 || length > kMostBytes) return {passed.bytes, true};
        const std::string_view frame = said.substr(0, 4 + length);
        const bool allowed = said[4] == 11 || said[4] == 13;
        passed.bytes += allowed ? std::string(frame) : std::string("\0\0\0\1\xff", 5);
        said.remove_prefix(frame.size());
    }
    return passed;
}

Passed pass_in_pieces(std::string_view said, std::size_t piece) {
    mabplan::runtime::AgentRequests requests;
    Passed passed;
    for (std::size_t at = 0; at < said.size(); at += piece) {
        const auto more = requests.pass(said.substr(at, piece));
        if (!more) return {passed.bytes, true};
        passed.bytes += *more;
    }
    return passed;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view said(reinterpret_cast<const char*>(bytes), size);
    const Passed right = expected(said);
    must(pass_in_pieces(said, 1) == right, "byte by byte the agent gets what it may have");
    for (const std::size_t piece : {std::size_t{3}, std::size_t{7}, std::size_t{64}, std::max<std::size_t>(size, 1)}) {
        const Passed passed = pass_in_pieces(said, piece);
        must(passed.refused == right.refused, "what is no request is refused");
        // a piece that is refused takes the requests before it with it
        must(right.refused ? right.bytes.starts_with(passed.bytes) : passed.bytes == right.bytes, "the agent gets what it may have");
    }
    return 0;
}
