// From a statement to the typed instruction, one function per keyword: flags, counts and forms are checked here. Behind parser.h.
#pragma once

#include "compiler/dockerfile/statement.h"

namespace mabplan::compiler {

// The body of the instruction; its keyword must be known. The words of the messages are BuildKit's where tools look for them.
Result<InstructionBody> parse_body(const Statement& statement);

Result<InstructionBody> parse_from(const Statement& statement);
Result<InstructionBody> parse_arg(const Statement& statement);
Result<InstructionBody> parse_env(const Statement& statement);
Result<InstructionBody> parse_label(const Statement& statement);

Result<InstructionBody> parse_copy(const Statement& statement);
Result<InstructionBody> parse_add(const Statement& statement);

Result<InstructionBody> parse_run(const Statement& statement);
Result<InstructionBody> parse_cmd(const Statement& statement);
Result<InstructionBody> parse_entrypoint(const Statement& statement);
Result<InstructionBody> parse_shell(const Statement& statement);
Result<InstructionBody> parse_healthcheck(const Statement& statement);

Result<InstructionBody> parse_workdir(const Statement& statement);
Result<InstructionBody> parse_user(const Statement& statement);
Result<InstructionBody> parse_expose(const Statement& statement);
Result<InstructionBody> parse_volume(const Statement& statement);
Result<InstructionBody> parse_stopsignal(const Statement& statement);
Result<InstructionBody> parse_maintainer(const Statement& statement);
Result<InstructionBody> parse_onbuild(const Statement& statement);

// What several of them share.
Status refuse_flags(const Statement& statement);
Failure needs_argument(const Statement& statement);
// The text behind "# name " in the comments above, empty if there is none.
std::string find_description(const Statement& statement, const std::string& name);
// The command in the arguments from the given one on.
CommandLine command_line(const Statement& statement, std::size_t first_argument = 0);

}  // namespace mabplan::compiler
