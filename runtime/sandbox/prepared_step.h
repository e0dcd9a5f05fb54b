// A step with everything at hand that its child process needs: after the clone of a process with threads nothing may be allocated.
#pragma once

#include "plans/base/result.h"
#include "runtime/sandbox/prepared_mount.h"
#include "runtime/sandbox/sandbox.h"

#include <linux/filter.h>
#include <sys/types.h>

#include <cstddef>
#include <string>
#include <vector>

namespace mabplan::runtime {

enum class GroupsChange { Set, Impossible };  // Impossible: the namespace maps one gid, setgroups(2) is denied and nothing is to be set

struct MemoryRange {
    char* begin = nullptr;
    std::size_t bytes = 0;
};

struct PreparedStep {
    const SandboxSpec* spec = nullptr;  // outlives this
    std::string scratch_dir;
    std::string room;             // scratch_dir/room: what only lives as long as the step is made in a tmpfs mounted there
    std::vector<RoomLink> links;  // short names for the layers
    std::string overlay_options;  // in terms of these
    std::vector<PreparedMount> mounts;
    std::string room_size;              // bytes
    std::string hosts;                  // the text of /etc/hosts
    std::vector<std::string> programs;  // what argv[0] may be, in the order of PATH
    std::string searched_path;          // the PATH that was used
    std::vector<char*> argv;            // with the null at the end; into *spec
    std::vector<char*> env;
    std::vector<std::string> cwd_prefixes;  // "/a", "/a/b": the folders down to cwd; empty for "/"
    std::vector<ResourceLimit> limits;
    std::vector<gid_t> groups;
    GroupsChange groups_change = GroupsChange::Set;
    std::string ping_groups;      // "0 LAST": the ids that the namespace has, as ping_group_range (icmp(7)) takes them
    bool maps_tty_group = false;  // gid 5 exists in the namespace
    std::vector<sock_filter> seccomp;
    MemoryRange own_arguments;  // where the kernel shows this process's command line from; empty if it does not say
};

// Checks the spec and makes upper/, work/, room/ and, if there are none, stubs/ in scratch_dir.
Result<PreparedStep> prepare_step(const SandboxSpec& spec);

// The text of /etc/hosts, as BuildKit has it.
std::string hosts_text(const std::string& hostname, const std::vector<HostAddress>& extra);

}  // namespace mabplan::runtime
