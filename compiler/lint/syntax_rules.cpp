#include "compiler/lint/syntax_rules.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace mabplan::compiler {

namespace {

enum class Casing { Lower, Upper, Mixed };

Casing casing_of(std::string_view word) {
    if (word == to_lower(word)) return Casing::Lower;
    return word == to_upper(word) ? Casing::Upper : Casing::Mixed;
}

class SyntaxCheck {
public:
    std::vector<SyntaxFinding> run(const PartialDockerfile& read);

private:
    void check_from(const Instruction& at, const From& from);
    void check_description(const Instruction& at, std::string_view instruction, const std::vector<std::string>& names);
    void check_alone(const Instruction& at);
    void check_warning(const ParseWarning& warning, const Dockerfile& dockerfile);
    void check_casing(const Dockerfile& dockerfile);
    void check_stage_names(const Dockerfile& dockerfile);
    void add(RuleId rule, const Instruction& at, std::string_view piece, std::string detail);
    void add_for_file(RuleId rule, const Instruction& at, std::string_view piece, std::string detail);

    std::vector<SyntaxFinding> found_;
};

void SyntaxCheck::add(RuleId rule, const Instruction& at, std::string_view piece, std::string detail) {
    found_.push_back({rule, std::move(detail), place_of(at, piece), at.place.line, &at});
}

void SyntaxCheck::add_for_file(RuleId rule, const Instruction& at, std::string_view piece, std::string detail) {
    found_.push_back({rule, std::move(detail), place_of(at, piece), at.place.line, nullptr});
}

void SyntaxCheck::check_from(const Instruction& at, const From& from) {
    if (from.stage_text != to_lower(from.stage_text))
        add(RuleId::StageNameCasing, at, from.stage_text, format("Stage name '{}' should be lowercase", from.stage_text));
    const Casing keyword = casing_of(at.keyword);  // a mixed one has a rule of its own
    if (!from.as_text.empty() && keyword != Casing::Mixed &&
        from.as_text != (keyword == Casing::Lower ? to_lower(from.as_text) : to_upper(from.as_text)))
        add(RuleId::FromAsCasing, at, from.as_text + " " + from.stage_text,
            format("'{}' and '{}' keywords' casing do not match", from.as_text, at.keyword));
    if (!from.stage.empty()) check_description(at, "FROM", {from.stage});
}

void SyntaxCheck::check_description(const Instruction& at, std::string_view instruction, const std::vector<std::string>& names) {
    if (at.line.comments.empty() || names.empty()) return;
    const std::string& comment = at.line.comments.back();
    if (std::find(names.begin(), names.end(), comment.substr(0, comment.find(' '))) != names.end()) return;
    const std::string example = names.size() == 1 ? names[0] : "<arg_key>";
    add(RuleId::InvalidDefinitionDescription, at, {},
        format("Comment for {} should follow the format: `# {} <description>`", instruction, example));
}

// What can be said of an instruction without its neighbours.
void SyntaxCheck::check_alone(const Instruction& at) {
    if (std::holds_alternative<Maintainer>(at.body))
        add(RuleId::MaintainerDeprecated, at, {}, "Maintainer instruction is deprecated in favor of using label");
    if (const auto* from = std::get_if<From>(&at.body)) check_from(at, *from);
    if (const auto* arg = std::get_if<Arg>(&at.body)) {
        std::vector<std::string> names;
        for (const ArgDefinition& definition : arg->definitions) names.push_back(definition.name);
        check_description(at, "ARG", names);
    }
}

// The casing of most instructions is the right one, upper case if there are as many of each. Global ARGs don't count.
void SyntaxCheck::check_casing(const Dockerfile& dockerfile) {
    const auto& all = dockerfile.instructions;
    const auto first =
        std::find_if(all.begin(), all.end(), [](const Instruction& each) { return std::holds_alternative<From>(each.body); });
    const auto count = [&](Casing casing) {
        return std::count_if(first, all.end(), [&](const Instruction& each) { return casing_of(each.keyword) == casing; });
    };
    const Casing right = count(Casing::Lower) > count(Casing::Upper) ? Casing::Lower : Casing::Upper;
    for (auto each = first; each != all.end(); ++each) {
        if (casing_of(each->keyword) == right) continue;
        add_for_file(RuleId::ConsistentInstructionCasing, *each, {},
                     format("Command '{}' should match the case of the command majority ({})", each->keyword,
                            right == Casing::Lower ? "lowercase" : "uppercase"));
    }
}

void SyntaxCheck::check_stage_names(const Dockerfile& dockerfile) {
    std::set<std::string> names;
    for (const Instruction& each : dockerfile.instructions) {
        const auto* from = std::get_if<From>(&each.body);
        if (from == nullptr || from->stage.empty()) continue;
        if (from->stage == "context" || from->stage == "scratch")
            add_for_file(RuleId::ReservedStageName, each, from->stage_text,
                         format("Stage name should not use the same name as reserved stage {}", quoted(from->stage)));
        if (!names.insert(from->stage).second)
            add_for_file(RuleId::DuplicateStageName, each, from->stage_text,
                         format("Duplicate stage name {}, stage names should be unique", quoted(from->stage)));
    }
}

void SyntaxCheck::check_warning(const ParseWarning& warning, const Dockerfile& dockerfile) {
    if (warning.kind == ParseWarningKind::EmptyContinuation) {
        found_.push_back({RuleId::NoEmptyContinuation, "Empty continuation line", warning.place, warning.place.line, nullptr});
        return;
    }
    const RuleId rule = warning.kind == ParseWarningKind::BrokenArray ? RuleId::JsonArgsBroken : RuleId::CarriageReturnsInHereDocument;
    // the instruction is the last one that begins no later; it is missing where it can't be read
    const auto& all = dockerfile.instructions;
    const auto after = std::upper_bound(all.begin(), all.end(), warning.place.line,
                                        [](std::size_t line, const Instruction& each) { return line < each.place.first(); });
    const Instruction* at = after == all.begin() ? nullptr : &*std::prev(after);
    found_.push_back({rule, warning.message, warning.place, at != nullptr ? at->place.line : warning.place.line, at});
}

std::vector<SyntaxFinding> SyntaxCheck::run(const PartialDockerfile& read) {
    const auto is_readable = [&](std::size_t line) {
        const bool has_place = !read.errors.empty() && read.errors.front().place;
        return read.errors.empty() || (has_place && line < read.errors.front().place->line);
    };
    for (const ParseWarning& warning : read.dockerfile.warnings)
        if (is_readable(warning.place.line)) check_warning(warning, read.dockerfile);
    for (const Instruction& each : read.dockerfile.instructions)
        if (is_readable(each.place.line)) check_alone(each);
    if (read.errors.empty()) {
        check_stage_names(read.dockerfile);
        check_casing(read.dockerfile);
    }
    return std::move(found_);
}

}  // namespace

std::vector<SyntaxFinding> check_syntax(const PartialDockerfile& read) { return SyntaxCheck().run(read); }

}  // namespace mabplan::compiler
