// A socket that leads to another one: in both directions, for several at once, and closed when it ends.
#include "runtime/grants/agent_forward.h"

#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

Fd listen_at(const std::string& path) {
    Fd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
    const sockaddr_un address = address_of(path);
    REQUIRE(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(socket.get(), 8) == 0);
    return socket;
}

Fd connect_to(const std::string& path) {
    Fd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
    const sockaddr_un address = address_of(path);
    REQUIRE(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    return socket;
}

// A request to list keys, with the text behind it.
std::string request(const std::string& text) { return std::string("\0\0\0", 3) + static_cast<char>(text.size() + 1) + '\x0b' + text; }

void say(const Fd& socket, const std::string& text) {
    REQUIRE(::write(socket.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

std::string hear(const Fd& socket) {
    std::array<char, 64> buffer{};
    const ssize_t count = ::read(socket.get(), buffer.data(), buffer.size());
    return count > 0 ? std::string(buffer.data(), static_cast<std::size_t>(count)) : std::string();
}

}  // namespace

TEST_CASE("what one end says the other hears, also after it has said all") {
    const TemporaryDirectory folder;
    const Fd agent = listen_at(folder / "agent");
    const auto forward = AgentForward::start(folder.path(), "step", {0640, ::getuid(), ::getgid()}, folder / "agent");
    REQUIRE(forward);
    struct stat facts {};
    REQUIRE(::stat((folder / "step").c_str(), &facts) == 0);
    CHECK((facts.st_mode & 07777U) == 0640);
    const Fd probe(::accept(agent.get(), nullptr, nullptr));  // the connection that tried the agent out
    CHECK(hear(probe).empty());

    const Fd one = connect_to(folder / "step"), two = connect_to(folder / "step");
    say(one, request("from one"));
    const Fd one_there(::accept(agent.get(), nullptr, nullptr));
    const Fd two_there(::accept(agent.get(), nullptr, nullptr));
    CHECK(hear(one_there) == request("from one"));
    say(two, request("from two"));
    CHECK(hear(two_there) == request("from two"));
    say(one_there, "to one");
    CHECK(hear(one) == "to one");
    REQUIRE(::shutdown(two.get(), SHUT_WR) == 0);
    CHECK(hear(two_there).empty());
    say(two_there, "last");
    CHECK(hear(two) == "last");
}

TEST_CASE("an agent that is not there is an error at once") {
    const TemporaryDirectory folder;
    CHECK_FALSE(AgentForward::start(folder.path(), "step", {}, folder / "none"));
}
