#include "compiler/lower/unused_inputs.h"

#include "compiler/lower/arguments.h"
#include "compiler/lower/context_names.h"
#include "compiler/lower/name_list.h"
#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"

#include <algorithm>
#include <optional>

namespace mabplan::compiler {

namespace {

// What the Dockerfiles of a cell ask for by name.
struct Asked {
    NameList arguments;
    std::vector<std::string> contexts;
    std::vector<std::string> texts;  // mounts and triggers, which may hold names
};

void add_arguments(const Instruction& line, Asked& asked) {
    if (const Arg* arg = std::get_if<Arg>(&line.body))
        for (const ArgDefinition& definition : arg->definitions) asked.arguments.add(definition.name);
}

Asked asked_by(const Cell& cell, const StageGraph& graph, const std::vector<std::string>& triggers) {
    Asked asked;
    BuildArguments given;
    for (const Setting& setting : cell.build.args) given[setting.name] = setting.value;
    const auto global = GlobalArguments::evaluate(graph.global_arguments, given, {cell.platform, cell.platform, {}}, {});
    for (const Instruction* line : graph.global_arguments) add_arguments(*line, asked);
    for (const Stage& stage : graph.stages) {
        const From& from = std::get<From>(stage.from->body);
        const auto image = global ? expand_word(from.image, *global, WordRules{}) : Result<std::string>(from.image);
        asked.contexts.push_back(image.value_or(from.image));
        if (!stage.name.empty()) asked.contexts.push_back(stage.name);
        for (const Instruction* line : stage.instructions) {
            add_arguments(*line, asked);
            if (const Copy* copy = std::get_if<Copy>(&line->body); copy != nullptr && !copy->from.empty())
                asked.contexts.push_back(copy->from);
            if (std::holds_alternative<Run>(line->body)) asked.texts.push_back(line->line.text);
        }
    }
    asked.texts.insert(asked.texts.end(), triggers.begin(), triggers.end());
    return asked;
}

bool any_holds(const std::vector<std::string>& texts, const std::string& word) {
    return std::any_of(texts.begin(), texts.end(), [&](const std::string& text) { return text.find(word) != std::string::npos; });
}

// Those that need no ARG: for the builder, for every command, for FROM.
bool is_predefined(const std::string& name) {
    const auto automatic = GlobalArguments::evaluate({}, {}, {}, {});
    return name == "SOURCE_DATE_EPOCH" || name.starts_with("BUILDKIT_") || is_proxy_argument(name) ||
           (automatic && automatic->declares(name));
}

bool takes_argument(const Asked& asked, const std::string& name) {
    return asked.arguments.contains(name) || is_predefined(name) || any_holds(asked.texts, "ARG " + name);
}

bool uses_context(const Asked& asked, const Build& build, const std::string& full_name) {
    const std::string name = full_name.substr(0, full_name.find("::"));
    if (find_setting(build.args, "SOURCE_DATE_EPOCH") == name) return true;
    return any_holds(asked.texts, name) || std::any_of(asked.contexts.begin(), asked.contexts.end(),
                                                       [&](const std::string& other) { return is_context_name(name, other); });
}

Warning warning_of(const UnusedInput& input) {
    const bool argument = input.kind == UnusedInput::Kind::Argument;
    std::string text = argument ? format("no ARG takes the build argument {}", quoted(input.name))
                                : format("nothing uses the build context {}", quoted(input.name));
    if (const std::string meant = suggestion(input.name, input.known); !meant.empty()) text += ": " + meant;
    return {std::move(text), input.place};
}

bool is_of(const UnusedInput& input, UnusedInput::Kind kind, const std::string& name, const SourcePlace& place, const Target& target) {
    if (input.kind != kind || input.name != name) return false;
    return place.text ? input.place.text == place.text && input.place.line == place.line && input.place.column == place.column
                      : input.target == target.name;
}

}  // namespace

UnusedInput& UnusedInputs::entry(UnusedInput::Kind kind, const std::string& name, const SourcePlace& place, const Target& target) {
    const auto found =
        std::find_if(entries_.begin(), entries_.end(), [&](const UnusedInput& input) { return is_of(input, kind, name, place, target); });
    if (found != entries_.end()) return *found;
    return entries_.emplace_back(UnusedInput{kind, name, place, target.name, false, {}});
}

void UnusedInputs::look_at(const Target& target, const Cell& cell, const StageGraph& graph, const std::vector<std::string>& triggers) {
    looked_at_.insert(target.name);
    const Build& build = cell.build;
    if (build.args.empty() && build.additional_contexts.empty()) return;
    const Asked asked = asked_by(cell, graph, triggers);
    for (const Setting& argument : build.args) {
        UnusedInput& input = entry(UnusedInput::Kind::Argument, argument.name, argument.place, target);
        input.used = input.used || takes_argument(asked, argument.name);
        if (!input.used) input.known.assign(asked.arguments.begin(), asked.arguments.end());
    }
    for (const NamedContext& context : build.additional_contexts) {
        UnusedInput& input = entry(UnusedInput::Kind::Context, context.name, context.place, target);
        input.used = input.used || uses_context(asked, build, context.name);
        if (!input.used) input.known = asked.contexts;
    }
}

std::vector<Warning> UnusedInputs::warnings(const Matrix& matrix) const {
    const auto is_elsewhere = [&](const UnusedInput& input) {
        return std::any_of(matrix.targets.begin(), matrix.targets.end(), [&](const Target& target) {
            if (looked_at_.contains(target.name)) return false;
            return std::any_of(target.cells.begin(), target.cells.end(), [&](const Cell& cell) {
                const auto has = [&](const auto& list) {
                    return std::any_of(list.begin(), list.end(),
                                       [&](const auto& item) { return is_of(input, input.kind, item.name, item.place, target); });
                };
                return input.kind == UnusedInput::Kind::Argument ? has(cell.build.args) : has(cell.build.additional_contexts);
            });
        });
    };
    std::vector<Warning> out;
    for (const UnusedInput& input : entries_)
        if (!input.used && !is_elsewhere(input)) out.push_back(warning_of(input));
    return out;
}

}  // namespace mabplan::compiler
