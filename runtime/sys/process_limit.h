// How many processes and threads may be started here, and which of the bounds is reached: read when the system gives no more of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace mabplan::runtime {

struct ProcessLimit {
    std::string file;  // the pids.max that says so
    std::uint64_t most = 0;
    std::uint64_t has = 0;
};

// Of the control groups that this process is in, the one whose bound (pids.max) is reached, in a system below `root`.
std::optional<ProcessLimit> reached_group_limit(const std::string& root = "");

// As many open files as the hard limit allows, but no more than are ever needed: the soft one is 1024 at most places.
void raise_file_limit();

// Memory that was freed is kept for what is needed next: buffers of some MiB come and go, and the kernel clears each page that it gives,
// which on virtual machines costs more than what is done with it. Before threads start.
void keep_freed_memory();

// What to do where a thread or a process can't be started, for the hint of an error.
std::string advise_process_limit();

}  // namespace mabplan::runtime
