#include "compiler/lint/report.h"

#include "compiler/lint/report_formats.h"
#include "plans/base/format.h"
#include "plans/base/json.h"

namespace mabplan::compiler {

namespace {

// Details repeat words of the file: nothing in them may steer a terminal.
std::string visible(std::string_view text) {
    std::string out;
    for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    return out;
}

std::string count_text(std::size_t count, std::string_view what) { return format("{} {}{}", count, what, count == 1 ? "" : "s"); }

std::string text_report(const LintReport& report) {
    std::string out;
    for (const Finding& finding : report.findings) {
        out += format("{}: warning: {}: {}\n{}  {}\n", format_place(finding.place), finding.about().name, visible(finding.detail),
                      format_excerpt(finding.place), finding.about().description);
        if (!finding.about().url.empty()) out += format("  {}\n", finding.about().url);
        out += '\n';
    }
    for (const Error& error : report.errors) out += format_error(error) + '\n';
    if (report.findings.empty() && report.errors.empty()) return "nothing found\n";
    return out + format("{}, {}\n", count_text(report.findings.size(), "warning"), count_text(report.errors.size(), "error"));
}

void add_region(Json& out, const SourcePlace& place) {
    const auto region = region_of(place);
    if (place.text) out["file"] = place.text->name();
    if (!region) return;
    out["line"] = region->line;
    out["end_line"] = region->end_line;
    if (region->column == 0) return;
    out["column"] = region->column;
    out["end_column"] = region->end_column;
}

std::string json_report(const LintReport& report) {
    Json findings = Json::array();
    for (const Finding& finding : report.findings) {
        const Rule& rule = finding.about();
        Json one{{"rule", rule.name},
                 {"origin", rule.origin == RuleOrigin::Own ? "mabplan" : "buildkit"},
                 {"description", rule.description},
                 {"url", rule.url},
                 {"detail", finding.detail},
                 {"instruction_line", finding.line}};
        add_region(one, finding.place);
        findings.push_back(std::move(one));
    }
    Json errors = Json::array();
    for (const Error& error : report.errors) {
        Json one{{"kind", error_kind_name(error.kind)}, {"message", error.message}};
        if (!error.detail.empty()) one["detail"] = error.detail;
        if (!error.hint.empty()) one["hint"] = error.hint;
        if (error.place) add_region(one, *error.place);
        errors.push_back(std::move(one));
    }
    return dump_json_pretty(Json{{"findings", std::move(findings)}, {"errors", std::move(errors)}});
}

}  // namespace

std::string format_finding(const Finding& finding) {
    return format("{}: {}: {}", format_place(finding.place), finding.about().name, visible(finding.detail));
}

std::string write_report(const LintReport& report, ReportFormat format) {
    switch (format) {
        case ReportFormat::Text: return text_report(report);
        case ReportFormat::Json: return json_report(report);
        case ReportFormat::Sarif: return sarif_report(report);
        case ReportFormat::GitHub: return github_report(report);
    }
    return {};
}

}  // namespace mabplan::compiler
