// Locks on files (flock(2)) that are waited for as long as it takes. Does not know what they are for.
#pragma once

#include "plans/base/result.h"
#include "runtime/sys/fd.h"

#include <string>

namespace mabplan::runtime {

// LOCK_SH or LOCK_EX. `path`: for messages.
Status hold_lock(const Fd& file, int operation, const std::string& path);
// Makes the file (mode 0600) where there is none. A descriptor of its own: threads of one process take turns as well. The lock ends with
// it.
Result<Fd> lock_file(const std::string& path, int operation);

}  // namespace mabplan::runtime
