// binfmt_misc: the kernel's table of which emulator runs programs of which machine (admin-guide/binfmt-misc.rst). Since Linux 6.7 each
// user namespace may have a table of its own.
#pragma once

#include "plans/base/result.h"
#include "runtime/sandbox/machine.h"
#include "runtime/sys/fd.h"

#include <span>
#include <string>
#include <string_view>

namespace mabplan::runtime {

struct BinfmtHandler {
    const Machine* machine = nullptr;
    std::string entry;        // its name in the table: a new one
    std::string interpreter;  // absolute path, or one in the working folder: it is opened once, now
};

enum class PrivateTable { Mounted, NotOffered };  // NotOffered: a kernel before 6.7, or without binfmt_misc

// Mounts a table of this user namespace at /proc/sys/fs/binfmt_misc, seen by this mount namespace and its copies only.
Result<PrivateTable> mount_private_binfmt();
enum class HandlerTrial { Runs, RunsNot };
// Enters a handler into the mounted table, before those that it has for the same machine, and sees whether a program of the machine runs
// by it; if not it is removed again.
Result<HandlerTrial> register_handler(const BinfmtHandler& handler);
// The same of a handler that nothing may depend on: it is not tried, and what does not work is left.
void register_untried(const BinfmtHandler& handler);
// A handler that was registered: it can be removed by this whatever else can be had then. Those before it count again.
Result<Fd> open_handler(const std::string& entry);
void remove_handler(const Fd& handler);

// The flags of the text of /proc/sys/fs/binfmt_misc/NAME: "POCF"; empty if the entry is disabled.
std::string parse_binfmt_flags(std::string_view entry);
// Does the host's own table run programs of this machine inside of any root (flag F)? An Environment error says what is missing.
Status check_host_handler(const Machine& machine);

}  // namespace mabplan::runtime
