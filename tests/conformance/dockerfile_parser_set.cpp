#include "tests/conformance/sets.h"
#include "tests/conformance/statement_dump.h"

#include "compiler/dockerfile/shell_words.h"
#include "compiler/dockerfile/statement.h"

namespace mabplan::conformance {

namespace {

using namespace mabplan::compiler;

std::string text_of_parts(const Json& one) {
    if (!one.contains("dockerfile_parts")) return text_of(one, "dockerfile");
    std::string text;
    for (const Json& part : one.at("dockerfile_parts")) {
        text += text_of(part, "text");
        for (std::int64_t i = 0; i < find_integer(part, "count").value_or(0); ++i) text += text_of(part, "repeat");
    }
    return text;
}

Json dump(const Statements& statements) {
    Json lines = Json::array();
    for (const Statement& statement : statements.list) lines.push_back(dump_statement(statement));
    return lines;
}

Outcome check_lines(const Json& one, const Statements& statements) {
    Json lines = Json::array();
    for (const Statement& each : statements.list) lines.push_back({each.line.first_line, each.last_line});
    if (one.contains("instructions") && one.at("instructions") != lines) return compare(one.at("instructions"), lines);
    return compare(one.at("range"), {lines.front().front(), lines.back().back()});
}

bool contains_all(const std::string& text, const Json& parts) {
    for (const Json& part : parts)
        if (text.find(part.get<std::string>()) == std::string::npos) return false;
    return true;
}

Outcome check_warnings(const Json& one, const Statements& statements) {
    const Json wanted = one.at("warnings");
    Json obtained = Json::array();
    for (const ParseWarning& each : statements.warnings) obtained.push_back({{"text", each.message}, {"detail", each.detail}});
    bool same = wanted.size() == obtained.size();
    for (std::size_t i = 0; same && i < wanted.size(); ++i)
        same = contains_all(text_of(obtained[i], "text"), member_of(wanted[i], "text_contains")) &&
               contains_all(text_of(obtained[i], "detail"), member_of(wanted[i], "detail_contains"));
    return same ? passed() : compare(wanted, obtained);
}

Outcome check_pairs(const Json& one) {
    const std::string text = text_of(one, "instruction") + " " + text_of(one, "text");
    const Statements statements = read_statements(std::make_shared<SourceText>("Dockerfile", text));
    if (!statements.errors.empty()) return compare_error(one, statements.errors[0].message);
    Json nodes = Json::array();
    for (const NameValue& pair : statements.list.at(0).pairs) {
        nodes.push_back(pair.name);
        nodes.push_back(pair.value);
        nodes.push_back(statements.list[0].pair_form == PairForm::Equals ? "=" : "");
    }
    if (wants_error(one)) return missing_error(nodes);
    return compare(one.at("nodes"), nodes);
}

}  // namespace

Outcome check_dockerfile_parser(const Json& one) {
    const std::string kind = text_of(one, "kind");
    if (kind == "words") return compare(one.at("words"), split_words(text_of(one, "text"), '\\'));
    if (kind == "name-value") return check_pairs(one);
    const Statements statements = read_statements(std::make_shared<SourceText>("Dockerfile", text_of_parts(one)));
    if (kind == "error" && statements.errors.empty()) return missing_error(dump(statements));
    if (kind == "error")
        return compare_error({{"error", one.contains("error") ? one.at("error") : Json(true)}}, statements.errors[0].message);
    if (!statements.errors.empty()) return failed("failed: " + statements.errors[0].message);
    if (kind == "dump") return compare(one.at("dump"), dump(statements));
    if (kind == "lines") return check_lines(one, statements);
    if (kind == "warnings") return check_warnings(one, statements);
    return skipped("unknown kind " + kind);
}

}  // namespace mabplan::conformance
