#include "compiler/dockerfile/statement.h"

#include "compiler/dockerfile/flag_words.h"
#include "compiler/dockerfile/shell_words.h"
#include "compiler/dockerfile/statement_arguments.h"
#include "compiler/dockerfile/statement_warnings.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>

namespace mabplan::compiler {

namespace {

constexpr std::string_view kKeywordEnd = " \t\v\f\r";

// The keyword, the flags and the trimmed rest of a line; for ONBUILD the same of its trigger, one level deep.
Result<Statement> cut_statement(const SourceTextPtr& source, LogicalLine line, char escape) {
    Statement statement;
    statement.source = source;
    statement.line = std::move(line);
    statement.last_line = statement.line.last_line;
    const std::string_view text = statement.line.text;
    const std::size_t end = std::min(text.find_first_of(kKeywordEnd), text.size());
    statement.keyword = text.substr(0, end);
    statement.kind = find_keyword(statement.keyword);
    FlagCut cut = cut_flags(text, end, escape);
    statement.flags = std::move(cut.flags);
    statement.rest_offset = std::min(cut.rest, text.size());
    statement.rest = trim(text.substr(statement.rest_offset));
    MABPLAN_CHECK(fill_arguments(statement, escape));
    return statement;
}

Status add_trigger(Statement& statement, char escape) {
    if (statement.kind != Keyword::Onbuild || statement.rest.empty()) return {};
    MABPLAN_TRY(trigger, cut_statement(statement.source, statement.line.from(statement.rest_offset), escape));
    statement.trigger.push_back(std::move(trigger));
    return {};
}

bool can_open_heredocs(const Statement& statement) {
    if (statement.form == ArgumentForm::Json) return false;
    return statement.kind == Keyword::Run || statement.kind == Keyword::Copy || statement.kind == Keyword::Add;
}

Status collect_heredocs(Statement& statement, LineReader& reader) {
    Statement& owner = statement.trigger.empty() ? statement : statement.trigger[0];
    if (!can_open_heredocs(owner) || owner.line.text.find("<<") == std::string::npos) return {};
    auto heredocs = find_heredocs(owner.line.text);
    if (!heredocs) return fail(std::move(heredocs).error().at(statement.place()));
    for (Heredoc& heredoc : *heredocs) {
        auto body = reader.heredoc_body(heredoc.name, heredoc.chomp);
        statement.last_line = reader.line_number();
        if (!body) return pass(std::move(body).error());
        if (!*body)
            return statement.error(format("unterminated heredoc: no line is {} alone", quoted(heredoc.name)),
                                   heredoc.chomp ? "" : "<<- allows tabs before the closing line, << does not");
        heredoc.content = **std::move(body);
    }
    owner.last_line = statement.last_line;
    owner.heredocs = *std::move(heredocs);
    if (owner.kind != Keyword::Run && !owner.heredocs.empty()) cut_heredoc_arguments(owner);
    return {};
}

Result<Statement> read_statement(const SourceTextPtr& source, LogicalLine line, LineReader& reader, Statements& statements) {
    MABPLAN_TRY(statement, cut_statement(source, std::move(line), reader.escape()));
    MABPLAN_CHECK(add_trigger(statement, reader.escape()));
    warn_about_blank_lines(statement, statements.warnings);
    MABPLAN_CHECK(collect_heredocs(statement, reader));
    warn_about_arguments(statement, statements.warnings);
    return statement;
}

Status check_text(const SourceTextPtr& source) {
    const std::string& content = source->content();
    if (content.size() > kMaxDockerfileBytes)
        return input_error({source, 0, 0, 1, 0},
                           format("the Dockerfile has {} bytes, at most {} are read", content.size(), kMaxDockerfileBytes));
    const std::size_t nul = content.find('\0');
    if (nul == std::string::npos) return {};
    const auto line = 1 + static_cast<std::size_t>(std::count(content.begin(), content.begin() + static_cast<std::ptrdiff_t>(nul), '\n'));
    return input_error({source, line, 0, 1, 0}, "a NUL byte stands here: this is no text in UTF-8");
}

}  // namespace

SourcePlace Statement::place() const {
    SourcePlace place = line.place(source, 0, keyword.size());
    place.first_line = line.first_line;
    place.last_line = last_line;
    return place;
}

SourcePlace Statement::place_of(std::string_view piece) const {
    const std::size_t found = line.find(piece, rest_offset);
    return found == std::string::npos ? place() : place_at(found, piece.size());
}

SourcePlace Statement::place_of(const FlagWord& flag) const { return place_at(flag.offset, flag.width); }

// The caret on a part, the lines those of all of the statement.
SourcePlace Statement::place_at(std::size_t offset, std::size_t width) const {
    SourcePlace place = line.place(source, offset, width);
    place.first_line = line.first_line;
    place.last_line = last_line;
    return place;
}

SourcePlace Statement::place_in(std::string_view part, std::size_t offset, std::size_t width) const {
    return place_at(rest_offset + static_cast<std::size_t>(part.data() - rest.data()) + offset, width);
}

Failure Statement::error(std::string message, std::string hint) const { return input_error(place(), std::move(message), std::move(hint)); }

Failure Statement::error_at(std::string_view piece, std::string message, std::string hint) const {
    return input_error(place_of(piece), std::move(message), std::move(hint));
}

Statements read_statements(const SourceTextPtr& source) {
    Statements statements;
    if (auto checked = check_text(source); !checked) {
        statements.errors.push_back(std::move(checked).error());
        return statements;
    }
    LineReader reader(source);
    while (true) {
        auto line = reader.next();
        if (line && !*line) break;
        if (!line) {
            statements.errors.push_back(std::move(line).error());
            continue;
        }
        const std::string_view text = (*line)->text;
        statements.has_from |= find_keyword(text.substr(0, text.find_first_of(kKeywordEnd))) == Keyword::From;
        auto statement = read_statement(source, **std::move(line), reader, statements);
        if (statement) statements.list.push_back(*std::move(statement));
        else statements.errors.push_back(std::move(statement).error());
    }
    statements.directives = reader.directives();
    statements.escape = reader.escape();
    if (statements.list.empty() && statements.errors.empty())
        statements.errors.push_back({ErrorKind::Input, "file with no instructions", SourcePlace{source, 0, 0, 1, 0}, {}, {}, {}});
    return statements;
}

}  // namespace mabplan::compiler
