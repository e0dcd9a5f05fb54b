#include "tests/conformance/sets.h"

#include "plans/tree/pattern.h"

namespace mabplan::conformance {

namespace {

std::vector<std::string> patterns_of(const Json& one) { return one.at("patterns").get<std::vector<std::string>>(); }

Outcome check_match(const Json& one) {
    const auto list = PatternList::compile(patterns_of(one));
    if (!list) return compare_error(one, list.error().message);
    const bool matched = list->matches(text_of(one, "path"));
    if (wants_error(one)) return missing_error(matched);
    return compare(one.at("match"), matched);
}

Outcome check_clean(const Json& one) {
    const auto list = PatternList::compile(patterns_of(one));
    if (!list) return compare_error(one, list.error().message);
    if (wants_error(one)) return missing_error(list->patterns());
    if (one.contains("count")) return compare(one.at("count"), list->patterns().size());
    return compare(one.at("has_exclusions"), list->has_exceptions());
}

}  // namespace

Outcome check_ignore_patterns(const Json& one) {
    const std::string kind = text_of(one, "kind");
    if (kind == "match") return check_match(one);
    if (kind == "clean") return check_clean(one);
    if (kind == "ignorefile") return compare(one.at("patterns"), read_ignore_lines(text_of(one, "content")));
    if (kind == "compile") return skipped("how a pattern is compiled is our own business");
    return skipped("unknown kind " + kind);
}

}  // namespace mabplan::conformance
