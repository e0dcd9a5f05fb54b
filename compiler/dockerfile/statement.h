// One instruction as its line says it: keyword, flags, arguments cut by the rules of the keyword, heredocs. Does not check what an
// instruction means: any flag and any number of arguments pass, an unknown keyword too.
#pragma once

#include "compiler/dockerfile/ast.h"
#include "compiler/dockerfile/keywords.h"
#include "plans/base/result.h"

#include <optional>
#include <string>
#include <vector>

namespace mabplan::compiler {

struct FlagWord {
    std::string text;        // "--name[=value]", quotes and escapes removed
    std::size_t offset = 0;  // in the line's text
    std::size_t width = 0;   // as written
};

enum class ArgumentForm { Plain, Json };

struct Statement {
    SourceTextPtr source;
    LogicalLine line;
    std::string keyword;  // as written
    std::optional<Keyword> kind;
    std::vector<FlagWord> flags;
    std::string rest;  // behind the flags, trimmed
    std::size_t rest_offset = 0;
    std::vector<std::string> arguments;  // of all but ENV and LABEL; one for those that take a text
    ArgumentForm form = ArgumentForm::Plain;
    std::vector<NameValue> pairs;  // of ENV and LABEL
    PairForm pair_form = PairForm::Equals;
    std::vector<Heredoc> heredocs;
    std::vector<Statement> trigger;  // of ONBUILD: its instruction, or none
    std::size_t last_line = 0;       // with the heredocs

    // All lines, the caret on the keyword.
    SourcePlace place() const;
    // Of a piece of `rest`; of the whole statement if it does not stand there.
    SourcePlace place_of(std::string_view piece) const;
    SourcePlace place_of(const FlagWord& flag) const;

    SourcePlace place_at(std::size_t offset, std::size_t width) const;
    // Of some bytes in a part of `rest` (a view into it).
    SourcePlace place_in(std::string_view part, std::size_t offset, std::size_t width) const;

    Failure error(std::string message, std::string hint = {}) const;
    Failure error_at(std::string_view piece, std::string message, std::string hint = {}) const;
};

struct Statements {
    std::vector<Statement> list;
    std::vector<Directive> directives;
    char escape = '\\';
    std::vector<ParseWarning> warnings;
    Errors errors;
    bool has_from = false;  // also when its line could not be read
};

// Reads the whole text. What could not be read is in `errors`, the rest in `list`.
Statements read_statements(const SourceTextPtr& source);

}  // namespace mabplan::compiler
