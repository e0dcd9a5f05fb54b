// Comma-separated fields (RFC 4180, one record): the values of --mount and --device.
#pragma once

#include "plans/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace mabplan::compiler {

// A field in double quotes may hold commas, and "" for a quote. Errors: a quote inside of a plain field, one that is never closed.
Result<std::vector<std::string>> split_fields(std::string_view text);

}  // namespace mabplan::compiler
