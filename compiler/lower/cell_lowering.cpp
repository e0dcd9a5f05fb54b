#include "compiler/lower/cell_lowering.h"

#include "compiler/dockerfile/parser.h"
#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"
#include "plans/oci/reference.h"

namespace mabplan::compiler {

namespace {

constexpr const char* kDefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// What every stage starts with, whatever its base says (docker's habit).
void complete(StageState& state) {
    if (!state.config.env("PATH")) state.config.set_env("PATH", kDefaultPath);
    if (state.config.working_dir.empty()) state.config.working_dir = "/";
    state.variables = state.config.environment;
    state.config.on_build.clear();
}

bool same_image(const std::string& a, const std::string& b) {
    const auto left = parse_reference(a), right = parse_reference(b);
    return left && right && *left == *right;
}

}  // namespace

CellLowering::CellLowering(const CellInput& input, const LoweringPorts& ports, PlanBuilder& plan) : input_(input), ports_(ports), plan_(plan) {
    rules_.escape = input.dockerfile.escape;
    for (const Setting& setting : input.cell.build.args) build_arguments_[setting.name] = setting.value;
}

Failure CellLowering::unsupported(const Instruction& at, std::string_view piece, const std::string& what) const {
    return input_error(place_of(at, piece), format("{} is not supported yet", what), "leave it out, or build this file with another tool until it is");
}

const NamedContext* CellLowering::find_context(const std::string& name) const {
    for (const NamedContext& context : input_.cell.build.additional_contexts)
        if (context.name == name || equal_ignoring_case(context.name, name) || same_image(context.name, name)) return &context;
    return nullptr;
}

Result<StageState> CellLowering::lower_stage_state() {
    MABPLAN_TRY(target, choose_target(input_.graph, input_.cell.build.stage));
    const std::string& name = input_.graph.stages[target].name;
    MABPLAN_TRY(global, GlobalArguments::evaluate(input_.graph.global_arguments, build_arguments_,
                                                  {input_.host, input_.cell.platform, input_.cell.build.stage.empty() ? "default" : name}, rules_));
    global_ = std::move(global);
    return stage(target);
}

Result<mabplan::Cell> CellLowering::lower() {
    MABPLAN_TRY(target, choose_target(input_.graph, input_.cell.build.stage));
    MABPLAN_TRY(state, lower_stage_state());
    const Stage& final_stage = input_.graph.stages[target];
    for (const Setting& label : input_.cell.build.labels) state.config.labels[label.name] = label.value;
    mabplan::Cell cell;
    cell.target = input_.target.name;
    cell.platform = input_.cell.platform;
    cell.root = state.root;
    cell.config = state.config.render(input_.cell.platform);
    cell.history = std::move(state.history);
    cell.root_platform = state.platform;
    cell.final_stage = final_stage.display_name();
    cell.final_from = origin(*final_stage.from, final_stage);
    cell.optional = input_.cell.optional;
    return cell;
}

Result<StageState> CellLowering::stage(std::size_t number) {
    if (const auto found = stages_.find(number); found != stages_.end()) return found->second;
    const Stage& wanted = input_.graph.stages[number];
    const auto [progress, first] = progress_.emplace(number, Progress::Open);
    if (!first)
        return input_error(wanted.from->place, format("the stage {} is built from itself: its stages form a circle", quoted(wanted.display_name())),
                           "a stage can copy only from stages that do not need it");
    MABPLAN_TRY(state, base_of(wanted));
    for (const Instruction* instruction : wanted.instructions) MABPLAN_CHECK(apply(*instruction, wanted, state));
    progress_[number] = Progress::Done;
    stages_[number] = state;
    return state;
}

Result<StageState> CellLowering::base_of(const Stage& stage) {
    const From& from = std::get<From>(stage.from->body);
    auto image = expand_word(from.image, global_, rules_);
    if (!image) return pass(std::move(image).error().at(place_of(*stage.from, from.image)));
    auto platform_text = expand_word(from.platform, global_, rules_);
    if (!platform_text) return pass(std::move(platform_text).error().at(place_of(*stage.from, from.platform)));
    if (image->empty())
        return input_error(place_of(*stage.from, from.image), format("{} expands to nothing: FROM needs an image or a stage", quoted(from.image)),
                           "give the ARG before the first FROM a default, or pass --build-arg");
    Platform platform = input_.cell.platform;
    if (!platform_text->empty()) {
        auto parsed = parse_platform(*platform_text, input_.host);
        if (!parsed) return pass(std::move(parsed).error().at(place_of(*stage.from, from.platform)));
        platform = normalize_platform(*parsed);
    }
    if (const NamedContext* context = stage.name.empty() ? nullptr : find_context(stage.name); context != nullptr)
        return named_context_state(*context, stage.name, platform, *stage.from);
    if (const auto earlier = input_.graph.find_earlier(*image, stage.number)) {
        MABPLAN_TRY(state, this->stage(*earlier));
        const std::vector<std::string> triggers = state.config.on_build;
        state.config.on_build.clear();
        state.has_cmd = false;
        MABPLAN_CHECK(run_triggers(triggers, stage, state));
        return state;
    }
    MABPLAN_TRY(state, image_state(*image, platform, *stage.from));
    const std::vector<std::string> triggers = state.config.on_build;
    complete(state);
    MABPLAN_CHECK(run_triggers(triggers, stage, state));
    return state;
}

Result<StageState> CellLowering::image_state(const std::string& name, const Platform& platform, const Instruction& where) {
    StageState state;
    state.platform = platform;
    if (name == "scratch") return state;
    const NamedContext* context = find_context(name);
    if (context != nullptr && context->source.kind != ContextKind::Image && context->source.kind != ContextKind::OciLayout)
        return named_context_state(*context, name, platform, where);
    const std::string replaced = context != nullptr ? format_context_location(context->source) : std::string{};
    auto resolved = ports_.images.resolve({name, platform, replaced});
    if (!resolved) return pass(std::move(resolved).error().at(place_of(where, name)));
    BaseImage& base = *resolved;
    state.platform = normalize_platform(base.platform);
    state.config = ConfigDraft(base.config);
    state.config.on_build = base.config.on_build;
    Origin origin{input_.dockerfile_path, static_cast<std::uint32_t>(where.place.line), {}, where.line.text};
    state.root = plan_.add(ImageAction{name, state.platform, base.location, base.layers}, std::move(origin));
    return state;
}

Result<StageState> CellLowering::named_context_state(const NamedContext& context, const std::string& name, const Platform& platform, const Instruction& where) {
    switch (context.source.kind) {
        case ContextKind::Target: {
            auto state = input_.other_target(context.source.location, platform);
            if (!state) return pass(std::move(state).error(), format("building the target {} for {}", context.source.location, name));
            complete(*state);
            return state;
        }
        case ContextKind::Image:
        case ContextKind::OciLayout: {
            auto resolved = image_state(context.name, platform, where);
            if (resolved) complete(*resolved);
            return resolved;
        }
        case ContextKind::Directory: return unsupported(where, name, format("a folder as the base {}", quoted(name)));
        case ContextKind::Git: return unsupported(where, name, format("a git repository as the base {}", quoted(name)));
        case ContextKind::Http: return unsupported(where, name, format("a URL as the base {}", quoted(name)));
    }
    return unsupported(where, name, "this context");
}

Status CellLowering::run_triggers(const std::vector<std::string>& triggers, const Stage& stage, StageState& state) {
    for (const std::string& trigger : triggers) {
        auto parsed = parse_instruction(std::make_shared<SourceText>("ONBUILD", trigger));
        if (!parsed) {
            Error error = parsed.error().front();
            error.place = stage.from->place;
            return pass(std::move(error), format("reading the base's trigger {}", quoted(trigger)));
        }
        auto applied = apply(*parsed, stage, state);
        if (!applied) {
            Error error = std::move(applied).error();
            error.place = stage.from->place;
            return pass(std::move(error), format("applying the base's trigger {}", quoted(trigger)));
        }
    }
    return {};
}

}  // namespace mabplan::compiler
