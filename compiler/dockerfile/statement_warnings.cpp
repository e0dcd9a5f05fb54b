#include "compiler/dockerfile/statement_warnings.h"

#include "compiler/dockerfile/array_text.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>
#include <optional>

namespace mabplan::compiler {

namespace {

struct ArrayPlace {
    std::string_view text;  // of the statement's `rest`
    Otherwise otherwise;
};

// Where an array may stand, and what else may stand there.
std::optional<ArrayPlace> array_place(const Statement& statement) {
    if (!statement.kind || statement.form == ArgumentForm::Json) return std::nullopt;
    const std::string_view rest = statement.rest;
    switch (*statement.kind) {
        case Keyword::Cmd:
        case Keyword::Entrypoint:
        case Keyword::Run: return ArrayPlace{rest, Otherwise::Command};
        case Keyword::Healthcheck:
            return ArrayPlace{trim(rest.substr(std::min(rest.find_first_of(" \t"), rest.size()))), Otherwise::Command};
        case Keyword::Add:
        case Keyword::Copy: return ArrayPlace{rest, Otherwise::Pattern};
        case Keyword::Volume: return ArrayPlace{rest, Otherwise::Nothing};
        default: return std::nullopt;
    }
}

// A text that is meant as JSON and is none is read as words, as the language has it; where it breaks is worth a word.
void warn_about_array(const Statement& statement, std::vector<ParseWarning>& warnings) {
    const auto place = array_place(statement);
    if (!place || !means_array(place->text, place->otherwise)) return;
    const auto found = find_array_break(place->text);
    if (!found) return;
    const bool is_command = place->otherwise == Otherwise::Command;
    warnings.push_back({ParseWarningKind::BrokenArray,
                        statement.place_in(place->text, found->offset, found->width),
                        format("{} is {}, since its array is no JSON: {}", keyword_name(*statement.kind),
                               is_command ? "given to a shell" : "read as plain words, brackets and quotes included", found->expected),
                        {}});
}

void warn_about_heredocs(const Statement& statement, std::vector<ParseWarning>& warnings) {
    for (const Heredoc& heredoc : statement.heredocs) {
        if (heredoc.content.find("\r\n") == std::string::npos) continue;
        const bool is_script = statement.kind == Keyword::Run;
        warnings.push_back(
            {ParseWarningKind::CarriageReturns,
             statement.place_of(heredoc.name),
             format("The lines of the here-document {} end with CR LF: {}; save the file with LF alone", quoted(heredoc.name),
                    is_script ? "a shell takes the CR for a part of each command" : "the file that is made has them, too"),
             {}});
    }
}

}  // namespace

void warn_about_blank_lines(const Statement& statement, std::vector<ParseWarning>& warnings) {
    const LogicalLine& line = statement.line;
    if (!line.has_blank_line) return;
    warnings.push_back({ParseWarningKind::EmptyContinuation,
                        {statement.source, line.last_line, 0, 1, 0},
                        "Empty continuation line found in: " + line.text,
                        "A blank line inside a continued instruction is dropped; empty continuation lines will become errors in a "
                        "future release of the language"});
}

void warn_about_arguments(const Statement& statement, std::vector<ParseWarning>& warnings) {
    warn_about_array(statement, warnings);
    warn_about_heredocs(statement, warnings);
    for (const Statement& trigger : statement.trigger) warn_about_arguments(trigger, warnings);
}

}  // namespace mabplan::compiler
