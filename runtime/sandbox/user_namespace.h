// The user and mount namespace in which mabplan does its work: root and everyone else take the same way in, so that a build by
// either sees the same owners. Knows nothing of steps and images.
#pragma once

#include "plans/base/result.h"
#include "runtime/sys/stop.h"

#include <cstdint>
#include <string>

namespace mabplan::runtime {

enum class IdMapping {
    Identity,   // root: every id that this process could use before, onto itself
    Ranges,     // 0 is the user, 1.. are the user's ranges in /etc/subuid and /etc/subgid
    SingleUid,  // 0 is the user and there is nobody else: chown, USER and setgroups to another id fail
};

enum class WhySingle {
    None,
    NoRange,      // the user has none, or mabplan was started where there is one id only
    RangeUnused,  // the user has ranges, but newuidmap or newgidmap is not there or fails: nobody expects that, so it is told
};

struct NamespaceIds {
    IdMapping mapping = IdMapping::SingleUid;
    std::uint64_t uids = 1;  // how many ids are mapped
    std::uint64_t gids = 1;
    WhySingle why = WhySingle::None;
    std::string why_single{};  // for SingleUid: the cause and what mends it
};

// Makes this process uid 0 and gid 0 in a user and mount namespace of its own (private propagation: nothing mounted here is seen
// outside). Once per process, which must have one thread: others are waited for, until `stop` says so (single_thread.h). A refusal by the
// host is an Environment error with cause and remedy.
Result<NamespaceIds> enter_user_namespace(const Stop* stop = nullptr);
// Whether this process could, tried by a child: a refusal that comes half way leaves nothing behind.
bool can_enter_user_namespace();

}  // namespace mabplan::runtime
