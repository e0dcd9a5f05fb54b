// Makes the test process uid 0 of a user namespace with mounts of its own, as the runtime is when it works on layers.
// MABPLAN_TEST_UID=<uid> makes a root process that user first: then one id is mapped, else all are.
#pragma once

#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace mabplan::tests {

inline bool write_line(const std::string& path, const std::string& line) {
    std::ofstream file(path);
    file << line << std::flush;
    return file.good();
}

// Run by a child that stays outside: only from there may more than one id be mapped.
inline int map_ids(pid_t process, uid_t uid, gid_t gid) {
    const std::string folder = "/proc/" + std::to_string(process);
    const bool all = uid == 0;
    if (!all && !write_line(folder + "/setgroups", "deny")) return 1;
    if (!write_line(folder + "/uid_map", all ? "0 0 4294967295" : "0 " + std::to_string(uid) + " 1")) return 1;
    return write_line(folder + "/gid_map", all ? "0 0 4294967295" : "0 " + std::to_string(gid) + " 1") ? 0 : 1;
}

// What went wrong, empty if nothing did.
inline std::string enter_user_namespace() {
    if (const char* wanted = std::getenv("MABPLAN_TEST_UID"); wanted != nullptr && ::getuid() == 0) {
        const auto id = static_cast<uid_t>(std::stoul(wanted));
        if (::setresgid(id, id, id) != 0 || ::setresuid(id, id, id) != 0) return "cannot become another user";
        ::prctl(PR_SET_DUMPABLE, 1);  // or /proc/self would stay root's
    }
    const uid_t uid = ::getuid();
    const gid_t gid = ::getgid();
    int ready[2];
    if (::pipe(ready) != 0) return "no pipe";
    const pid_t outer = ::getpid();
    const pid_t helper = ::fork();
    if (helper == 0) {
        char byte = 0;
        ::close(ready[1]);
        ::_exit(::read(ready[0], &byte, 1) == 1 ? map_ids(outer, uid, gid) : 1);
    }
    const bool unshared = ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
    if (unshared && ::write(ready[1], "x", 1) != 1) return "the helper does not listen";
    ::close(ready[0]);
    ::close(ready[1]);
    int status = 0;
    ::waitpid(helper, &status, 0);
    if (!unshared) return "the kernel refuses user namespaces";
    if (status != 0) return "the ids cannot be mapped";
    return ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 ? "" : "the mounts cannot be made private";
}

}  // namespace mabplan::tests
