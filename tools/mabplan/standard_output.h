// What a verb answers goes to standard output, and an answer that did not arrive is an error: a full disk, a closed descriptor.
#pragma once

#include "plans/base/result.h"

#include <string_view>

namespace mabplan::tools {

// First of all: a standard descriptor that is closed would be given to the next file that is opened, and written into. Reading from it
// gives nothing then, writing standard output fails, standard error goes nowhere.
void occupy_standard_descriptors();

// An answer, or a part of one.
void put_out(std::string_view text);

// Last of all. An Environment error if anything that was written to standard output is lost.
Status finish_standard_output();

}  // namespace mabplan::tools
