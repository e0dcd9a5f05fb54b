// Workflow commands of GitHub Actions: lines that its runner turns into annotations.
#include "compiler/lint/report_formats.h"

#include "plans/base/format.h"
#include "plans/base/url_parts.h"

namespace mabplan::compiler {

namespace {

enum class Part { Message, Property };

// A message ends at the line, a property also at ":" and ",": what would end it is written as in a URL, and so is "%".
std::string escape(std::string_view text, Part part) {
    return encode_percent(text, [part](char c) {
        const bool ends = c == '%' || c == '\r' || c == '\n' || (part == Part::Property && (c == ':' || c == ','));
        return !ends;
    });
}

std::string command(std::string_view name, const SourcePlace* place, std::string_view title, std::string_view message) {
    std::string properties;
    if (place != nullptr && place->text) {
        properties += format("file={},", escape(place->text->name(), Part::Property));
        if (const auto region = region_of(*place)) {
            properties += format("line={},endLine={},", region->line, region->end_line);
            if (region->column > 0) properties += format("col={},endColumn={},", region->column, region->end_column);
        }
    }
    return format("::{} {}title={}::{}\n", name, properties, escape(title, Part::Property), escape(message, Part::Message));
}

}  // namespace

std::string github_report(const LintReport& report) {
    std::string out;
    for (const Finding& finding : report.findings) {
        const std::string_view url = finding.about().url;
        out +=
            command("warning", &finding.place, finding.about().name, url.empty() ? finding.detail : format("{}\n{}", finding.detail, url));
    }
    for (const Error& error : report.errors) {
        std::string text = error.message;
        for (const std::string* more : {&error.detail, &error.hint})
            if (!more->empty()) text += "\n" + *more;
        out += command("error", error.place ? &*error.place : nullptr, "mabplan", text);
    }
    return out;
}

}  // namespace mabplan::compiler
