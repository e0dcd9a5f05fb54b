// The rules that the text alone decides: casing, names, continuations, comments. Look at all stages. Do not know what a variable holds.
#pragma once

#include "compiler/dockerfile/parser.h"
#include "compiler/lint/rule.h"

#include <string>
#include <vector>

namespace mabplan::compiler {

// What a rule found, before it is asked whether anyone wants to know.
struct SyntaxFinding {
    RuleId rule;
    std::string detail;
    SourcePlace place;
    std::size_t line = 0;
    const Instruction* instruction = nullptr;  // whose comments may have settings; nothing for rules about the whole file
};

// In a file with mistakes only what stands above the first one is looked at, and not by rules about the whole file.
std::vector<SyntaxFinding> check_syntax(const PartialDockerfile& read);

}  // namespace mabplan::compiler
