// The notation of the data set dockerfile-parser: one line per instruction, "(keyword [flags] arguments)".
#pragma once

#include "compiler/dockerfile/statement.h"

#include <string>

namespace mabplan::conformance {

std::string dump_statement(const compiler::Statement& statement);

}  // namespace mabplan::conformance
