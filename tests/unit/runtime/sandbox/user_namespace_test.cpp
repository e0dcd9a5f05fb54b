#include "runtime/sandbox/user_namespace.h"

#include "plans/base/format.h"
#include "runtime/sys/file.h"
#include "runtime/sys/id_map.h"
#include "runtime/sys/single_thread.h"
#include "tests/unit/runtime/sandbox/world.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <thread>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::runtime::tests;

namespace {

std::string tell_ids(const NamespaceIds& ids) {
    const char* mapping = ids.mapping == IdMapping::Identity ? "identity" : ids.mapping == IdMapping::Ranges ? "ranges" : "single";
    return format("{} uid={} gid={}", mapping, ::getuid(), ::getgid());
}

std::string enter_and_tell() {
    const Result<NamespaceIds> ids = enter_user_namespace();
    return ids ? tell_ids(*ids) : format_error(ids.error());
}

}  // namespace

TEST_CASE("root is root in its namespace, with every id onto itself") {
    for (const As who : everyone({As::Root})) {
        const std::string before = format("{}", count_ids(parse_id_map(read_file("/proc/self/uid_map").value_or(""))));
        CHECK(as_user(who, [&] {
                  const Result<NamespaceIds> ids = enter_user_namespace();
                  return ids ? format("{} {}", tell_ids(*ids), ids->uids) : format_error(ids.error());
              }) == "identity uid=0 gid=0 " + before);
    }
}

TEST_CASE("a user with ranges is root over them") {
    for (const As who : everyone({As::User})) {
        CHECK(as_user(who, [] {
                  const Result<NamespaceIds> ids = enter_user_namespace();
                  return ids ? format("{} {}", tell_ids(*ids), ids->uids > 1000 && ids->gids > 1000) : format_error(ids.error());
              }) == "ranges uid=0 gid=0 true");
    }
}

TEST_CASE("a user without ranges has one id, and the reason is told") {
    for (const As who : everyone({As::Lone})) {
        CHECK(as_user(who, [] {
                  const Result<NamespaceIds> ids = enter_user_namespace();
                  return ids ? format("{} {}: {}", tell_ids(*ids), ids->uids, ids->why_single) : format_error(ids.error());
              }) == "single uid=0 gid=0 1: the user daemon has no range in /etc/subuid: " + free_ranges("daemon"));
    }
}

TEST_CASE("it works again inside of such a namespace, with what that offers") {
    for (const As who : everyone()) {
        INFO(name_of(who));
        const std::string said = as_user(who, [] {
            const std::string first = enter_and_tell();
            return first + ", " + enter_and_tell();
        });
        CHECK(said == std::string(who == As::Root ? "identity" : "ranges") + " uid=0 gid=0, identity uid=0 gid=0");
    }
}

TEST_CASE("files can be given to the ids of the namespace, and look so inside") {
    for (const As who : everyone()) {
        INFO(name_of(who));
        CHECK(in_world(who, [](World& world) {
                  const std::string path = world.make_layer() + "/file";
                  if (!write_file(path, "x", 0644, Durability::Cached) || ::chown(path.c_str(), 1234, 65534) != 0)
                      return format("errno {}", errno);
                  struct stat facts {};
                  ::stat(path.c_str(), &facts);
                  return format("{}:{}", facts.st_uid, facts.st_gid);
              }) == "1234:65534");
    }
}

TEST_CASE("threads that are about to end are waited for") {
    for (const As who : everyone({As::User})) {
        const std::string said = as_user(who, [] {
            std::thread other([] { std::this_thread::sleep_for(std::chrono::milliseconds(200)); });
            std::string told = enter_and_tell();
            other.join();
            return told;
        });
        CHECK(said == "ranges uid=0 gid=0");
    }
}

TEST_CASE("a process with threads that stay is told so in time, or when it is stopped") {
    for (const As who : everyone({As::User})) {
        const std::string said = as_user(who, [] {
            std::atomic<bool> ends{false};
            std::thread other([&] {
                while (!ends) std::this_thread::sleep_for(std::chrono::milliseconds(5));
            });
            Stop stop;
            stop.interrupt();
            const auto ids = enter_user_namespace(&stop);
            std::string told = ids ? tell_ids(*ids) : format_error(ids.error());
            const auto alone = SingleThread::await(nullptr, std::chrono::milliseconds(50));
            told += alone ? std::string("one thread") : format_error(alone.error());
            ends = true;
            other.join();
            return told;
        });
        CHECK(said ==
              "error: interrupted\n"
              "error: a user namespace can only be entered by a process with one thread, and this one has 2\n"
              "  hint: they may wait for a name server that does not answer (/etc/resolv.conf): try again\n");
    }
}
