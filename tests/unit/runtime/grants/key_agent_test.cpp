// Which files and sockets an agent can be made of, and that it leaves nothing behind.
#include "runtime/grants/key_agent.h"

#include "plans/base/format.h"
#include "runtime/sys/file.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

bool make_key(const std::string& path, const std::string& passphrase) {
    return std::system(format("ssh-keygen -q -t ed25519 -N '{}' -f {} >/dev/null 2>&1", passphrase, path).c_str()) == 0;
}

std::string error_of(KeyAgents& agents, const AgentSource& source) {
    const auto socket = agents.socket_of(source);
    REQUIRE_FALSE(socket);
    return socket.error().message + " | " + socket.error().hint;
}

std::vector<std::string> leftovers(const TemporaryDirectory& folder) {
    std::vector<std::string> names = list_names(folder.path()).value();
    std::erase_if(names, [](const std::string& name) { return !name.starts_with("keys-"); });
    return names;
}

}  // namespace

TEST_CASE("an agent for key files is one for its id, and gone with its folder at the end") {
    const TemporaryDirectory folder;
    if (!make_key(folder / "one", "") || !make_key(folder / "two", "")) return;  // no openssh-client
    KeyAgents agents(folder.path(), "");
    const AgentSource source{"default", {folder / "one", folder / "two"}};
    const auto socket = agents.socket_of(source);
    REQUIRE(socket);
    CHECK(agents.socket_of(source).value() == *socket);
    CHECK(agents.socket_of({"other", {folder / "one"}}).value() != *socket);
    agents.end();
    CHECK(leftovers(folder).empty());
}

TEST_CASE("a source that names nothing is the user's own agent") {
    KeyAgents agents("/nowhere", "/run/agent.sock");
    CHECK(agents.socket_of({"default", {}}).value() == "/run/agent.sock");
    KeyAgents none("/nowhere", "");
    CHECK(error_of(none, {"default", {}}) ==
          "the ssh agent \"default\": there is none, SSH_AUTH_SOCK is not set | start one: eval $(ssh-agent) && ssh-add");
}

TEST_CASE("what no agent can be made of is said before anything runs") {
    const TemporaryDirectory folder;
    KeyAgents agents(folder.path(), "");
    CHECK(error_of(agents, {"a", {folder / "none"}}).find("there is no socket or key file") != std::string::npos);
    CHECK(error_of(agents, {"a", {folder.path()}}).find("neither a socket nor a key file") != std::string::npos);
    if (!make_key(folder / "locked", "secret")) return;
    CHECK(error_of(agents, {"a", {folder / "locked"}}).find("needs a passphrase | put the key into an agent") != std::string::npos);
    CHECK(error_of(agents, {"a", {folder / "locked.pub"}}).find("is not a private key: ") != std::string::npos);
    CHECK(leftovers(folder).empty());
}
