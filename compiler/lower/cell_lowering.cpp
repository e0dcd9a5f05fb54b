#include "compiler/lower/cell_lowering.h"

#include "compiler/dockerfile/parser.h"
#include "compiler/lower/needed_stages.h"
#include "plans/base/format.h"
#include "plans/base/overloaded.h"
#include "plans/base/text.h"

#include <algorithm>
#include <utility>

namespace mabplan::compiler {

namespace {}  // namespace

CellLowering::CellLowering(const CellInput& input, const LoweringPorts& ports, PlanBuilder& plan)
    : input_(input), ports_(ports), plan_(plan) {
    rules_.escape = input.dockerfile.escape;
    for (const Setting& setting : input.cell.build.args) build_arguments_[setting.name] = setting.value;
    if (input.epoch.source != EpochSource::Word && input.epoch.source != EpochSource::GlobalWord) return;
    if (input.epoch.seconds) build_arguments_["SOURCE_DATE_EPOCH"] = std::to_string(*input.epoch.seconds);
    else if (input.epoch.source == EpochSource::Word) build_arguments_.erase("SOURCE_DATE_EPOCH");
    else build_arguments_["SOURCE_DATE_EPOCH"].clear();
}

Failure CellLowering::unsupported(const Instruction& at, std::string_view piece, const std::string& what) const {
    return input_error(place_of(at, piece), format("{} is not supported yet", what),
                       "leave it out, or build this file with another tool until it is");
}

std::optional<std::string> CellLowering::build_argument(const std::string& name) const {
    const auto found = build_arguments_.find(name);
    return found == build_arguments_.end() ? std::nullopt : std::optional(found->second);
}

Checked<mabplan::Cell> CellLowering::lower() { return with_mistakes(make_cell()); }
Checked<StageState> CellLowering::lower_stage_state() { return with_mistakes(target_state()); }

template <class Value>
Checked<Value> CellLowering::with_mistakes(Result<Value> made) {
    if (made && mistakes_.empty()) return *std::move(made);
    if (!made) mistakes_.push_back(std::move(made).error());
    return tl::unexpected(std::exchange(mistakes_, {}));
}

// A mistake in an instruction that others don't depend on is kept, and the next ones are looked at: a build tells of all missing files.
Status CellLowering::note_mistake(Error error, const Instruction& at) {
    const bool others_depend =
        std::holds_alternative<Arg>(at.body) || std::holds_alternative<Env>(at.body) || std::holds_alternative<Workdir>(at.body);
    if (error.kind != ErrorKind::Input || others_depend || mistakes_.size() + 1 >= kMostMistakes) return pass(std::move(error));
    mistakes_.push_back(std::move(error));
    return {};
}

Result<StageState> CellLowering::target_state() {
    MABPLAN_TRY(target, choose_target(input_.graph, input_.cell.build.stage));
    MABPLAN_CHECK(refuse_circles(input_.graph));
    MABPLAN_CHECK(check_surroundings());
    const std::string& name = input_.graph.stages[target].name;
    const GlobalArguments::Platforms platforms{input_.host, input_.cell.platform, name.empty() ? "default" : name};
    MABPLAN_TRY(global, GlobalArguments::evaluate(input_.graph.global_arguments, build_arguments_, platforms, rules_));
    global_ = std::move(global);
    if (auto defaults = GlobalArguments::evaluate(input_.graph.global_arguments, {}, platforms, rules_))
        default_global_ = *std::move(defaults);
    for (const Stage& each : input_.graph.stages) {
        MABPLAN_TRY(from, read_from(each));
        froms_.push_back(std::move(from));
        for (const Instruction* instruction : each.instructions)
            if (const Copy* copy = std::get_if<Copy>(&instruction->body)) MABPLAN_CHECK(check_copy_from(copy->from, *instruction));
    }
    // From the first to the last: what a stage needs has been made when its turn comes, and a long chain needs no deep recursion.
    for (const std::size_t number :
         needed_stages(input_.graph, target, global_, rules_, [&](const Stage& each) { return is_replaced(each); }))
        MABPLAN_CHECK(stage(number));
    MABPLAN_TRY(state, stage(target));
    name_actions(image_platform(*state));
    return *state;
}

// What the image claims to be for.
const Platform& CellLowering::image_platform(const StageState& state) const {
    return input_.cell.platform_source == PlatformSource::Asked ? input_.cell.platform : state.platform;
}

Status CellLowering::check_other_stages() {
    for (const Stage& other : input_.graph.stages)
        if (auto made = stage(other.number); !made) MABPLAN_CHECK(note_mistake(std::move(made).error(), *other.from));
    return {};
}

Result<mabplan::Cell> CellLowering::make_cell() {
    MABPLAN_TRY(target, choose_target(input_.graph, input_.cell.build.stage));
    MABPLAN_TRY(state, target_state());
    if (input_.mode == CompileMode::Check) MABPLAN_CHECK(check_other_stages());
    const Stage& final_stage = input_.graph.stages[target];
    const Platform& platform = image_platform(state);
    input_.observer.final_stage({final_stage, *final_stage.from}, platform, state.platform, input_.target.cells.size() > 1);
    for (const Setting& label : input_.cell.build.labels) state.config.labels[label.name] = label.value;
    mabplan::Cell cell;
    cell.target = input_.target.name;
    cell.platform = platform;
    cell.root = state.root;
    cell.config = state.config.render(platform);
    cell.history = state.history.entries();
    cell.root_platform = state.platform;
    cell.final_stage = final_stage.display_name();
    cell.final_from = origin(*final_stage.from, final_stage);
    cell.optional = input_.cell.optional;
    cell.created = input_.epoch.seconds;
    if (plan_.keeps_times())
        for (HistoryEntry& entry : cell.history) entry.created = cell.created;
    return cell;
}

Result<const StageState*> CellLowering::stage(std::size_t number) {
    if (const auto found = stages_.find(number); found != stages_.end()) return &found->second;
    const Stage& wanted = input_.graph.stages[number];
    const auto [progress, first] = progress_.emplace(number, Progress::Open);
    if (!first)
        return input_error(wanted.from->place,
                           format("the stage {} is built from itself: its stages form a circle", quoted(wanted.display_name())),
                           "a stage can copy only from stages that do not need it");
    auto state = make_stage(wanted);
    if (!state) {
        progress_.erase(number);  // whoever asks again is told the same, not of a circle
        return pass(std::move(state).error());
    }
    progress_[number] = Progress::Done;
    return &stages_.emplace(number, *std::move(state)).first->second;
}

bool CellLowering::is_replaced(const Stage& stage) const {
    return !stage.name.empty() && find_context(stage.name, froms_[stage.number].platform) != nullptr;
}

Result<StageState> CellLowering::make_stage(const Stage& stage) {
    MABPLAN_TRY(state, base_of(stage));
    // A named context of the stage's name stands for all of the stage.
    if (is_replaced(stage)) return state;
    const std::vector<std::string> triggers = std::move(state.triggers);
    state.triggers.clear();
    state.has_cmd = false;
    MABPLAN_CHECK(run_triggers(triggers, stage, state));
    for (const Instruction* instruction : stage.instructions)
        if (auto applied = apply({*instruction, stage, state}); !applied)
            MABPLAN_CHECK(note_mistake(std::move(applied).error(), *instruction));
    return state;
}

Status CellLowering::run_triggers(const std::vector<std::string>& triggers, const Stage& stage, StageState& state) {
    triggers_.insert(triggers_.end(), triggers.begin(), triggers.end());
    for (const std::string& trigger : triggers) {
        auto parsed = parse_instruction(std::make_shared<SourceText>("ONBUILD", trigger));
        const auto refuse = [&](Error error) {
            error.place = stage.from->place;
            return pass(std::move(error), format("applying the base's trigger {}", quoted(trigger)));
        };
        if (!parsed) return refuse(parsed.error().front());
        if (auto applied = apply({*parsed, stage, state, true}); !applied) return refuse(std::move(applied).error());
    }
    return {};
}

Status CellLowering::apply(const Step& step) {
    input_.observer.instruction_applied(step.sighting());
    const Overloaded cases{
        [&](const From&) { return Status{}; },
        [&](const Arg& arg) { return lower_arg(arg, step); },
        [&](const Env& env) { return lower_env(env, step); },
        [&](const Label& label) { return lower_label(label, step); },
        [&](const Workdir& workdir) { return lower_workdir(workdir, step); },
        [&](const Run& run) { return lower_run(run, step); },
        [&](const Copy& copy) { return lower_copy(copy, step); },
        [&](const Add& add) { return lower_add(add, step); },
        [&](const compiler::User& user) { return lower_user(user, step); },
        [&](const Expose& expose) { return lower_expose(expose, step); },
        [&](const Volume& volume) { return lower_volume(volume, step); },
        [&](const Shell& shell) { return lower_shell(shell, step); },
        [&](const StopSignal& signal) { return lower_stop_signal(signal, step); },
        [&](const Entrypoint& entrypoint) { return lower_entrypoint(entrypoint, step); },
        [&](const Cmd& cmd) { return lower_cmd(cmd, step); },
        [&](const Healthcheck& healthcheck) { return lower_healthcheck(healthcheck, step); },
        [&](const Onbuild& onbuild) { return lower_onbuild(onbuild, step); },
        [&](const Maintainer& maintainer) { return lower_maintainer(maintainer, step); },
    };
    return std::visit(cases, step.at.body);
}

Origin CellLowering::origin(const Instruction& at, const Stage& stage) const {
    const SourcePlace& place = at.place;
    return {input_.dockerfile_path, static_cast<std::uint32_t>(place.line),
            static_cast<std::uint32_t>(std::max(place.line, place.last_line)), stage.display_name(), at.line.text};
}

ActionId CellLowering::add_action(Work work, Origin from) {
    std::vector<ActionId>& same_kind = added_[{from.stage, std::string(kind_name(work))}];
    const ActionId id = plan_.add(std::move(work), std::move(from));
    same_kind.push_back(id);
    return id;
}

ActionId CellLowering::add_action(Work work, const Instruction& at, const Stage& stage) {
    return add_action(std::move(work), origin(at, stage));
}

void CellLowering::name_actions(const Platform& platform) {
    for (const auto& [place, actions] : added_)
        for (std::uint32_t ordinal = 0; ordinal < actions.size(); ++ordinal)
            plan_.name_action(actions[ordinal], {input_.target.name, place.first, platform, place.second, ordinal});
}

void CellLowering::add_layer(Work work, const Step& step, std::string created_by) {
    Origin from = step.from_trigger ? origin(*step.stage.from, step.stage) : origin(step.at, step.stage);
    from.text = step.at.line.text;
    step.state.root = add_action(std::move(work), std::move(from));
    step.state.history.add({std::move(created_by), step.state.root});
}

void CellLowering::note_undefined(const NamesUsed& names, const Step& step) const {
    if (names.missing.empty() || step.state.may_set_more) return;
    std::set<std::string> undefined;
    for (const std::string& name : names.missing)
        if (!step.state.arguments.contains(name)) undefined.insert(name);
    if (undefined.empty()) return;
    // a suggestion out of thousands of names is none, and would cost their number each time
    constexpr std::size_t kMostSuggested = 1000;
    const EnvironmentList& known = step.state.variables;
    input_.observer.undefined_variables(step.sighting(), undefined,
                                        known.entries().size() <= kMostSuggested ? known.names() : std::vector<std::string>{});
}

Result<std::string> CellLowering::expand(std::string_view word, const Step& step, const WordRules& rules) const {
    NamesUsed names;
    auto expanded = expand_word(word, step.state.variables, rules, &names);
    note_undefined(names, step);
    if (!expanded) return pass(std::move(expanded).error().at(place_of(step.at, word)));
    return expanded;
}

Result<std::string> CellLowering::expand(std::string_view word, const Step& step) const { return expand(word, step, rules_); }

}  // namespace mabplan::compiler
