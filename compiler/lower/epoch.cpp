#include "compiler/lower/epoch.h"

#include "compiler/lower/environment_list.h"
#include "compiler/lower/remote_source.h"
#include "compiler/sources/remote_file.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>
#include <optional>

namespace mabplan::compiler {

namespace {

constexpr const char* kName = "SOURCE_DATE_EPOCH";
constexpr const char* kSourceStage = "a stage that gives the time is FROM scratch, ARG lines and one ADD of a URL or a git address";

// Walks through the instructions of a stage that is only a source.
class SourceStage {
public:
    SourceStage(EnvironmentList variables, const BuildArguments& given, const WordRules& rules)
        : variables_(std::move(variables)), given_(given), rules_(rules) {}

    Result<Epoch> read(const Stage& stage) {
        const From& from = std::get<From>(stage.from->body);
        MABPLAN_TRY(base, expand(from.image, *stage.from));
        if (base != "scratch") return refuse(*stage.from, "SOURCE_DATE_EPOCH stage must use FROM scratch");
        std::optional<Epoch> source;
        for (const Instruction* instruction : stage.instructions) {
            if (const Arg* arg = std::get_if<Arg>(&instruction->body)) {
                MABPLAN_CHECK(set_arguments(*arg, *instruction));
                continue;
            }
            const Add* add = std::get_if<Add>(&instruction->body);
            if (add == nullptr)
                return refuse(*instruction, format("SOURCE_DATE_EPOCH stage does not meet source-only requirements: {} stands in it",
                                                   instruction_name(*instruction)));
            if (source) return refuse(*instruction, "SOURCE_DATE_EPOCH stage must contain exactly one remote ADD");
            MABPLAN_TRY(added, read_add(*add, *instruction));
            source = std::move(added);
        }
        if (!source) return refuse(*stage.from, "SOURCE_DATE_EPOCH stage must contain exactly one remote ADD");
        return std::move(*source);
    }

private:
    static Failure refuse(const Instruction& at, std::string message) { return input_error(at.place, std::move(message), kSourceStage); }

    Result<std::string> expand(const std::string& word, const Instruction& at) const {
        auto expanded = expand_word(word, variables_, rules_);
        if (!expanded) return pass(std::move(expanded).error().at(place_of(at, word)));
        return expanded;
    }

    Status set_arguments(const Arg& arg, const Instruction& at) {
        for (const ArgDefinition& definition : arg.definitions) {
            if (const auto given = given_.find(definition.name); given != given_.end()) {
                variables_.set(definition.name, given->second);
            } else if (definition.value) {
                MABPLAN_TRY(value, expand(*definition.value, at));
                variables_.set(definition.name, value);
            }
        }
        return {};
    }

    Result<Epoch> read_add(const Add& add, const Instruction& at) const {
        if (!add.files.empty() || add.sources.size() != 1)
            return refuse(at, "SOURCE_DATE_EPOCH stage must contain exactly one remote ADD source");
        MABPLAN_TRY(source, expand(add.sources.front(), at));
        MABPLAN_TRY(checksum, expand(add.checksum, at));
        const auto placed = [&](auto action) -> Result<Epoch> {
            if (!action) return pass(std::move(action).error().at(place_of(at, add.sources.front())));
            return Epoch(std::move(*action));
        };
        if (is_http_source(source)) return placed(added_file(source, checksum));
        if (is_git_source(source)) return placed(added_git(source, add.keep_git_dir, checksum));
        return refuse(at, "SOURCE_DATE_EPOCH stage source must be a single HTTP(S) or Git ADD");
    }

    EnvironmentList variables_;
    const BuildArguments& given_;
    const WordRules& rules_;
};

}  // namespace

Result<Epoch> epoch_source(const Stage& stage, const StageGraph& graph, const BuildArguments& given, const WordRules& rules) {
    MABPLAN_TRY(global, GlobalArguments::evaluate(graph.global_arguments, given, {}, rules));
    EnvironmentList variables;
    for (const std::string& name : global.names())
        if (name != kName) variables.set(name, global.get(name).value_or(""));  // the stage's own name can't be its source
    return SourceStage(std::move(variables), given, rules).read(stage);
}

Result<Epoch> parse_epoch(const std::string& value, const StageGraph& graph, const BuildArguments& given, const WordRules& rules) {
    if (value.empty() || value == "context") return Epoch(UnsetEpoch{});
    if (const auto seconds = parse_signed(value)) return Epoch(*seconds);
    const auto stage = std::find_if(graph.stages.begin(), graph.stages.end(),
                                    [&](const Stage& each) { return !each.name.empty() && equal_ignoring_case(each.name, value); });
    if (stage != graph.stages.end()) return epoch_source(*stage, graph, given, rules);
    return fail(ErrorKind::Input, format("invalid SOURCE_DATE_EPOCH: {}", value),
                "give seconds since 1970, or name a git context or a stage that is FROM scratch with one ADD of something remote");
}

}  // namespace mabplan::compiler
