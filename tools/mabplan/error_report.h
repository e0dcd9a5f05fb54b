// How a verb ends that can't go on: its errors on standard error, and the exit code.
#pragma once

#include "plans/base/result.h"

namespace mabplan::tools {

// Prints the errors; the exit code of the first, 0 if there is none.
int report(const Errors& errors);
int report(const Error& error);
int report(const Status& done);

}  // namespace mabplan::tools
