// How the rest of a line is cut into arguments, by keyword. Behind statement.h.
#pragma once

#include "compiler/dockerfile/statement.h"

namespace mabplan::compiler {

// Sets `arguments`, `form`, `pairs` and `pair_form` from `rest`. Errors: a JSON array of other things than strings where an array may
// stand; ENV and LABEL without a value.
Status fill_arguments(Statement& statement, char escape);

// The arguments of a COPY or ADD with heredocs: shell words, since "<< EOF" is one.
void cut_heredoc_arguments(Statement& statement);

}  // namespace mabplan::compiler
