// The compiler's intermediate forms as text for people and as JSON for programs: instructions, stages, ignore lists. One walk makes a
// JSON document; the text is that document on lines.
#pragma once

#include "compiler/dockerfile/ast.h"
#include "compiler/lower/arguments.h"
#include "compiler/stages/stage_graph.h"

#include <string>
#include <string_view>
#include <vector>

namespace mabplan::compiler {

enum class DumpForm { Text, Json };

// Every instruction with its lines and its parts, variables as written. What is empty is left out.
std::string dump_ast(const Dockerfile& dockerfile, DumpForm form);

// Every stage: number, name, lines, its base and the stages it needs, as far as the values of `global` tell.
std::string dump_stages(const StageGraph& graph, const GlobalArguments& global, char escape, DumpForm form);

// The patterns of an ignore file as they are compiled, and for each of the paths whether they exclude it. An Input error for a bad
// pattern.
Result<std::string> dump_ignore(const SourceTextPtr& source, const std::vector<std::string>& paths, DumpForm form);

}  // namespace mabplan::compiler
