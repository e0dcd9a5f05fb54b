// errno as an Error: what was done, to which path, and the exit code it means.
#pragma once

#include "plans/base/result.h"

#include <string>
#include <string_view>

namespace mabplan::runtime {

// "cannot <doing> "<path>": <strerror>". ENOSPC, EDQUOT, EROFS, EMFILE, ENFILE, ENOMEM and EIO are Environment errors with a hint;
// the rest is of kind `otherwise`.
Failure system_error(int number, std::string_view doing, std::string_view path, ErrorKind otherwise = ErrorKind::Environment);

}  // namespace mabplan::runtime
