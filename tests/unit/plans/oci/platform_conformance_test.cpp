// Platform text, matching and order against the cases of tests/conformance/platforms.json (its "format" says what each kind means).
#include "plans/base/json.h"
#include "plans/oci/platform.h"
#include "plans/oci/platform_match.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

using namespace mabplan;

namespace {

const Platform kHost{"linux", "amd64", "", "", {}};

Platform read_platform(const Json& json) {
    return Platform{json.value("os", ""), json.value("architecture", ""), json.value("variant", ""), json.value("os_version", ""),
                    json.value("os_features", std::vector<std::string>{})};
}

std::string written(const Platform& platform, const std::string& form) {
    return form == "full" ? format_platform_full(platform) : format_platform(platform);
}

MatchRule rule_of(const std::string& matcher) {
    if (matcher == "only") return MatchRule::Compatible;
    return matcher == "only-os" ? MatchRule::SameOs : MatchRule::Exact;
}

void check_parse(const Json& entry) {
    const Result<Platform> parsed = parse_platform_as_written(entry["input"].get<std::string>(), kHost);
    REQUIRE(parsed.has_value() != entry.value("error", false));
    if (!parsed) return;
    CHECK(*parsed == read_platform(entry["platform"]));
    const std::string form = entry["format"];
    const std::string text = written(*parsed, form);
    CHECK(text == entry["formatted"].get<std::string>());
    CHECK(written(parse_platform_as_written(text, kHost).value(), form) == text);
    CHECK(platform_matches(MatchRule::Exact, *parsed, *parsed));
    for (const Json& other : entry["also_matches"]) CHECK(platform_matches(MatchRule::Exact, *parsed, read_platform(other)));
}

void check_format(const Json& entry) {
    const Platform platform = read_platform(entry["platform"]);
    const std::string text = written(platform, entry["format"]);
    CHECK(text == entry["formatted"].get<std::string>());
    if (!entry["round_trip"].get<bool>()) return;
    const Platform again = parse_platform_as_written(text, kHost).value();
    CHECK(again.os_version == platform.os_version);
    CHECK(again.os_features == platform.os_features);
}

void check_match(const Json& entry) {
    const Platform platform = parse_platform_as_written(entry["platform"].get<std::string>(), kHost).value();
    for (const Json& candidate : entry["candidates"]) {
        const std::string text = candidate["platform"];
        CAPTURE(text);
        const Platform offered = parse_platform_as_written(text, kHost).value();
        CHECK(platform_matches(rule_of(entry["matcher"]), platform, offered) == candidate["match"].get<bool>());
    }
}

void check_order(const Json& entry) {
    const Platform platform = parse_platform_as_written(entry["platform"].get<std::string>(), kHost).value();
    std::vector<std::string> given = entry["given"];
    const MatchRule rule = rule_of(entry["matcher"]);
    const auto rank = [&](const std::string& text) {
        return rank_platform(rule, platform, parse_platform_as_written(text, kHost).value());
    };
    std::stable_sort(given.begin(), given.end(), [&](const std::string& a, const std::string& b) { return rank(a) < rank(b); });
    CHECK(given == entry["sorted"].get<std::vector<std::string>>());
}

void check_cpu(const Json& entry) {
    const Result<std::string> version = arm_version(entry["machine"].get<std::string>());
    REQUIRE(version.has_value() != entry.value("error", false));
    if (version) CHECK(*version == entry["variant"].get<std::string>());
}

}  // namespace

TEST_CASE("platforms behave as containerd's") {
    std::ifstream file(MABPLAN_PLATFORM_CASES);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const Json set = parse_json(text, "platforms.json").value();
    REQUIRE(set["cases"].size() == 57);
    for (const Json& entry : set["cases"]) {
        const std::string id = entry["id"];
        const std::string kind = entry["kind"];
        CAPTURE(id);
        if (kind == "parse") check_parse(entry);
        else if (kind == "format") check_format(entry);
        else if (kind == "match") check_match(entry);
        else if (kind == "match-object")
            CHECK(platform_matches(MatchRule::Exact, read_platform(entry["platform"]), read_platform(entry["candidate"])) ==
                  entry["match"].get<bool>());
        else if (kind == "order") check_order(entry);
        else {
            REQUIRE(kind == "cpu-variant");
            check_cpu(entry);
        }
    }
}
