// SARIF 2.1.0: Static Analysis Results Interchange Format (OASIS standard), sections 3.14 run, 3.27 result, 3.30 region, 3.49 rule.
#include "compiler/lint/report_formats.h"

#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/url_parts.h"

namespace mabplan::compiler {

namespace {

constexpr const char* kSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
constexpr const char* kErrorRule = "CannotBuild";  // every result has a rule, errors too

bool stands_for_itself(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~/").find(c) != std::string_view::npos;
}

// A path as a URI reference (RFC 3986): relative to where the program was started, or with a scheme.
std::string uri_of(std::string_view path) { return (path.starts_with('/') ? "file://" : "") + encode_percent(path, stands_for_itself); }

OrderedJson location_of(const SourcePlace& place) {
    OrderedJson physical{{"artifactLocation", {{"uri", uri_of(place.text->name())}}}};
    if (const auto region = region_of(place)) {
        OrderedJson out{{"startLine", region->line}};
        if (region->column > 0) out["startColumn"] = region->column;
        out["endLine"] = region->end_line;
        if (region->column > 0) out["endColumn"] = region->end_column;
        physical["region"] = std::move(out);
    }
    return {{"physicalLocation", std::move(physical)}};
}

OrderedJson rule_table() {
    OrderedJson rules = OrderedJson::array();
    for (const Rule& rule : all_rules()) {
        OrderedJson one{{"id", rule.name}, {"shortDescription", {{"text", rule.description}}}};
        if (!rule.url.empty()) one["helpUri"] = rule.url;
        one["defaultConfiguration"] = {{"enabled", rule.use != RuleUse::OnRequest}, {"level", "warning"}};
        one["properties"] = {{"tags", OrderedJson::array({rule.origin == RuleOrigin::Own ? "mabplan" : "buildkit"})}};
        rules.push_back(std::move(one));
    }
    rules.push_back({{"id", kErrorRule},
                     {"shortDescription", {{"text", "What was asked for can't be built"}}},
                     {"defaultConfiguration", {{"level", "error"}}}});
    return rules;
}

OrderedJson result_of(std::string_view rule, std::size_t index, std::string_view level, const std::string& text, const SourcePlace* place) {
    OrderedJson result{{"ruleId", rule}, {"ruleIndex", index}, {"level", level}, {"message", {{"text", text}}}};
    if (place != nullptr && place->text) result["locations"] = OrderedJson::array({location_of(*place)});
    return result;
}

}  // namespace

std::string sarif_report(const LintReport& report) {
    OrderedJson results = OrderedJson::array();
    for (const Finding& finding : report.findings)
        results.push_back(
            result_of(finding.about().name, static_cast<std::size_t>(finding.rule), "warning", finding.detail, &finding.place));
    for (const Error& error : report.errors) {
        std::string text = error.hint.empty() ? error.message : format("{} ({})", error.message, error.hint);
        if (!error.detail.empty()) text += "\n" + error.detail;
        results.push_back(result_of(kErrorRule, all_rules().size(), "error", text, error.place ? &*error.place : nullptr));
    }
    const OrderedJson run{{"tool", {{"driver", {{"name", "mabplan"}, {"rules", rule_table()}}}}},
                          {"columnKind", "unicodeCodePoints"},
                          {"results", std::move(results)}};
    return dump_json_pretty(OrderedJson{{"$schema", kSchema}, {"version", "2.1.0"}, {"runs", OrderedJson::array({run})}});
}

}  // namespace mabplan::compiler
