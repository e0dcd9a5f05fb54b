// A child process that stays in the old user namespace and writes the id maps of its parent, once the parent is in the new one: there
// the parent has no right over the old ids any more. Where newuidmap refuses, one id is mapped instead.
#pragma once

#include "plans/base/result.h"
#include "runtime/sandbox/namespace_refusal.h"
#include "runtime/sys/fd.h"
#include "runtime/sys/id_map.h"

#include <sys/types.h>

#include <string>
#include <vector>

namespace mabplan::runtime {

enum class MapWriter {
    Kernel,         // writes /proc/PID/uid_map itself
    SetuidPrograms  // lets newuidmap and newgidmap do it
};
enum class SetGroups { Keep, Deny };  // a single gid may only be mapped without privilege once setgroups is denied

struct MapOrder {
    MapWriter writer = MapWriter::Kernel;
    SetGroups set_groups = SetGroups::Keep;
    std::vector<IdRange> uids;  // the first of each is the caller himself as 0
    std::vector<IdRange> gids;
    std::string newuidmap;  // paths, for SetuidPrograms
    std::string newgidmap;
};

class MapHelper {
public:
    // Before the namespace is entered.
    static Result<MapHelper> start(const MapOrder& order);
    // After it is entered: returns when both maps are written. What newuidmap or newgidmap said, if one of them refused and the caller's
    // own ids are all that is to be counted on; else empty.
    Result<std::string> map_caller(const NamespaceFacts& facts);

    MapHelper(MapHelper&& other) noexcept;
    MapHelper& operator=(MapHelper&&) = delete;
    ~MapHelper();

private:
    MapHelper(pid_t pid, Fd go, Fd answer) : pid_(pid), go_(std::move(go)), answer_(std::move(answer)) {}
    void reap();

    pid_t pid_ = -1;
    Fd go_;      // a byte: the namespace is there
    Fd answer_;  // what went wrong, see the .cpp; nothing if all is well
};

}  // namespace mabplan::runtime
