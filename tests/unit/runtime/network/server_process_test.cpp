#include "runtime/network/server_process.h"

#include "tests/support/user_namespace.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <functional>

using namespace mabplan::runtime;
using std::chrono::milliseconds;

namespace {

// In a user namespace of its own: a namespace of processes needs rights. Skips where there is none to be had.
int in_child(const std::function<int()>& scenario) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(mabplan::tests::enter_user_namespace().empty() ? scenario() : 77);
    int status = 0;
    ::waitpid(child, &status, 0);
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (code == 77) MESSAGE("skipped: no user namespace");
    return code == 77 ? 0 : code;
}

// The write end of the pipe goes when the last process of the server has gone.
bool is_open(int read_end, milliseconds patience) {
    const auto end = std::chrono::steady_clock::now() + patience;
    ::fcntl(read_end, F_SETFL, O_NONBLOCK);
    char byte = 0;
    while (std::chrono::steady_clock::now() < end)
        if (::read(read_end, &byte, 1) == 0) return false;
    return true;
}

}  // namespace

TEST_CASE("what a server says before it ends is at hand, and a program that is not there is one that ended") {
    CHECK(in_child([] {
              auto server = ServerProcess::start({{"/bin/sh", "-c", "echo no tun >&2; exit 3"}, {}, ServerIds::Ours, -1});
              if (!server || !server->has_ended_within(milliseconds(5000)) || server->said() != "no tun\n") return 1;
              auto missing = ServerProcess::start({{"/nowhere/program"}, {}, ServerIds::Ours, -1});
              return missing && missing->has_ended_within(milliseconds(5000)) && missing->said() == "it could not be executed\n" ? 0 : 2;
          }) == 0);
}

TEST_CASE("a server may be one who sees no other ids") {
    CHECK(in_child([] {
              auto server = ServerProcess::start(
                  {{"/bin/sh", "-c", "tr -s ' ' </proc/self/uid_map >&2"}, {"PATH=/usr/bin:/bin"}, ServerIds::OneOfOurs, -1});
              return server && server->has_ended_within(milliseconds(5000)) && server->said() == " 0 0 1\n" ? 0 : 1;
          }) == 0);
}

TEST_CASE("a server ends with its owner, and all that it started") {
    CHECK(in_child([] {
              int ends[2];
              if (::pipe(ends) != 0) return 1;
              {
                  auto server = ServerProcess::start(
                      {{"/bin/sh", "-c", "(trap '' TERM HUP INT; sleep 600) & sleep 600"}, {}, ServerIds::Ours, ends[1]});
                  ::close(ends[1]);
                  if (!server || server->has_ended_within(milliseconds(200))) return 2;
                  if (!is_open(ends[0], milliseconds(50))) return 3;
              }
              return is_open(ends[0], milliseconds(5000)) ? 4 : 0;
          }) == 0);
}

TEST_CASE("a server ends when its owner is killed") {
    CHECK(in_child([] {
              int ends[2];
              if (::pipe(ends) != 0) return 1;
              const pid_t owner = ::fork();
              if (owner == 0) {
                  auto server = ServerProcess::start({{"/bin/sleep", "600"}, {}, ServerIds::Ours, ends[1]});
                  ::close(ends[1]);
                  if (server) static_cast<void>(server->has_ended_within(milliseconds(200)));
                  ::kill(::getpid(), SIGKILL);
              }
              ::close(ends[1]);
              ::waitpid(owner, nullptr, 0);
              return is_open(ends[0], milliseconds(5000)) ? 2 : 0;
          }) == 0);
}
