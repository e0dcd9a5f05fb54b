// What is worth a word about a statement that can be read. Behind statement.h.
#pragma once

#include "compiler/dockerfile/statement.h"

#include <vector>

namespace mabplan::compiler {

void warn_about_blank_lines(const Statement& statement, std::vector<ParseWarning>& warnings);
// Arrays that are no JSON, here-documents with CR LF; of a trigger, too.
void warn_about_arguments(const Statement& statement, std::vector<ParseWarning>& warnings);

}  // namespace mabplan::compiler
