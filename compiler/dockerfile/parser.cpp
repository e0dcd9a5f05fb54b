#include "compiler/dockerfile/parser.h"

#include "compiler/dockerfile/instruction_parsers.h"
#include "compiler/dockerfile/statement.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>

namespace mabplan::compiler {

namespace {

Result<Instruction> parse_statement(const Statement& statement) {
    MABPLAN_TRY(body, parse_body(statement));
    Instruction instruction{std::move(body), statement.keyword, statement.place(), statement.line, {}};
    for (const FlagWord& flag : statement.flags) instruction.flags.push_back(flag.text);
    return instruction;
}

void sort_by_line(Errors& errors) {
    std::stable_sort(errors.begin(), errors.end(),
                     [](const Error& a, const Error& b) { return (a.place ? a.place->line : 0) < (b.place ? b.place->line : 0); });
}

Error no_stage_error(const Statement& statement) {
    return statement.error("no build stage in current context", "only ARG may stand before the first FROM").value();
}

// All statements as instructions; what is wrong goes to `errors`.
std::vector<Instruction> parse_statements(const Statements& statements, Errors& errors) {
    std::vector<Instruction> instructions;
    for (const Statement& statement : statements.list) {
        auto instruction = parse_statement(statement);
        if (instruction) instructions.push_back(*std::move(instruction));
        else errors.push_back(std::move(instruction).error());
    }
    return instructions;
}

// What stands before the first FROM and is no ARG. One error tells of all.
void check_first_stage(const Statements& statements, Errors& errors) {
    for (const Statement& statement : statements.list) {
        if (statement.kind == Keyword::From) return;
        if (!statement.kind || statement.kind == Keyword::Arg) continue;
        errors.push_back(no_stage_error(statement));
        return;
    }
    if (errors.empty() && !statements.has_from)
        errors.push_back({ErrorKind::Input, "the Dockerfile has no stage: no line is a FROM", statements.list[0].place(), {}, {}, {}});
}

}  // namespace

PartialDockerfile read_dockerfile(const SourceTextPtr& source) {
    Statements statements = read_statements(source);
    Errors errors = std::move(statements.errors);
    std::vector<Instruction> instructions = parse_statements(statements, errors);
    if (!statements.list.empty()) check_first_stage(statements, errors);
    sort_by_line(errors);
    return {{source, std::move(statements.directives), statements.escape, std::move(instructions), std::move(statements.warnings)},
            std::move(errors)};
}

Checked<Dockerfile> parse_dockerfile(const SourceTextPtr& source) {
    PartialDockerfile read = read_dockerfile(source);
    if (!read.errors.empty()) return tl::unexpected(std::move(read.errors));
    return std::move(read.dockerfile);
}

Checked<Instruction> parse_instruction(const SourceTextPtr& source) {
    Statements statements = read_statements(source);
    Errors errors = std::move(statements.errors);
    std::vector<Instruction> instructions = parse_statements(statements, errors);
    if (errors.empty() && instructions.size() > 1)
        errors.push_back({ErrorKind::Input, "one instruction is expected, a second one stands here", instructions[1].place, {}, {}, {}});
    sort_by_line(errors);
    if (!errors.empty()) return tl::unexpected(std::move(errors));
    return std::move(instructions[0]);
}

std::string instruction_name(const Instruction& instruction) { return to_upper(instruction.keyword); }

SourcePlace place_of(const Instruction& instruction, std::string_view piece) {
    const std::size_t found = instruction.line.find(piece, instruction.keyword.size());
    if (found == std::string::npos) return instruction.place;
    SourcePlace place = instruction.line.place(instruction.place.text, found, piece.size());
    place.first_line = instruction.place.line;
    place.last_line = instruction.place.last_line;
    return place;
}

}  // namespace mabplan::compiler
