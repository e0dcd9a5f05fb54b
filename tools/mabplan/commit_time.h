// When the commit was made that a folder of the user's is at: `reproducible: {source_date_epoch: git}`.
#pragma once

#include "plans/base/result.h"
#include "runtime/store/store.h"
#include "runtime/sys/stop.h"

#include <cstdint>
#include <string>

namespace mabplan::tools {

// Seconds since 1970. An Input error if the folder is in no repository, or that has no commit; an Environment error without the program
// git.
Result<std::uint64_t> commit_time(const std::string& folder, const runtime::Store& store, const runtime::Stop& stop);

}  // namespace mabplan::tools
