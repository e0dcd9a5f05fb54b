#include "tests/conformance/sets.h"

#include "plans/oci/platform.h"
#include "plans/oci/platform_match.h"

#include <algorithm>

namespace mabplan::conformance {

namespace {

const Platform kHost{"linux", "amd64", "", "", {}};  // what the data assumes

Platform read_platform(const Json& json) {
    return Platform{text_of(json, "os"), text_of(json, "architecture"), text_of(json, "variant"), text_of(json, "os_version"),
                    json.value("os_features", std::vector<std::string>{})};
}

Result<Platform> parse(const std::string& text) { return parse_platform_as_written(text, kHost); }

std::string written(const Platform& platform, const std::string& form) {
    return form == "full" ? format_platform_full(platform) : format_platform(platform);
}

MatchRule rule_of(const std::string& matcher) {
    if (matcher == "only") return MatchRule::Compatible;
    return matcher == "only-os" ? MatchRule::SameOs : MatchRule::Exact;
}

Json dump(const Platform& platform) {
    return Json{{"os", platform.os},
                {"architecture", platform.architecture},
                {"variant", platform.variant},
                {"os_version", platform.os_version},
                {"os_features", platform.os_features}};
}

Outcome check_parse(const Json& one) {
    const Result<Platform> parsed = parse(text_of(one, "input"));
    if (!parsed) return compare_error(one, parsed.error().message);
    if (wants_error(one)) return missing_error(dump(*parsed));
    const Platform wanted = read_platform(one.at("platform"));
    if (*parsed != wanted) return compare(dump(wanted), dump(*parsed));
    const std::string form = text_of(one, "format");
    const std::string text = written(*parsed, form);
    const Result<Platform> again = parse(text);
    if (text != text_of(one, "formatted") || !again || written(*again, form) != text) return compare(one.at("formatted"), text);
    for (const Json& other : one.at("also_matches"))
        if (!platform_matches(MatchRule::Exact, *parsed, read_platform(other))) return failed("does not match " + dump_json(other));
    return passed();
}

Outcome check_format(const Json& one) {
    const Platform platform = read_platform(one.at("platform"));
    const std::string text = written(platform, text_of(one, "format"));
    if (text != text_of(one, "formatted")) return compare(one.at("formatted"), text);
    if (!one.at("round_trip").get<bool>()) return passed();
    const Result<Platform> again = parse(text);
    const bool same = again && again->os_version == platform.os_version && again->os_features == platform.os_features;
    return same ? passed() : failed("is not read back: " + text);
}

Outcome check_match(const Json& one) {
    const Result<Platform> platform = parse(text_of(one, "platform"));
    Json obtained = Json::array();
    for (Json candidate : one.at("candidates")) {
        const Result<Platform> offered = parse(text_of(candidate, "platform"));
        candidate["match"] = platform && offered && platform_matches(rule_of(text_of(one, "matcher")), *platform, *offered);
        obtained.push_back(std::move(candidate));
    }
    return compare(one.at("candidates"), obtained);
}

Outcome check_match_object(const Json& one) {
    const Platform platform = read_platform(one.at("platform"));
    return compare(one.at("match"), platform_matches(MatchRule::Exact, platform, read_platform(one.at("candidate"))));
}

Outcome check_order(const Json& one) {
    const Platform wanted = parse(text_of(one, "platform")).value_or(Platform{});
    const MatchRule rule = rule_of(text_of(one, "matcher"));
    const auto rank = [&](const std::string& text) { return rank_platform(rule, wanted, parse(text).value_or(Platform{})); };
    auto given = one.at("given").get<std::vector<std::string>>();
    std::stable_sort(given.begin(), given.end(), [&](const std::string& a, const std::string& b) { return rank(a) < rank(b); });
    return compare(one.at("sorted"), given);
}

Outcome check_cpu_variant(const Json& one) {
    const Result<std::string> version = arm_version(text_of(one, "machine"));
    if (!version) return compare_error(one, version.error().message);
    return wants_error(one) ? missing_error(*version) : compare(one.at("variant"), *version);
}

}  // namespace

Outcome check_platforms(const Json& one) {
    const std::string kind = text_of(one, "kind");
    if (kind == "parse") return check_parse(one);
    if (kind == "format") return check_format(one);
    if (kind == "match") return check_match(one);
    if (kind == "match-object") return check_match_object(one);
    if (kind == "order") return check_order(one);
    if (kind == "cpu-variant") return check_cpu_variant(one);
    return skipped("unknown kind");
}

}  // namespace mabplan::conformance
