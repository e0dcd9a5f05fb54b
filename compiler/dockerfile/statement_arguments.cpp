#include "compiler/dockerfile/statement_arguments.h"

#include "compiler/dockerfile/array_text.h"
#include "compiler/dockerfile/shell_words.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

namespace mabplan::compiler {

namespace {

constexpr std::string_view kBlanks = "\t\v\f\r ";

std::vector<std::string> cut_at_blanks(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(kBlanks), text.size());
        if (end > 0) words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

// True if the text is an array of strings: then it is the arguments.
Result<bool> take_array(Statement& statement, std::string_view text) {
    auto array = parse_string_array(text);
    if (!array && array.error() == ArrayProblem::NotStrings) {
        const auto found = find_array_break(text);
        SourcePlace place = found ? statement.place_in(text, found->offset, found->width) : statement.place_of(text);
        return input_error(std::move(place), "a JSON array must have strings only", "put each element in double quotes");
    }
    if (!array) return false;
    statement.form = ArgumentForm::Json;
    for (std::string& word : *array) statement.arguments.push_back(std::move(word));
    return true;
}

Status take_array_or_list(Statement& statement) {
    MABPLAN_TRY(is_array, take_array(statement, statement.rest));
    if (!is_array) statement.arguments = cut_at_blanks(statement.rest);
    return {};
}

Status take_array_or_text(Statement& statement, std::string_view text) {
    if (text.empty()) return {};
    MABPLAN_TRY(is_array, take_array(statement, text));
    if (!is_array) statement.arguments.emplace_back(text);
    return {};
}

Status take_healthcheck(Statement& statement) {
    const std::string_view rest = statement.rest;
    if (rest.empty()) return {};
    const std::size_t end = std::min(rest.find_first_of(kBlanks), rest.size());
    statement.arguments.emplace_back(rest.substr(0, end));
    return take_array_or_text(statement, trim(rest.substr(end)));
}

// "NAME value…": the value is all that follows, quotes and blanks as they are.
Status take_legacy_pair(Statement& statement) {
    const std::string_view rest = statement.rest;
    const std::size_t end = rest.find_first_of(kBlanks);
    const std::string name = to_upper(statement.keyword);
    if (end == std::string_view::npos)
        return statement.error_at(rest, format("{} must have two arguments", name), format("write {} {}=value", name, rest));
    const std::size_t value = std::min(rest.find_first_not_of(kBlanks, end), rest.size());
    statement.pair_form = PairForm::Legacy;
    statement.pairs.push_back({std::string(rest.substr(0, end)), std::string(rest.substr(value))});
    return {};
}

Status take_pairs(Statement& statement, char escape) {
    const std::vector<std::string> words = split_words(statement.rest, escape);
    if (words.empty()) return {};
    if (words[0].find('=') == std::string::npos) return take_legacy_pair(statement);
    for (const std::string& word : words) {
        const std::size_t equals = word.find('=');
        if (equals == std::string::npos)
            return statement.error_at(word, format("{} is no name=value", quoted(word)), "a value with blanks must be in quotes");
        statement.pairs.push_back({word.substr(0, equals), word.substr(equals + 1)});
    }
    return {};
}

void take_text(Statement& statement) {
    if (!statement.rest.empty()) statement.arguments = {statement.rest};
}

}  // namespace

Status fill_arguments(Statement& statement, char escape) {
    if (!statement.kind) return {};
    switch (*statement.kind) {
        case Keyword::Add:
        case Keyword::Copy:
        case Keyword::Volume: return take_array_or_list(statement);
        case Keyword::Cmd:
        case Keyword::Entrypoint:
        case Keyword::Run:
        case Keyword::Shell: return take_array_or_text(statement, statement.rest);
        case Keyword::Healthcheck: return take_healthcheck(statement);
        case Keyword::Env:
        case Keyword::Label: return take_pairs(statement, escape);
        case Keyword::Arg: statement.arguments = split_words(statement.rest, escape); return {};
        case Keyword::Expose:
        case Keyword::From: statement.arguments = cut_at_blanks(statement.rest); return {};
        case Keyword::Maintainer:
        case Keyword::Onbuild:
        case Keyword::StopSignal:
        case Keyword::User:
        case Keyword::Workdir: take_text(statement); return {};
    }
    return {};
}

void cut_heredoc_arguments(Statement& statement) {
    auto words = expand_words(statement.rest, NoVariables(), {'\\', Quotes::Keep, Escapes::Keep, UnsetVariables::Keep});
    if (words) statement.arguments = *std::move(words);  // it is one: the heredocs were found in it
}

}  // namespace mabplan::compiler
