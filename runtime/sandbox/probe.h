// What this host can do for a build, found out by doing it in a child process: the substance of `mabplan doctor`.
#pragma once

#include <string>
#include <vector>

namespace mabplan::runtime {

struct Check {
    std::string name;  // "user namespaces", "emulator aarch64", …: stable
    bool ok = false;
    std::string detail;  // what was found
    std::string remedy;  // for a check that failed: the line that mends it
};

struct ProbeRequest {
    std::string store_dir;             // an existing folder of the store's file system; a temporary folder is made and removed in it
    std::vector<std::string> folders;  // where programs are looked for (PATH, split): emulators, and what connects networks
};

// Changes nothing in this process, which must not have started threads yet; it may or may not have entered a user namespace.
std::vector<Check> probe_host(const ProbeRequest& request);

}  // namespace mabplan::runtime
