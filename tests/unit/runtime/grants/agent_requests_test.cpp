// What a step may ask of an agent, however the bytes are cut into pieces.
#include "runtime/grants/agent_requests.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace std::string_literals;

namespace {

std::string request(char type, const std::string& body) { return "\0\0\0"s + static_cast<char>(body.size() + 1) + type + body; }
const std::string kRefused = "\0\0\0\1\xff"s;

std::string pass_in_pieces(const std::string& bytes, std::size_t piece) {
    AgentRequests requests;
    std::string passed;
    for (std::size_t at = 0; at < bytes.size(); at += piece) passed += requests.pass(std::string_view(bytes).substr(at, piece)).value();
    return passed;
}

}  // namespace

TEST_CASE("listing and signing pass, all else becomes a request without meaning in its place") {
    const std::string list = request(11, ""), sign = request(13, "key and data"), add = request(17, "a key"), forget = request(19, ""),
                      extend = request(27, "x");
    const std::string said = list + add + sign + forget + extend + list;
    for (const std::size_t piece : {1U, 2U, 3U, 5U, 7U, 1000U})
        CHECK(pass_in_pieces(said, piece) == list + kRefused + sign + kRefused + kRefused + list);
}

TEST_CASE("what is no request is an error") {
    CHECK_FALSE(AgentRequests().pass("\0\0\0\0\x0b"s));
    CHECK_FALSE(AgentRequests().pass("GET / HTTP/1.1\r\n"));
}
