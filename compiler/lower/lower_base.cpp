// What a stage is built on: FROM, base images, other targets, named contexts.
#include "compiler/lower/cell_lowering.h"

#include "compiler/lower/context_names.h"
#include "compiler/lower/remote_source.h"
#include "compiler/lower/workdir.h"
#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"
#include "plans/oci/known_platform.h"
#include "plans/oci/reference.h"

namespace mabplan::compiler {

namespace {

constexpr const char* kDefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// What every stage starts with, whatever its base says (docker's habit).
void complete(StageState& state) {
    if (!state.config.environment.contains("PATH")) state.config.environment.set("PATH", kDefaultPath);
    state.config.working_dir = normalize_workdir("/", state.config.working_dir);
    state.variables = state.config.environment;
}

}  // namespace

// "NAME::os/arch" is for that platform alone and goes before "NAME".
const NamedContext* CellLowering::find_context(const std::string& name, const Platform& platform) const {
    if (equal_ignoring_case(name, "scratch") || equal_ignoring_case(name, "context")) return nullptr;
    const std::string suffix = "::" + format_platform(platform);
    const NamedContext* found = nullptr;
    for (const NamedContext& context : input_.cell.build.additional_contexts) {
        if (context.name.ends_with(suffix) && is_context_name(context.name.substr(0, context.name.size() - suffix.size()), name))
            return &context;
        if (found == nullptr && is_context_name(context.name, name)) found = &context;
    }
    return found;
}

Result<std::string> CellLowering::expand_from(const Stage& stage, const std::string& word, NamesUsed& names) {
    auto expanded = expand_word(word, global_, rules_, &names);
    if (!expanded) return pass(std::move(expanded).error().at(place_of(*stage.from, word)));
    std::set<std::string> undefined;
    for (const std::string& name : names.missing)
        if (!global_.declares(name)) undefined.insert(name);
    if (!undefined.empty()) input_.observer.undefined_from_arguments({stage, *stage.from}, undefined, global_.declared_names());
    return expanded;
}

void CellLowering::check_default_base(const Stage& stage) {
    const auto image = expand_word(std::get<From>(stage.from->body).image, default_global_, rules_);
    if (image && !parse_reference(*image)) input_.observer.invalid_default_base({stage, *stage.from});
}

Result<Platform> CellLowering::platform_of(const Stage& stage) {
    const std::string& word = std::get<From>(stage.from->body).platform;
    if (word.empty()) return input_.cell.platform;
    NamesUsed names;
    MABPLAN_TRY(text, expand_from(stage, word, names));
    std::set<std::string> used = names.found;
    used.insert(names.missing.begin(), names.missing.end());
    input_.observer.from_platform({stage, *stage.from}, used, text, global_.get("TARGETPLATFORM").value_or(""));
    std::string hint;
    for (const std::string& name : names.missing)
        if (hint.empty()) hint = suggestion(name, global_.names());
    if (text.empty())
        return input_error(place_of(*stage.from, word), format("empty platform value from expression {}", word), std::move(hint));
    auto parsed = parse_known_platform(text, input_.host);
    if (parsed) return *parsed;
    Error error = std::move(parsed).error().at(place_of(*stage.from, word));
    error.message = format("failed to parse platform {}: {}: invalid argument", word, error.message);
    if (!hint.empty()) error.hint = std::move(hint);
    return pass(std::move(error));
}

Result<CellLowering::ReadFrom> CellLowering::read_from(const Stage& stage) {
    const From& from = std::get<From>(stage.from->body);
    check_default_base(stage);
    NamesUsed names;
    MABPLAN_TRY(image, expand_from(stage, from.image, names));
    if (image.empty())
        return input_error(place_of(*stage.from, from.image),
                           format("base name ({}) should not be blank: FROM needs an image or a stage", from.image),
                           "give the ARG before the first FROM a default, or pass --build-arg");
    MABPLAN_TRY(platform, platform_of(stage));
    return ReadFrom{std::move(image), std::move(platform)};
}

Result<StageState> CellLowering::base_of(const Stage& stage) {
    const auto& [image, platform] = froms_[stage.number];
    if (const NamedContext* context = stage.name.empty() ? nullptr : find_context(stage.name, platform); context != nullptr)
        return named_context_state(*context, stage.name, platform, stage, *stage.from);
    if (const auto earlier = input_.graph.find_earlier(image, stage.number)) {
        MABPLAN_TRY(made, this->stage(*earlier));
        StageState state = *made;
        state.triggers = std::move(state.config.on_build);
        state.config.on_build.clear();
        return state;
    }
    return image_state(image, platform, stage, *stage.from);
}

// Where the name of an image may be that of an earlier stage, misspelt.
std::string CellLowering::meant_stage(const std::string& name, const Stage& stage) const {
    std::vector<std::string> stages;
    for (const Stage& other : input_.graph.stages)
        if (!other.name.empty() && other.number < stage.number) stages.push_back(other.name);
    const std::string meant = suggestion(name, stages);
    return meant.empty() ? meant : meant + " That is a stage of this file.";
}

Result<StageState> CellLowering::image_state(const std::string& name, const Platform& platform, const Stage& stage,
                                             const Instruction& where) {
    StageState state;
    state.platform = platform;
    const NamedContext* context = find_context(name, platform);
    const bool stands_for_scratch =
        context != nullptr && context->source.kind == ContextKind::Image && context->source.location == "scratch";
    if (name == "scratch" || stands_for_scratch) {
        state.platform = input_.cell.platform;  // nothing that could be for another one
        complete(state);
        return state;
    }
    if (context != nullptr && context->source.kind != ContextKind::Image && context->source.kind != ContextKind::OciLayout)
        return named_context_state(*context, name, platform, stage, where);
    const std::string replaced = context != nullptr ? format_context_location(context->source) : std::string{};
    auto resolved = ports_.images.resolve({name, platform, replaced});
    if (!resolved) {
        Error error = std::move(resolved).error().at(place_of(where, name));
        if (std::string meant = meant_stage(name, stage); !meant.empty()) error.hint = std::move(meant);
        return pass(std::move(error));
    }
    BaseImage& base = *resolved;
    if (const std::string meant = base.is_guess ? meant_stage(name, stage) : std::string{}; !meant.empty())
        ports_.remarks.warn({format("no stage is called {}: {}", quoted(name), meant), place_of(where, name)});
    if (base.platform.os != "linux")
        return input_error(place_of(where, name),
                           format("{} is an image for {}: its programs can't run here", quoted(name), format_platform(base.platform)),
                           "mabplan builds on Linux images and from scratch");
    input_.observer.base_image({stage, where}, name, platform, normalize_platform(base.platform), context != nullptr);
    state.platform = normalize_platform(base.platform);
    state.config = ConfigDraft(base.config);
    state.triggers = base.config.on_build;
    state.may_set_more = base.is_guess;
    state.root = add_action(ImageAction{name, state.platform, base.location, base.layers, base.config.created}, where, stage);
    complete(state);
    return state;
}

Result<ActionId> CellLowering::fetched_context(const NamedContext& context, const Stage& stage, const Instruction& where) {
    const std::string& address = context.source.location;
    if (context.source.kind == ContextKind::Git) {
        const bool keeps_git_dir = parse_truth(build_argument("BUILDKIT_CONTEXT_KEEP_GIT_DIR").value_or("")).value_or(false);
        auto git = added_git(address, keeps_git_dir ? std::optional(true) : std::nullopt, {});
        if (!git) return pass(std::move(git).error().at(where.place), format("reading the context {}", quoted(context.name)));
        return add_action(*std::move(git), where, stage);
    }
    const FetchAction fetch{address, {}, "context"};
    return unpacked(add_action(fetch, where, stage), fetch, stage, where);
}

// What is in the file, if it is an archive; else the file.
ActionId CellLowering::unpacked(ActionId file, const FetchAction& fetch, const Stage& stage, const Instruction& where) {
    CopyAction copy;
    copy.parts.push_back({RootFiles{file}, {"/" + fetch.name}, true});
    copy.destination = "/";
    return add_action(std::move(copy), where, stage);
}

Result<ActionId> CellLowering::main_context_root(const Step& step) {
    MABPLAN_TRY(context, ports_.contexts.open(input_.cell.build));
    const ActionId source = add_action(as_work(context->source), step.at, step.stage);
    return context->is_archive ? unpacked(source, std::get<FetchAction>(context->source), step.stage, step.at) : source;
}

Result<StageState> CellLowering::folder_state(const NamedContext& context, const Platform& platform, const Stage& stage,
                                              const Instruction& where) {
    StageState state;
    state.platform = platform;
    if (context.source.kind == ContextKind::Directory) {
        CopyAction all;
        const std::vector<std::string> sources{"."};
        MABPLAN_TRY(files, context_files({context.name, context.source.location}, false, sources, {}, where));
        all.parts.push_back({files, sources, false});
        all.destination = "/";
        state.root = add_action(std::move(all), where, stage);
    } else {
        MABPLAN_TRY(fetched, fetched_context(context, stage, where));
        state.root = fetched;
    }
    state.history.add({format("FROM {}", context.name), state.root});
    complete(state);
    return state;
}

Result<StageState> CellLowering::named_context_state(const NamedContext& context, const std::string& name, const Platform& platform,
                                                     const Stage& stage, const Instruction& where) {
    switch (context.source.kind) {
        case ContextKind::Target: {
            auto state = input_.other_target(context.source.location, platform);
            if (!state) return pass(std::move(state).error(), format("building the target {} for {}", context.source.location, name));
            state->triggers = std::move(state->config.on_build);
            state->config.on_build.clear();
            state->arguments.clear();
            state->has_workdir = false;
            complete(*state);
            return state;
        }
        case ContextKind::Image:
        case ContextKind::OciLayout: return image_state(name, platform, stage, where);
        case ContextKind::Directory:
        case ContextKind::Git:
        case ContextKind::Http: return folder_state(context, platform, stage, where);
        case ContextKind::StandardInput:
        case ContextKind::Nothing: break;  // a main context alone can be that
    }
    return unsupported(where, name, "this context");
}

}  // namespace mabplan::compiler
