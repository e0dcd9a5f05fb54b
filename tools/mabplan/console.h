// What is said outside of a run, on standard error: errors, warnings, notes. Results go to standard output elsewhere.
#pragma once

#include "plans/base/error.h"
#include "runtime/log/text_style.h"

#include <string_view>

namespace mabplan::tools {

void print_error(const Error& error);
void print_warning(std::string_view text);
void print_note(std::string_view text);

// As environment and terminal have it.
runtime::Colours colours_of_standard_error();

}  // namespace mabplan::tools
