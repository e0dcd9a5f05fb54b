// From the text of a Dockerfile to its syntax tree. All mistakes of the text are reported in one go.
#pragma once

#include "compiler/dockerfile/ast.h"
#include "plans/base/result.h"

namespace mabplan::compiler {

// What could be read of a text, and what is wrong with the rest: for those who look at both. With errors it may lack a FROM.
struct PartialDockerfile {
    Dockerfile dockerfile;
    Errors errors;  // in the order of the text
};
PartialDockerfile read_dockerfile(const SourceTextPtr& source);

// Input errors: unknown instructions, flags and options, wrong arguments, an instruction before the first FROM, no instruction at all.
Checked<Dockerfile> parse_dockerfile(const SourceTextPtr& source);

// A text with exactly one instruction of any kind, as an ONBUILD trigger has it in an image configuration. The escape character is
// the backslash unless the text says otherwise.
Checked<Instruction> parse_instruction(const SourceTextPtr& source);

}  // namespace mabplan::compiler
