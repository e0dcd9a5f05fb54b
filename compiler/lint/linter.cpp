#include "compiler/lint/linter.h"

#include "compiler/lint/syntax_rules.h"
#include "plans/base/format.h"

#include <algorithm>

namespace mabplan::compiler {

namespace {

std::string format_places(const std::vector<Finding>& findings) {
    std::string out;
    for (const Finding& finding : findings)
        out += format("  {}: {}: {}\n", format_place(finding.place), finding.about().name, finding.detail);
    return out;
}

// As the peer words it, with the places.
Error violation(const std::vector<Finding>& findings) {
    std::set<std::string_view> names;
    for (const Finding& finding : findings) names.insert(finding.about().name);
    Error error{ErrorKind::Input,       format("lint violation found for rules: {}", join(names, ", ")), findings.front().place, {}, {},
                format_places(findings)};
    error.hint = "`error=true` in the check settings makes these errors; a comment `# check=skip=RULE` above an instruction takes it out";
    return error;
}

}  // namespace

void Linter::begin(const PartialDockerfile& read, const std::optional<std::string>& settings) {
    File& file = files_[read.dockerfile.source];
    file = {};
    if (auto given = lint_settings_of(read.dockerfile.source, settings)) file.settings = *std::move(given);
    else if (const Error& error = given.error(); std::none_of(settings_errors_.begin(), settings_errors_.end(), [&](const Error& other) {
                 return format_error(other) == format_error(error);
             }))
        settings_errors_.push_back(error);
    for (SyntaxFinding& found : check_syntax(read)) {
        const LintSettings own =
            found.instruction == nullptr ? file.settings : with_comments(file.settings, found.instruction->line.comments);
        if (own.wants(rule_of(found.rule))) findings_.add({found.rule, std::move(found.detail), std::move(found.place), found.line});
    }
    if (read.errors.empty()) note_cross_compiling(read, file);
}

// Families without a --platform of their own, from which others copy, could be built where the build runs.
void Linter::note_cross_compiling(const PartialDockerfile& read, File& file) const {
    const auto graph = cut_stages(read.dockerfile);
    if (!graph) return;
    file.families = StageFamilies(*graph);
    for (const Stage& stage : graph->stages) {
        const From& from = std::get<From>(stage.from->body);
        const bool could =
            file.families.first_of(stage.number) == stage.number && from.platform.empty() && file.families.is_copied_from(stage.number);
        if (!could || !with_comments(file.settings, stage.from->line.comments).wants(rule_of(RuleId::EmulatedStageCouldCrossCompile)))
            continue;
        std::string detail = format(
            "Stage '{}' runs emulated, though others only copy from it: FROM --platform=$BUILDPLATFORM and a compiler for $TARGETARCH are "
            "faster",
            stage.display_name());
        file.could_cross_compile.insert(
            {stage.number, {RuleId::EmulatedStageCouldCrossCompile, std::move(detail), stage.from->place, stage.from->place.line}});
    }
}

void Linter::report(RuleId rule, const Sighting& at, std::string_view piece, std::string detail, Told told) {
    const Instruction& where = at.instruction;
    if (where.line.text.size() > kLongestSearchedLine) piece = {};
    LintSettings settings = files_[where.place.text].settings;
    if (told == Told::OfInstruction) settings = with_comments(std::move(settings), where.line.comments);
    if (settings.wants(rule_of(rule))) findings_.add({rule, std::move(detail), place_of(where, piece), where.place.line});
}

std::vector<Finding> Linter::findings() const { return findings_.sorted(); }

Errors Linter::errors() const {
    Errors errors = settings_errors_;
    std::map<SourceTextPtr, std::vector<Finding>> violations;
    for (Finding& finding : findings_.sorted()) {
        const auto file = files_.find(finding.place.text);
        const bool counts = file != files_.end() && file->second.settings.error && finding.about().origin == RuleOrigin::BuildKit;
        if (counts) violations[finding.place.text].push_back(std::move(finding));
    }
    for (const auto& [source, findings] : violations) errors.push_back(violation(findings));
    return errors;
}

}  // namespace mabplan::compiler
