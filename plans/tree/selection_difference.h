// What changed between two selections of files, of which nothing is left but their canonical texts (selection.h). For people.
#pragma once

#include "plans/base/result.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan {

// As describe_difference says it of listings, source by source: "main.c: content". The first `limit`, then a line that says how many there
// are more. An Input error if one of the texts is not what write_selection writes.
Result<std::vector<std::string>> describe_selection_difference(std::string_view before, std::string_view now, std::size_t limit = 10);

}  // namespace mabplan
