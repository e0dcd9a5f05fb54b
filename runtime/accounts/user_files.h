// The files of a root file system that say who is who.
#pragma once

#include "runtime/accounts/user_lookup.h"
#include "runtime/snapshot/merged_view.h"

namespace mabplan::runtime {

// The contents of /etc/passwd and /etc/group that a root file system shows, symlinks resolved inside; empty where there are none, or where
// one is too large to be meant.
Result<UserFiles> read_user_files(MergedView& view);

}  // namespace mabplan::runtime
