// A .dockerignore as patterns, its mistakes with their places. Knows one text; does not know where it lies or which of several counts.
#pragma once

#include "plans/base/source_text.h"
#include "plans/tree/pattern.h"

namespace mabplan::compiler {

// Input errors at the line of the pattern: bad syntax, a lone "!" (moby/patternmatcher, ignorefile).
Result<PatternList> parse_ignore_file(const SourceTextPtr& source);

}  // namespace mabplan::compiler
