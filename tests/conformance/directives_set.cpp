#include "tests/conformance/sets.h"

#include "compiler/dockerfile/directives.h"

namespace mabplan::conformance {

namespace {

using namespace mabplan::compiler;

Outcome check_all(const Json& one) {
    Json found = Json::array();
    for (const Directive& each : read_directives(text_of(one, "text"))) found.push_back({{"name", each.name}, {"value", each.value}});
    return compare(one.at("directives"), found);
}

Outcome check_one(const Json& one, const std::optional<Directive>& found) {
    Json obtained{{"found", found.has_value()}};
    if (found) {
        obtained["value"] = first_word(*found);
        obtained["full_value"] = found->value;
        obtained["line"] = found->line;
        obtained["end_line"] = found->line;
    }
    Json wanted;
    Json compared;
    for (const char* key : {"found", "value", "full_value", "line", "end_line"}) {
        if (!one.contains(key)) continue;
        wanted[key] = one.at(key);
        compared[key] = member_of(obtained, key);
    }
    return compare(wanted, compared);
}

}  // namespace

Outcome check_directives(const Json& one) {
    const std::string kind = text_of(one, "kind");
    const std::string text = text_of(one, "text");
    if (kind == "all") return check_all(one);
    if (kind == "syntax") return check_one(one, find_syntax(text));
    if (kind == "directive") return check_one(one, find_directive(text, text_of(one, "name")));
    return skipped("unknown kind " + kind);
}

}  // namespace mabplan::conformance
