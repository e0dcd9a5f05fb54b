#include "tests/conformance/sets.h"

#include "compiler/dockerfile/heredoc.h"
#include "compiler/dockerfile/statement.h"

namespace mabplan::conformance {

namespace {

using namespace mabplan::compiler;

Outcome check_document(const Json& one) {
    const Statements statements = read_statements(std::make_shared<SourceText>("Dockerfile", text_of(one, "dockerfile")));
    if (!statements.errors.empty()) return compare_error(one, statements.errors[0].message);
    Json instructions = Json::array();
    for (const Statement& statement : statements.list) {
        Json heredocs = Json::array();
        for (const Heredoc& each : (statement.trigger.empty() ? statement : statement.trigger[0]).heredocs)
            heredocs.push_back(
                {{"name", each.name}, {"content", each.content}, {"expand", each.expand}, {"chomp", each.chomp}, {"fd", each.fd}});
        instructions.push_back({{"heredocs", heredocs}});
    }
    if (wants_error(one)) return missing_error(instructions);
    return compare(one.at("instructions"), instructions);
}

Outcome check_word(const Json& one) {
    const auto heredoc = parse_heredoc_word(text_of(one, "word"));
    if (!heredoc) return compare_error(one, heredoc.error().message);
    const Json obtained{{"heredoc", heredoc->has_value()}, {"name", *heredoc ? Json((*heredoc)->name) : Json()}};
    if (wants_error(one)) return missing_error(obtained);
    return compare({{"heredoc", one.at("heredoc")}, {"name", member_of(one, "name")}}, obtained);
}

Outcome check_line(const Json& one) {
    const auto heredocs = find_heredocs(text_of(one, "line"));
    if (!heredocs) return compare_error(one, heredocs.error().message);
    Json names = Json::array();
    for (const Heredoc& each : *heredocs) names.push_back(each.name);
    return compare(one.at("names"), names);
}

}  // namespace

Outcome check_heredoc(const Json& one) {
    const std::string kind = text_of(one, "kind");
    if (kind == "document") return check_document(one);
    if (kind == "word") return check_word(one);
    if (kind == "line") return check_line(one);
    if (kind == "chomp") return compare(one.at("chomped"), remove_leading_tabs(text_of(one, "content")));
    return skipped("unknown kind " + kind);
}

}  // namespace mabplan::conformance
