// MABPLAN_TEST_UID=<uid> makes a test that root started that user's, before it makes anything.
#pragma once

#include <grp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace mabplan::tests {

// Ends the process where that is refused.
inline void become_test_user() {
    const char* wanted = std::getenv("MABPLAN_TEST_UID");
    if (wanted == nullptr || ::getuid() != 0) return;
    const auto id = static_cast<uid_t>(std::stoul(wanted));
    if (::setgroups(0, nullptr) != 0 || ::setresgid(id, id, id) != 0 || ::setresuid(id, id, id) != 0) std::exit(99);
    ::prctl(PR_SET_DUMPABLE, 1);  // or /proc/self would stay root's
}

}  // namespace mabplan::tests
